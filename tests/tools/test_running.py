"""What becomes of a call."""

import asyncio
import contextvars
import dataclasses
import json
import threading
from typing import Annotated, Any

import msgspec
import pydantic
import pytest

from realtime_lab.protocol import FunctionCall
from realtime_lab.tools import Tool, ToolRegistry, ToolResult, ToolRunner, tool


@dataclasses.dataclass
class Place:
    city: str


class Order(pydantic.BaseModel):
    amount: int = pydantic.Field(gt=0)


def run(*tools: Any, name: str | None = None, arguments: str = "{}", **options: Any) -> ToolResult:
    registry = ToolRegistry(tools)
    name = name or next(iter(registry)).name
    call = FunctionCall(name=name, arguments=arguments, call_id="call_1")
    return asyncio.run(ToolRunner(registry, **options).run(call))


def told(result: ToolResult) -> str:
    """The error the model was told, which must be the one reported."""
    assert json.loads(result.output) == {"error": result.error}
    assert result.error is not None
    return result.error


def test_a_call_gives_its_result():
    def add(a: int, b: int = 2) -> int:
        return a + b

    times = iter([10.0, 12.5])
    result = run(add, arguments='{"a": 40}', clock=lambda: next(times))
    assert result == ToolResult("call_1", "add", '{"a": 40}', "42", None, 2.5)


@pytest.mark.parametrize(
    ("value", "output"),
    [
        ("as it is", "as it is"),
        ({"a": [1, None]}, '{"a":[1,null]}'),
        (Place("Oslo"), '{"city":"Oslo"}'),
        (Order(amount=2), '{"amount":2}'),
        (None, "null"),
        (3 + 4j, '"(3+4j)"'),
    ],
)
def test_results_become_text(value, output):
    assert run(Tool.from_function(lambda: value, name="f")).output == output


def test_arguments_arrive_as_their_types():
    seen: list[Any] = []

    def visit(place: Place, order: Order, /, when: str, *, sure: bool = False):
        seen.extend([place, order, when, sure])

    arguments = '{"place":{"city":"Oslo"},"order":{"amount":3},"when":"now"}'
    assert run(visit, arguments=arguments).error is None
    assert seen == [Place("Oslo"), Order(amount=3), "now", False]


def test_a_default_arrives_as_the_very_object():
    default = [1]
    seen: list[Any] = []

    def f(numbers: list[int] = default):
        seen.append(numbers)

    run(f)
    assert seen[0] is default


def test_no_arguments_may_be_an_empty_text():
    assert run(Tool.from_function(lambda: "yes", name="f"), arguments="").output == "yes"


def add(
    a: Annotated[int, msgspec.Meta(ge=0)], place: Place | None = None, order: Order | None = None
) -> int:
    return a


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        ('{"a": ', "not valid JSON"),
        ("[1]", "not a JSON object"),
        ("[" * 100_000, "nested too deep"),
        ("{}", "'a'"),
        ('{"a": "1"}', "argument 'a': Expected 'int', got 'str'"),
        ('{"a": -1}', "argument 'a'"),
        ('{"a": 1, "place": {"city": 5}}', "argument 'place.city'"),
        ('{"a": 1, "order": {"amount": 0}}', "argument 'order.amount'"),
        ('{"a": 1, "b": 2}', "there is no argument 'b'"),
    ],
)
def test_bad_arguments_are_told_with_their_path(arguments, problem):
    error = told(run(add, arguments=arguments))
    assert "add was not called" in error
    assert problem in error


def test_hand_written_schemas_are_checked_too():
    spec = {
        "type": "function",
        "name": "pick",
        "parameters": {
            "type": "object",
            "properties": {"size": {"type": "object", "properties": {"w": {"type": "integer"}}}},
            "required": ["size"],
        },
    }
    picked = Tool.from_dict(spec, lambda size: size["w"])
    assert run(picked, arguments='{"size":{"w":3}}').output == "3"
    assert "argument 'size.w'" in told(run(picked, arguments='{"size":{"w":"3"}}'))
    assert "'size'" in told(run(picked))


def test_an_unknown_tool_is_told_with_the_known_ones():
    error = told(run(add, name="subtract"))
    assert "'subtract'" in error
    assert "add" in error


@pytest.mark.parametrize("error", [ValueError("no such\ncity"), SystemExit("bye"), KeyError("x")])
@pytest.mark.parametrize("is_async", [False, True])
def test_a_failing_tool_is_told_in_one_sentence(error, is_async):
    def fail():
        raise error

    async def fail_later():
        raise error

    made = Tool.from_function(fail_later if is_async else fail, name="fail")
    message = told(run(made))
    assert message.startswith(f"fail failed: {type(error).__name__}: ")
    assert "\n" not in message
    assert "Traceback" not in message


