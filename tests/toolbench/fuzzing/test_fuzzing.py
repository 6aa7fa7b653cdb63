"""Faults that were planted in tools are found, each by its simplest arguments; and nothing else."""

import asyncio
import dataclasses
import itertools
import json
import sys
import threading
from collections.abc import Callable
from typing import Annotated, Any, Literal

import msgspec
import pytest
from hypothesis.configuration import storage_directory

import realtime_lab as rl
from realtime_lab.errors import ToolError
from realtime_lab.toolbench import KINDS, FuzzFinding, FuzzReport, ToolBench
from realtime_lab.tools import Tool, tool


def fuzz(*tools: Any, **plan: Any) -> FuzzReport:
    return rl.run(ToolBench(tools).fuzz(**{"examples": 60, "seconds": 600, **plan}))


def only_finding(*tools: Any, **plan: Any) -> FuzzFinding:
    report = fuzz(*tools, **plan)
    assert len(report) == 1, report
    return report[0]


def line_of(function: Callable[..., Any], number: int) -> str:
    return f"test_fuzzing.py, line {function.__code__.co_firstlineno + number}"


def fails_when_empty(numbers: list[int]) -> int:
    return numbers[0]


def fails_below_zero(number: int) -> float:
    if number < 0:
        raise ValueError("math domain error")
    return number**0.5


def fails_beyond_ascii(word: str) -> str:
    word.encode("ascii")
    return word


def fails_when_long(word: str) -> str:
    if len(word) > 1000:
        raise MemoryError
    return word


def fails_without_a_unit(city: str, unit: Literal["celsius", "fahrenheit"] | None = None) -> str:
    assert unit, "no unit"
    return city


async def fails_later(number: int) -> int:
    await asyncio.sleep(0)
    return 10 // number


def fails_in_a_library(day: str = "2000-01-01") -> int:
    return json.loads(day)


@pytest.mark.parametrize(
    ("broken", "arguments", "message", "line"),
    [
        (fails_when_empty, {"numbers": []}, "IndexError: list index out of range", 1),
        (fails_below_zero, {"number": -1}, "ValueError: math domain error", 2),
        (fails_beyond_ascii, {"word": "\x80"}, "UnicodeEncodeError: 'ascii' codec", 1),
        (fails_when_long, {"word": "0" * 1001}, "MemoryError", 2),
        (fails_without_a_unit, {"city": ""}, "AssertionError: no unit", 1),
        (fails_later, {"number": 0}, "ZeroDivisionError: ", 2),
        (fails_in_a_library, {}, "JSONDecodeError: Extra data", 1),
    ],
)
def test_a_crash_is_found_with_its_simplest_arguments_and_line(broken, arguments, message, line):
    found = only_finding(broken)
    assert found.kind == "crash"
    assert json.loads(found.arguments) == arguments
    assert found.message.startswith(message)
    assert found.where == line_of(broken, line)


def test_a_crash_in_a_notebook_is_told_with_the_line_of_its_cell():
    names: dict[str, Any] = {}
    cell = "def halves(number: int) -> int:\n    return 1 // number\n"
    exec(compile(cell, "/tmp/ipykernel_1234/567.py", "exec"), names)
    assert only_finding(names["halves"]).where == "the cell, line 2"


def test_each_crash_of_a_tool_is_found():
    def fails_thrice(numbers: list[int]) -> int:
        first = numbers[0]
        if first < 0:
            raise ValueError
        return 10 // first

    report = fuzz(fails_thrice, examples=200)
    found = {one.message.split(":")[0]: json.loads(one.arguments)["numbers"] for one in report}
    assert found == {"IndexError": [], "ValueError": [-1], "ZeroDivisionError": [0]}


def test_a_crash_that_comes_and_goes_is_found():
    calls = itertools.count()

    def fails_now_and_then(x: int) -> int:
        if next(calls) % 5 == 4:
            raise OSError("line lost")
        return x

    report = fuzz(fails_now_and_then)
    assert "OSError: line lost" in {one.message for one in report if one.kind == "crash"}


def test_a_crash_that_is_no_exception_is_found():
    @tool
    def leaves(now: bool) -> bool:
        if now:
            sys.exit("bye")
        return now

    assert only_finding(leaves).message == "SystemExit: bye"


