"""Calls and cases of a bench."""

import asyncio
import itertools
import threading
from typing import Any

import pytest

import realtime_lab as rl
from realtime_lab.errors import ToolError
from realtime_lab.toolbench import Case, Cases, ToolBench
from realtime_lab.tools import Tool, tool


def weather(city: str, days: int = 1) -> dict[str, Any]:
    """The weather."""
    if not city:
        raise ValueError("no city")
    return {"city": city, "days": days}


async def later(city: str) -> str:
    await asyncio.sleep(0)
    return f"later in {city}"


def test_a_call_is_made_as_in_a_session_with_and_without_await():
    times = itertools.count(0.0, 0.5)
    bench = rl.ToolBench([weather, later], clock=lambda: next(times))
    result = rl.run(bench.call("weather", city="Oslo"))
    assert (result.output, result.error) == ('{"city":"Oslo","days":1}', None)
    assert result.arguments == '{"city": "Oslo"}'
    assert result.seconds > 0

    async def awaited() -> str:
        return (await bench.call("later", city="Oslo")).output

    assert asyncio.run(awaited()) == "later in Oslo"


def test_a_result_has_what_the_function_gave_and_what_it_raised():
    bench = ToolBench([weather])
    assert rl.run(bench.call("weather", city="Oslo")).value == {"city": "Oslo", "days": 1}
    failed = rl.run(bench.call("weather", city=""))
    assert isinstance(failed.raised, ValueError)
    assert failed.raised.__traceback__ is not None
    assert not failed.declined
    refused = rl.run(bench.call("weather", town=""))
    assert (refused.value, refused.raised) == (None, None)


def test_a_call_by_text_takes_whatever_a_model_may_send():
    bench = ToolBench([weather])
    assert rl.run(bench.call_json("weather", '{"city": "Oslo"}')).error is None
    assert "not valid JSON" in str(rl.run(bench.call_json("weather", '{"city": ')).error)
    assert "no argument 'town'" in str(rl.run(bench.call_json("weather", '{"town": 1}')).error)


def test_a_tool_may_have_an_argument_called_name():
    def greet(name: str) -> str:
        return f"hello {name}"

    assert rl.run(ToolBench([greet]).call("greet", name="Ada")).output == "hello Ada"


def test_an_argument_that_json_cannot_hold_is_told_at_once():
    with pytest.raises(ToolError, match="JSON cannot hold the arguments: there is a value"):
        ToolBench([weather]).call("weather", city=object())


class Odd(BaseException):
    pass


@pytest.mark.parametrize("error", [ValueError("x"), SystemExit("x"), KeyboardInterrupt(), Odd("x")])
@pytest.mark.parametrize("is_async", [False, True])
def test_no_tool_can_crash_the_bench(error, is_async):
    def fail() -> None:
        raise error

    async def fail_later() -> None:
        raise error

    made = Tool.from_function(fail_later if is_async else fail, name="fail")
    bench = ToolBench([made, weather])
    assert f"fail failed: {type(error).__name__}" in str(rl.run(bench.call("fail")).error)
    assert "no tool 'nothing'" in str(rl.run(bench.call("nothing")).error)
    assert rl.run(bench.call("weather", city="Oslo")).error is None


def test_a_tool_that_hangs_is_given_up_and_the_bench_goes_on():
    release = threading.Event()

    def hang() -> bool:
        return release.wait()

    bench = ToolBench([hang, weather], timeout=0.01)
    assert "did not answer within 0.01 s" in str(rl.run(bench.call("hang")).error)
    assert rl.run(bench.call("weather", city="Oslo")).error is None
    release.set()


@pytest.mark.parametrize("blocked", [False, True], ids=["awaited", "waited for"])
def test_kernel_tools_run_on_the_loop_of_the_caller(blocked):
    @tool(on="kernel")
    async def where() -> int:
        return threading.get_ident()

    async def scenario() -> str:
        call = ToolBench([where]).call("where")
        return (rl.run(call) if blocked else await call).output

    assert asyncio.run(scenario()) == str(threading.get_ident())