def test_half_a_character_in_a_result_is_told_as_a_failure():
    result = run(Tool.from_function(lambda: "half \ud800", name="half"))
    assert result.error == told(result)
    assert told(result).startswith("half failed: there is half a character (a lone")


def test_half_a_character_in_what_a_failing_tool_says_is_told_escaped():
    def fail():
        raise ValueError("no city \ud800")

    result = run(Tool.from_function(fail, name="fail"))
    assert told(result) == result.error == r"fail failed: ValueError: no city \ud800"


def test_a_sync_tool_that_hangs_is_given_up():
    release = threading.Event()
    result = run(Tool.from_function(lambda: release.wait(), name="wait"), timeout=0.01)
    release.set()
    assert told(result) == "wait did not answer within 0.01 s"


def test_an_async_tool_that_will_not_be_cancelled_is_given_up():
    async def stubborn():
        while True:
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                await asyncio.Event().wait()

    assert "did not answer" in told(run(stubborn, timeout=0.01))


def test_a_sync_tool_runs_beside_the_loop_and_an_async_one_on_it():
    async def scenario() -> tuple[str, str, int]:
        sync = Tool.from_function(lambda: threading.get_ident(), name="sync")

        async def here() -> int:
            return threading.get_ident()

        runner = ToolRunner(ToolRegistry([sync, here]))
        calls = [FunctionCall(name=n, call_id="c") for n in ("sync", "here")]
        first, second = [await runner.run(call) for call in calls]
        return first.output, second.output, threading.get_ident()

    beside, on, loop_thread = asyncio.run(scenario())
    assert int(beside) != loop_thread
    assert int(on) == loop_thread


@pytest.fixture
def kernel_loop():
    """A loop running in another thread, as a notebook kernel's."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    yield loop, thread
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    loop.close()


def test_kernel_tools_run_on_the_kernels_loop(kernel_loop):
    loop, thread = kernel_loop

    @tool(on="kernel")
    def sync() -> int:
        return threading.get_ident()

    @tool(on="kernel")
    async def later() -> int:
        assert asyncio.get_running_loop() is loop
        return threading.get_ident()

    for made in (sync, later):
        assert run(made, kernel_loop=loop).output == str(thread.ident)


def test_a_kernel_tool_that_fails_is_told(kernel_loop):
    @tool(on="kernel")
    def fail():
        raise RuntimeError("nothing there")

    assert told(run(fail, kernel_loop=kernel_loop[0])) == (
        "fail failed: RuntimeError: nothing there"
    )


def test_a_closed_kernel_loop_is_told():
    loop = asyncio.new_event_loop()
    loop.close()

    @tool(on="kernel")
    def f(): ...

    assert "closed" in told(run(f, kernel_loop=loop))


def test_kernel_tools_run_here_when_the_loops_are_the_same():
    async def same_loop() -> bool:
        @tool(on="kernel")
        def f() -> int:
            return threading.get_ident()

        runner = ToolRunner(ToolRegistry([f]), kernel_loop=asyncio.get_running_loop())
        result = await runner.run(FunctionCall(name="f", call_id="c"))
        return result.output == str(threading.get_ident())

    assert asyncio.run(same_loop())


def test_without_a_kernel_loop_a_kernel_tool_runs_as_a_worker():
    @tool(on="kernel")
    def f() -> str:
        return "done"

    assert run(f).output == "done"


def test_two_calls_run_at_the_same_time():
    both_there = threading.Barrier(2, timeout=5)

    def meet() -> str:
        both_there.wait()
        return "met"

    async def scenario() -> list[str]:
        runner = ToolRunner(ToolRegistry([meet]))
        calls = [FunctionCall(name="meet", call_id=f"call_{n}") for n in (1, 2)]
        results = await asyncio.gather(*(runner.run(call) for call in calls))
        return [f"{r.call_id} {r.output}" for r in results]

    assert asyncio.run(scenario()) == ["call_1 met", "call_2 met"]


def test_cancelling_a_call_cancels_the_tool():
    async def scenario() -> list[str]:
        seen: list[str] = []
        begun = asyncio.Event()

        async def slow():
            begun.set()
            try:
                await asyncio.Event().wait()
            finally:
                seen.append("cancelled")

        runner = ToolRunner(ToolRegistry([slow]))
        call = asyncio.create_task(runner.run(FunctionCall(name="slow", call_id="c")))
        await begun.wait()
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call
        await asyncio.sleep(0)
        return seen

    assert asyncio.run(scenario()) == ["cancelled"]


def test_context_variables_reach_a_sync_tool():
    language = contextvars.ContextVar("language", default="en")

    async def scenario() -> str:
        language.set("no")
        runner = ToolRunner(ToolRegistry([tool(name="f")(lambda: language.get())]))
        return (await runner.run(FunctionCall(name="f", call_id="c"))).output

    assert asyncio.run(scenario()) == "no"