@pytest.mark.parametrize("is_async", [False, True])
def test_a_tool_that_never_answers_is_found(is_async):
    release = threading.Event()

    def waits(number: Annotated[int, msgspec.Meta(ge=0)]) -> int:
        if number > 0:
            release.wait()
        return number

    async def waits_later(number: Annotated[int, msgspec.Meta(ge=0)]) -> int:
        if number > 0:
            await asyncio.Event().wait()
        return number

    found = only_finding(waits_later if is_async else waits, timeout=0.02)
    release.set()
    assert found.kind == "hang"
    assert found.message.endswith("did not answer within 0.02 s")
    assert json.loads(found.arguments)["number"] > 0
    case = found.case()
    assert case is not None and case.timeout == 0.02


def test_a_sync_tool_that_always_hangs_is_left_alone_after_some_calls():
    release = threading.Event()
    begun: list[int] = []

    def waits(number: int) -> bool:
        begun.append(number)
        return release.wait()

    report = fuzz(waits, timeout=0.01)
    release.set()
    assert [(one.kind, one.arguments) for one in report] == [("hang", '{"number": 0}')]
    assert len(begun) == 20
    assert report.notes == ("waits was not tried to the end: 20 calls did not answer",)


def test_a_changed_default_and_a_changed_argument_are_found():
    def collects(numbers: list[int] = []) -> int:  # noqa: B006
        numbers.append(1)
        return len(numbers)

    @dataclasses.dataclass
    class Place:
        city: str

    def renames(place: Place) -> str:
        place.city = place.city.strip()
        return place.city

    found = only_finding(collects)
    assert (found.kind, found.arguments) == ("changed", "{}")
    assert "'numbers'" in found.message
    assert json.loads(only_finding(renames).arguments)["place"]["city"].strip() == ""


def test_a_tool_that_is_declared_idempotent_and_is_not_is_found():
    numbers = itertools.count()

    @tool(idempotent=True)
    def counts(up: bool) -> int:
        return next(numbers) if up else 0

    found = only_finding(counts)
    assert (found.kind, found.arguments) == ("repeat", '{"up": true}')
    assert "the second time" in found.message


def test_a_tool_that_cannot_stand_two_calls_at_once_is_found():
    busy = threading.Lock()

    async def guards(x: int) -> int:
        if not busy.acquire(blocking=False):
            raise RuntimeError("busy")
        await asyncio.sleep(0)
        busy.release()
        return x

    report = fuzz(guards)
    # The same lock is never released by a call that is given up.
    assert {one.kind for one in report} <= {"parallel", "retry", "repeat"}
    found = report.findings[0]
    assert found.kind == "parallel"
    assert found.arguments == '{"x": 0}'
    assert found.message == "at the same time: RuntimeError: busy"


def test_a_tool_that_leaves_a_lock_behind_when_it_is_given_up_is_found():
    locked: set[int] = set()

    async def locks(x: Literal[1, 2]) -> int:
        if x in locked:
            raise RuntimeError(f"{x} is locked")
        if x == 2:
            locked.add(x)
            await asyncio.sleep(0)
            await asyncio.sleep(0)
            locked.discard(x)
        return x

    # Two calls at once meet the lock too; here it is about what is left behind.
    async def alone(x: Literal[1, 2]) -> int:
        async with gates[x]:
            return await locks(x)

    gates = {n: asyncio.Lock() for n in (1, 2)}
    found = only_finding(alone)
    assert (found.kind, found.arguments) == ("retry", '{"x": 2}')
    assert found.message == "after one that was given up: RuntimeError: 2 is locked"
    assert found.where == line_of(locks, 2)


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (object(), "a value of the type object"),
        (3 + 4j, "a value of the type complex"),
        (float("nan"), "NaN or an infinity"),
        ({"a": [float("inf")]}, "NaN or an infinity"),
        ("\ud800", "half a character"),
        ({(1, 2): 3}, "JSON cannot hold the result"),
    ],
)
def test_a_result_that_json_cannot_hold_is_found(value, told):
    def gives(odd: bool) -> Any:
        return value if odd else 1

    found = only_finding(gives)
    assert (found.kind, found.arguments) == ("not JSON", '{"odd": true}')
    assert told in found.message