def test_cases_are_run_in_order_with_their_differences():
    release = threading.Event()

    @tool(on="kernel")
    def here() -> str:
        return "here"

    def hang() -> bool:
        return release.wait()

    def full() -> str:
        raise ToolError("no table is free")

    async def scenario():
        bench = ToolBench([weather, later, here, hang, full])
        bench.cases.add("weather", {"city": "Oslo"}, name="plain", result={"city": "Oslo"})
        bench.cases.add("weather", {"city": "Oslo"}, contains={"days": 1})
        bench.cases.add("weather", {"city": ""}, error="no city")
        bench.cases.add("weather", {"town": ""}, error_regex="no argument '.*'")
        bench.cases.add("later", {"city": "Oslo"}, predicate=lambda text: text.endswith("Oslo"))
        bench.cases.add("here", result="here")
        bench.cases.add("hang", answers=True, timeout=0.01)
        bench.cases.add("full", answers=True)
        bench.cases.add("nothing", is_json=True)
        return await bench.run_cases()

    report = asyncio.run(scenario())
    release.set()
    assert [one.passed for one in report] == [
        False, True, True, True, True, True, False, True, False,
    ]  # fmt: skip
    assert not report.passed
    assert [one.difference for one in report.failed] == [
        "days: not expected, got 1",
        "expected an answer\ngot an error: hang did not answer within 0.01 s",
        "expected JSON\ngot an error: there is no tool 'nothing'; the tools are: "
        "weather, later, here, hang, full",
    ]
    assert report.summary.startswith("6 passed, 3 failed in ")
    assert "FAIL" in repr(report)
    assert "days: not expected, got 1" in repr(report)
    assert "days: not expected, got 1" in report._repr_html_()
    assert report.table()["passed"] == [one.passed for one in report]
    assert report.table()[2]["error"] == "weather failed: ValueError: no city"


def test_cases_may_run_beside_each_other():
    both_there = threading.Barrier(2, timeout=5)

    def meet() -> str:
        both_there.wait()
        return "met"

    bench = ToolBench([meet], cases=[Case.of("meet", result="met")] * 2)
    assert rl.run(bench.run_cases(at_once=2)).passed
    with pytest.raises(ToolError, match="at_once is 0"):
        rl.run(bench.run_cases(at_once=0))


def test_a_call_that_was_made_is_kept_as_a_case():
    bench = ToolBench([weather, later])
    bench.keep(rl.run(bench.call("weather", city="Oslo")))
    bench.keep(rl.run(bench.call("later", city="Oslo")), name="text")
    bench.keep(rl.run(bench.call("weather", city="")))
    bench.keep(rl.run(bench.call_json("weather", '{"city":')))
    bench.keep(rl.run(bench.call("weather", city="Oslo")), contains={"days": 1}, timeout=3)
    assert [case.expected.field for case in bench.cases] == [
        "result", "result", "error", "error", "contains",
    ]  # fmt: skip
    assert rl.run(bench.run_cases()).passed


def test_cases_come_from_a_file(tmp_path):
    path = Cases([Case.of("weather", '{"city": "Oslo"}', is_json=True)]).save(tmp_path / "c.toml")
    bench = ToolBench([weather], cases=path)
    assert rl.run(bench.run_cases()).passed
    assert repr(bench) == "<ToolBench: weather; 1 case>"


def test_the_definitions_of_a_bench_are_checked_as_any_are():
    bench = rl.ToolBench([weather])
    found = {(one.rule, one.parameter) for one in bench.check()}
    assert ("parameter-undescribed", "city") in found
    assert found == {(one.rule, one.parameter) for one in rl.check_tools([weather])}
    assert not bench.check(ignore=[rule for rule, _ in found])