def test_a_result_that_is_too_large_is_found():
    def lists(everything: bool) -> list[int]:
        return [10_000_000] * (20 if everything else 1)

    found = only_finding(lists, largest=100)
    assert (found.kind, found.arguments) == ("too large", '{"everything": true}')


def with_reader(read: Callable[[str], dict[str, Any]], **properties: Any) -> Tool:
    parameters = {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }
    return Tool("reads", "", parameters, lambda **given: 1, read)


def test_a_tool_that_takes_what_its_schema_forbids_is_found():
    report = fuzz(with_reader(json.loads, n={"type": "integer", "minimum": 3}), examples=300)
    found = {one.message: json.loads(one.arguments) for one in report if one.kind == "accepted"}
    assert found.items() >= {
        "missing at 'n' is not refused": {},
        "null at 'n' is not refused": {"n": None},
        "out of range at 'n' is not refused": {"n": 2},
        "no such argument at 'no_such_argument' is not refused": {"n": 3, "no_such_argument": 1},
    }.items()  # fmt: skip
    assert "wrong type at 'n' is not refused" in found
    assert "NaN is taken as arguments" in {one.message for one in report}


def test_a_lenient_reader_of_a_strict_schema_is_found():
    class Arguments(msgspec.Struct, forbid_unknown_fields=True):
        amount: int

    def read(text: str, strict: bool) -> dict[str, Any]:
        try:
            read = msgspec.json.decode(text, type=Arguments, strict=strict)
        except (msgspec.MsgspecError, UnicodeError, RecursionError) as error:
            raise ToolError(str(error) + " (amount, no_such_argument)") from None
        return {"amount": read.amount}

    def with_strictness(strict: bool) -> Tool:
        return with_reader(lambda text: read(text, strict), amount={"type": "integer"})

    found = only_finding(with_strictness(False), examples=200)
    assert found.kind == "accepted"
    assert found.message == "number as text at 'amount' is not refused"
    assert json.loads(found.arguments) == {"amount": "0"}
    assert fuzz(with_strictness(True), examples=200).passed


def test_a_reader_that_fails_instead_of_refusing_is_found():
    def read(text: str) -> dict[str, Any]:
        return {"n": json.loads(text)["n"] + 0}

    report = fuzz(with_reader(read, n={"type": "integer"}), examples=200)
    kinds = {one.kind for one in report}
    assert "unreadable" in kinds
    assert any(one.message == "KeyError: 'n'" for one in report if one.kind == "unreadable")


def test_a_refusal_that_names_nothing_is_found():
    def read(text: str) -> dict[str, Any]:
        values = msgspec.json.decode(text)
        if not isinstance(values, dict) or set(values) != {"n"} or type(values["n"]) is not int:
            raise ToolError("invalid arguments")
        return values

    report = fuzz(with_reader(read, n={"type": "integer"}), examples=200)
    unnamed = {one.message for one in report if one.kind == "unnamed"}
    told = "missing at 'n' is refused without its name: reads was not called: invalid arguments"
    assert told in unnamed


def test_a_reader_that_is_stricter_than_the_schema_is_found():
    def read(text: str) -> dict[str, Any]:
        values = msgspec.json.decode(text, type=dict[str, int])
        if values.get("n", 0) > 10:
            raise ToolError("argument 'n': at most 10")
        return values

    report = fuzz(with_reader(read, n={"type": "integer", "minimum": 0}), examples=200)
    found = next(one for one in report if one.kind == "refused")
    assert json.loads(found.arguments) == {"n": 11}
    assert "at most 10" in found.message


def test_a_function_that_cannot_take_what_its_schema_leaves_open_is_found():
    spec = {"name": "f", "parameters": {"type": "object", "properties": {"a": {"type": "string"}}}}
    report = fuzz(Tool.from_dict(spec, lambda a="": a), examples=200)
    assert [one.kind for one in report] == ["crash"]
    assert "unexpected keyword argument" in report[0].message
    closed = {**spec["parameters"], "additionalProperties": False}
    assert fuzz(Tool.from_dict({**spec, "parameters": closed}, lambda a="": a)).passed


@pytest.mark.parametrize(
    "part",
    [
        {"type": "strnig"},
        {"$ref": "#/$defs/Nowhere"},
        {"type": "integer", "minimum": 5, "maximum": 4},
        {"type": "string", "pattern": "("},
        {"enum": []},
    ],
)
def test_a_schema_that_nothing_can_be_made_from_is_told_and_the_others_go_on(part):
    parameters = {"type": "object", "properties": {"a": part}, "required": ["a"]}
    broken = Tool("broken", "", parameters, lambda a: a, json.loads)
    report = fuzz(broken, fails_below_zero)
    assert [(one.tool, one.kind) for one in report] == [
        ("broken", "schema"),
        ("fails_below_zero", "crash"),
    ]


@dataclasses.dataclass
class Stop:
    name: str
    minutes: Annotated[int, msgspec.Meta(ge=0, le=59)] = 0


@dataclasses.dataclass
class Tree:
    kids: list["Tree"]


def careful(
    stop: Stop,
    when: Literal["now", "later"],
    seats: Annotated[int, msgspec.Meta(gt=0, lt=10)],
    names: Annotated[list[str], msgspec.Meta(min_length=1, max_length=3)],
    note: Annotated[str, msgspec.Meta(max_length=20)] = "",
    price: float | None = None,
    extras: dict[str, bool] | None = None,
    place: tuple[int, str] = (0, ""),
) -> dict[str, Any]:
    return {"stop": stop, "names": sorted(names), "note": note.upper(), "price": price}


def refuses_politely(number: int, word: str = "") -> float:
    if number < 0 or len(word) > 10:
        raise ToolError(f"number is {number}; give one from 0, and a short word")
    return number**0.5


def tells_another_thing_each_time(_numbers: list[int] | None = None) -> int:
    return next(COUNTER)


COUNTER = itertools.count()


@tool(idempotent=True)
def remembers(key: str) -> int:
    return CACHE.setdefault(key, len(CACHE))


CACHE: dict[str, int] = {}


def works_on_a_copy(numbers: list[int]) -> list[int]:
    numbers = list(numbers)
    numbers.append(1)
    return sorted(numbers)


def counts_leaves(tree: Tree) -> int:
    return 1 + sum(map(counts_leaves, tree.kids))


def gives_back_what_it_gets(text: str) -> str:
    return text


async def gives_an_awaitable(x: int) -> int:
    await asyncio.sleep(0)
    return x


class Stack:
    def push(self, items: list[str], /, *, top: bool = True) -> set[str]:
        return set(items)


@pytest.mark.parametrize(
    "sound",
    [
        careful,
        refuses_politely,
        tells_another_thing_each_time,
        remembers,
        works_on_a_copy,
        counts_leaves,
        gives_back_what_it_gets,
        gives_an_awaitable,
        Stack().push,
        lambda: None,
    ],
    ids=lambda given: getattr(given, "__name__", None) or given.name,
)
def test_nothing_is_found_in_a_tool_that_only_comes_near_to_a_fault(sound):
    made = sound if isinstance(sound, Tool) else Tool.from_function(sound, name="sound")
    report = fuzz(made)
    assert report.passed, report
    assert report.notes == ()
    assert report.calls > 5


def test_kernel_tools_are_called_on_the_loop_of_the_caller():
    seen: set[int] = set()

    @tool(on="kernel")
    async def here(x: int) -> int:
        seen.add(threading.get_ident())
        return x

    async def scenario() -> FuzzReport:
        return await ToolBench([here]).fuzz(examples=10)

    assert asyncio.run(scenario()).passed
    assert seen == {threading.get_ident()}


def test_the_same_seed_makes_the_same_calls():
    seen: list[Any] = []

    def sees(numbers: list[float], word: str) -> bool:
        seen.append((numbers, word))
        if len(word) > 3:
            raise ValueError
        return True

    def calls(seed: int) -> tuple[list[Any], tuple[FuzzFinding, ...]]:
        seen.clear()
        findings = fuzz(sees, seed=seed, examples=40).findings
        return list(seen), findings

    first, second, other = calls(1), calls(1), calls(2)
    assert first == second
    assert first[0] != other[0]
    assert [one.arguments for one in first[1]] == ['{"numbers": [], "word": "0000"}']


def test_time_is_bounded_by_the_clock_that_is_given():
    ticks = itertools.count()

    def sees(word: str) -> str:
        return word

    bench = ToolBench([sees, fails_below_zero], clock=lambda: float(next(ticks)))
    report = rl.run(bench.fuzz(examples=100_000, seconds=150))
    assert [one.stopped for one in report.tools] == ["time was over"] * 2
    assert all(one.calls < 150 for one in report.tools)
    assert [one.tool for one in report] == ["fails_below_zero"]
    assert "sees was not tried to the end: time was over" in repr(report)


def test_fuzzing_can_be_cancelled():
    begun = threading.Event()

    def sees(word: str) -> str:
        begun.set()
        return word

    call = ToolBench([sees]).fuzz(examples=10**6, seconds=10**6)
    assert begun.wait(60)
    call.cancel()
    assert call.done


def test_one_tool_of_several_is_fuzzed():
    bench = ToolBench([fails_when_empty, fails_below_zero])
    assert {one.tool for one in rl.run(bench.fuzz("fails_below_zero", examples=20)).tools} == {
        "fails_below_zero"
    }
    with pytest.raises(ToolError, match="no tool 'fails'; the tools are: fails_when_empty"):
        bench.fuzz("fails")
    with pytest.raises(ToolError, match="examples is 0"):
        bench.fuzz(examples=0)
    with pytest.raises(ToolError, match="no 'exampels'; there are examples"):
        bench.fuzz(exampels=3)


def test_findings_become_cases_that_fail_until_the_tool_is_mended():
    mended = False

    def lists(numbers: list[int]) -> int:
        return numbers[0] if numbers or not mended else 0

    bench = ToolBench([lists])
    bench.cases.extend(rl.run(bench.fuzz(examples=50)).as_cases())
    assert [(case.tool, case.arguments) for case in bench.cases] == [("lists", {"numbers": []})]
    assert not rl.run(bench.run_cases()).passed
    mended = True
    assert rl.run(bench.run_cases()).passed


def test_findings_that_one_call_does_not_show_are_no_cases():
    def collects(numbers: list[int] = []) -> int:  # noqa: B006
        numbers.append(1)
        return len(numbers)

    report = fuzz(collects)
    assert len(report) == 1
    assert len(report.as_cases()) == 0


def test_a_report_shows_everywhere():
    report = fuzz(fails_when_empty, fails_beyond_ascii, gives_back_what_it_gets)
    shown = repr(report)
    assert "fails_when_empty: allowed arguments make it fail (test_fuzzing.py, line" in shown
    assert '{"numbers": []}' in shown
    assert '{"word": "\\u0080"}' in shown
    assert "seed 0" in report.summary
    html = report._repr_html_()
    assert KINDS["crash"].why in html
    assert "{&quot;word&quot;: &quot;\\u0080&quot;}" in html
    assert "<script" not in html
    rows = report.table().rows
    assert [row["tool"] for row in rows] == ["fails_when_empty", "fails_beyond_ascii"]
    assert rows[0]["instead"] == KINDS["crash"].instead
    assert report.table().pandas().shape == (2, 7)


def test_nothing_is_left_where_hypothesis_keeps_the_files_of_other_tests(monkeypatch):
    monkeypatch.delenv("HYPOTHESIS_STORAGE_DIRECTORY", raising=False)
    usual, used = storage_directory("constants", intent_to_write=False).path, set()

    def place() -> str:
        folder = storage_directory("constants", intent_to_write=False).path
        used.add(folder)
        return "noted"

    fuzz(place, examples=3)
    assert used and usual not in used
    assert not any(folder.parent.exists() for folder in used)
    assert storage_directory("constants", intent_to_write=False).path == usual


def test_a_missing_library_is_told_with_its_command(monkeypatch):
    monkeypatch.setitem(sys.modules, "hypothesis", None)
    with pytest.raises(ToolError, match=r"pip install 'realtime-lab\[bench\]'"):
        fuzz(fails_below_zero)
