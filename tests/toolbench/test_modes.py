"""Modes of tools, on a loop whose time is turned by hand."""

from __future__ import annotations

import asyncio
import json
import threading
from typing import Any

import pytest

import realtime_lab as rl
from realtime_lab.errors import ToolError
from realtime_lab.eventlog import EventLog, Mark
from realtime_lab.protocol import FunctionCall
from realtime_lab.toolbench import LiveTools, LogOnly, Mode, mode_from
from realtime_lab.tools import ToolRegistry, ToolResult
from tests.session.scripted_service import VirtualLoop


class Bench:
    """One tool named ``weather`` in a mode, called as a session would."""

    def __init__(self, mode: Any, function: Any = None) -> None:
        self.loop = VirtualLoop()
        self.called: list[str] = []
        tool = rl.tool(name="weather")(function or self._weather)
        self.tools = LiveTools(ToolRegistry([tool]), {"weather": mode}, clock=self.loop.time)
        self.session = LogOnly()
        self.session.log = EventLog(clock=self.loop.time)
        self.tools.attach(self.session, self.loop)
        self.calls: list[asyncio.Task[ToolResult]] = []

    def _weather(self, city: str, days: int = 1) -> str:
        """Tell the weather.

        Args:
            city: where.
            days: how far ahead.
        """
        self.called.append(f"{city} {days}")
        return f"sunny in {city}"

    def call(self, **arguments: Any) -> asyncio.Task[ToolResult]:
        return self.call_json(json.dumps(arguments or {"city": "Oslo"}))

    def call_json(self, arguments: str) -> asyncio.Task[ToolResult]:
        name = f"call_{len(self.calls)}"
        call = FunctionCall(name="weather", arguments=arguments, call_id=name)
        self.calls.append(self.loop.create_task(self.tools.run(call)))
        self.rest()
        return self.calls[-1]

    def rest(self) -> None:
        """All that is ready happens; a function in a thread of its own is waited for."""
        self.loop.rest()
        for thread in threading.enumerate():
            if thread.name == "tool weather":
                thread.join(10)
        self.loop.rest()

    def wait(self, seconds: float) -> None:
        self.loop.now += seconds
        self.rest()

    def interrupt(self, by: str = "voice") -> None:
        self.tools.interrupted(by)
        self.rest()

    def marks(self) -> list[str]:
        return [entry.type.removeprefix("lab.tool_") for entry in self.session.log]

    def told(self, name: str) -> dict[str, Any]:
        """The data of the last mark of that name, without what names the call."""
        mark = self.session.log.events(f"lab.tool_{name}")[-1].event
        assert isinstance(mark, Mark)
        return {k: v for k, v in mark.data.items() if k not in ("call_id", "name")}

    def close(self) -> None:
        for call in self.calls:
            call.cancel()
        self.loop.rest()
        self.loop.close()


@pytest.fixture
def bench():
    benches: list[Bench] = []

    def made(*args: Any) -> Bench:
        benches.append(Bench(*args))
        return benches[-1]

    yield made
    for one in benches:
        one.close()


def error(call: asyncio.Task[ToolResult]) -> str:
    """What the model was told went wrong, which must be what is reported."""
    result = call.result()
    assert json.loads(result.output) == {"error": result.error}
    assert result.error is not None
    return result.error


# -- automatic ------------------------------------------------------------------------------------


def test_automatic_is_as_without_a_mode_and_leaves_no_mark(bench):
    here = bench(rl.automatic())
    assert here.call(city="Oslo").result().output == "sunny in Oslo"
    assert here.marks() == []


def test_a_tool_that_fails_is_tried_again_later_and_later(bench):
    times: list[float] = []

    async def weather() -> str:
        """Tell the weather."""
        times.append(here.loop.now)
        if len(times) < 3:
            raise OSError("no line")
        return "sunny"

    here = bench(rl.automatic(tries=4, backoff=0.5), weather)
    call = here.call_json("{}")
    here.wait(0.4)
    assert len(times) == 1
    here.wait(0.1)
    here.wait(1.0)
    assert (times, call.result().output) == ([0.0, 0.5, 1.5], "sunny")
    assert here.marks() == ["retried", "retried"]
    assert here.told("retried") == {
        "attempt": 2,
        "tries": 4,
        "wait": 1.0,
        "error": "weather failed: OSError: no line",
    }


def test_the_last_failure_is_told_when_all_tries_are_used(bench):
    async def weather() -> str:
        """Tell the weather."""
        raise OSError("no line")

    here = bench(rl.automatic(tries=2, backoff=1.0), weather)
    call = here.call_json("{}")
    here.wait(1.0)
    assert error(call) == "weather failed: OSError: no line"


def test_arguments_that_do_not_fit_are_not_tried_again(bench):
    here = bench(rl.automatic(tries=5))
    assert "argument" in error(here.call(city=1))
    assert here.marks() == []


@pytest.mark.parametrize(("timeout", "told"), [(5.0, "within 5 s"), (None, "")])
def test_the_timeout_is_that_of_the_mode(bench, timeout, told):
    async def weather() -> str:
        """Tell the weather."""
        await asyncio.sleep(3600)
        return "at last"

    here = bench(rl.automatic(timeout=timeout), weather)
    call = here.call_json("{}")
    here.wait(3600)
    assert told in error(call) if told else call.result().output == "at last"


# -- by hand, and asked first ---------------------------------------------------------------------


@pytest.mark.parametrize("mode", [rl.by_hand(), rl.ask_first()])
def test_a_person_may_think_for_as_long_as_she_likes(bench, mode):
    here = bench(mode)
    call = here.call(city="Oslo")
    here.wait(3600)
    [question] = here.tools.pending
    assert (question.name, question.values, question.is_open) == (
        "weather",
        {"city": "Oslo"},
        True,
    )
    question.answer({"sky": "grey"})
    here.rest()
    assert call.result().output == '{"sky":"grey"}'
    assert call.result().seconds == 3600
    assert (here.called, here.tools.pending) == ([], [])
    assert here.marks() == ["asked", "answered"]


def test_an_answer_is_held_back_by_the_delay_of_the_mode_or_its_own(bench):
    here = bench(rl.by_hand(delay=2.0))
    first, second = here.call(), here.call()
    slow, quick = here.tools.pending
    slow.answer("later")
    quick.answer("now", delay=0)
    here.rest()
    assert (first.done(), second.result().output) == (False, "now")
    here.wait(2.0)
    assert first.result().output == "later"
    held = [e.event.data["delay"] for e in here.session.log.events("lab.tool_answered")]
    assert held == [2.0, 0]


def test_approved_the_function_is_called_as_the_model_asked(bench):
    here = bench(rl.ask_first())
    call = here.call(city="Oslo")
    assert here.called == []
    here.tools.pending[0].approve()
    here.rest()
    assert (here.called, call.result().output) == (["Oslo 1"], "sunny in Oslo")
    assert here.marks() == ["asked", "approved"]


def test_denied_the_model_is_told_the_reason(bench):
    here = bench(rl.ask_first())
    call = here.call()
    here.tools.pending[0].deny("too dear")
    here.rest()
    assert error(call) == "weather was not called, permission was denied: too dear"
    assert here.called == []
    assert here.told("denied") == {"reason": "too dear"}


def test_edited_the_function_is_called_with_other_arguments(bench):
    here = bench(rl.ask_first())
    call = here.call(city="Oslo")
    here.tools.pending[0].edit({"city": "Bergen", "days": 3})
    here.rest()
    assert (here.called, call.result().arguments) == (["Bergen 3"], '{"city":"Bergen","days":3}')
    assert here.told("edited") == {"arguments": '{"city":"Bergen","days":3}'}


def test_an_edit_that_does_not_fit_is_refused_and_the_call_goes_on_waiting(bench):
    here = bench(rl.ask_first())
    here.call(city="Oslo")
    [question] = here.tools.pending
    with pytest.raises(ToolError, match="argument 'days'"):
        question.edit({"city": "Oslo", "days": "three"})
    with pytest.raises(ToolError, match="not valid JSON"):
        question.edit('{"city": ')
    assert here.tools.pending == [question]
    question.edit('{"city": "Paris"}')
    here.rest()
    assert here.called == ["Paris 1"]


def test_arguments_that_do_not_fit_come_before_a_person_who_may_mend_them(bench):
    here = bench(rl.ask_first())
    call = here.call(town="Oslo")
    [question] = here.tools.pending
    assert question.problem == "there is no argument 'town'"
    assert here.told("asked")["problem"] == question.problem
    question.edit({"city": "Oslo"})
    here.rest()
    assert call.result().output == "sunny in Oslo"


def test_a_call_is_decided_once(bench):
    here = bench(rl.by_hand())
    here.call()
    [question] = here.tools.pending
    question.answer("one")
    with pytest.raises(ToolError, match="does not wait any more: it was answered already"):
        question.answer("two")
    here.rest()
    with pytest.raises(ToolError, match="no call 'call_0' waits"):
        here.tools.question("call_0")


def test_a_limit_ends_the_waiting(bench):
    here = bench(rl.by_hand(limit=30))
    call = here.call()
    [question] = here.tools.pending
    here.wait(30)
    assert error(call) == "weather was not answered within 30 s"
    assert here.marks() == ["asked", "expired"]
    with pytest.raises(ToolError, match="within 30 s"):
        question.answer("too late")


def test_parallel_calls_wait_side_by_side_and_are_answered_in_any_order(bench):
    here = bench(rl.by_hand())
    first, second = here.call(city="Oslo"), here.call(city="Paris")
    oslo, paris = here.tools.pending
    paris.answer("rain")
    here.rest()
    assert (first.done(), second.result().output) == (False, "rain")
    oslo.answer("snow")
    here.rest()
    assert first.result().output == "snow"


def test_an_answer_from_another_thread_arrives(bench):
    here = bench(rl.by_hand())
    call = here.call()
    thread = threading.Thread(target=here.tools.pending[0].answer, args=("from afar",))
    thread.start()
    thread.join()
    here.rest()
    assert call.result().output == "from afar"


def test_a_decision_that_makes_no_sense_is_refused_and_the_call_goes_on_waiting(bench):
    here = bench(rl.by_hand())
    here.call()
    with pytest.raises(ToolError, match="held back for -1"):
        here.tools.pending[0].answer("x", delay=-1)
    with pytest.raises(ToolError, match="held back for '1' s; give seconds"):
        here.tools.pending[0].answer("x", delay="1")  # type: ignore[arg-type]
    with pytest.raises(ToolError, match="3 are no arguments; give them by name, or as JSON"):
        here.tools.pending[0].edit(3)  # type: ignore[arg-type]
    assert len(here.tools.pending) == 1


def test_the_next_pending_call_can_be_waited_for(bench):
    here = bench(rl.by_hand())

    async def wait() -> Any:
        return await here.tools.next_pending(timeout=5)

    waiting = here.loop.create_task(wait())
    here.rest()
    here.call(city="Rome")
    assert waiting.result().values == {"city": "Rome"}
    here.interrupt()
    waiting = here.loop.create_task(wait())
    here.rest()
    here.wait(5)
    with pytest.raises(ToolError, match="no call waited for an answer within 5 s"):
        waiting.result()


def test_nothing_of_the_arguments_is_in_a_repr(bench):
    here = bench(rl.by_hand())
    here.call(city="Secret Springs")
    assert "Secret" not in repr(here.tools.pending) + repr(here.tools)
    assert "weather" in repr(here.tools)


# -- canned, failing, delayed ---------------------------------------------------------------------


def test_canned_replies_go_round(bench):
    here = bench(rl.canned("sunny", {"sky": "grey"}))
    outputs = [here.call().result().output for _ in range(3)]
    assert outputs == ["sunny", '{"sky":"grey"}', "sunny"]
    assert here.called == []
    assert here.told("canned") == {"reply": 0}


def test_a_canned_case_is_chosen_by_its_arguments(bench):
    here = bench(
        rl.canned(
            "who knows",
            cases=[({"city": "Oslo", "days": 2}, "snow"), ({"city": "Oslo"}, {"sky": "grey"})],
        )
    )
    assert here.call(city="Oslo", days=2).result().output == "snow"
    assert here.call(city="Oslo", days=5).result().output == '{"sky":"grey"}'
    assert here.told("canned") == {"case": 1}
    assert here.call(city="Rome").result().output == "who knows"


def test_where_no_case_fits_and_nothing_else_is_there_that_is_told(bench):
    here = bench(rl.canned(cases=[({"city": "Oslo"}, "snow")]))
    assert error(here.call(city="Rome")) == "weather has no canned reply for these arguments"


@pytest.mark.parametrize(
    ("mode", "told"),
    [
        (rl.failing("out of order"), "out of order"),
        (rl.failing(), "the service behind this tool is not available"),
        (rl.failing(ValueError("bad city")), "weather failed: ValueError: bad city"),
    ],
)
def test_failures_on_purpose_are_told_as_errors(bench, mode, told):
    here = bench(mode)
    assert error(here.call()) == told
    assert (here.called, here.marks()) == ([], ["failing"])


def test_malformed_output_is_no_json(bench):
    result = bench(rl.failing(how="malformed")).call().result()
    assert result.error == "malformed JSON, on purpose"
    with pytest.raises(json.JSONDecodeError):
        json.loads(result.output)
    assert bench(rl.failing("{oops", how="malformed")).call().result().output == "{oops"


def test_a_timeout_on_purpose_takes_its_time(bench):
    here = bench(rl.failing(how="timeout"))
    call = here.call()
    here.wait(59)
    assert not call.done()
    here.wait(1)
    assert error(call) == "weather did not answer within 60 s"


def test_silence_lasts_until_somebody_cancels(bench):
    here = bench(rl.failing(how="silence"))
    call = here.call()
    for _ in range(3):
        here.wait(3600)
    assert not call.done()
    here.loop.call_soon(here.tools.cancel, "call_0")
    here.rest()
    assert error(call) == "weather was cancelled"
    assert here.told("cancelled") == {"by": "hand"}
    assert not call.result().withdrawn, "the user waits: the model shall say what happened"


def test_a_share_of_the_calls_fails_and_with_the_same_seed_the_same_ones(bench):
    def pattern(seed: int) -> list[bool]:
        here = bench(rl.failing("no", share=0.5, seed=seed))
        return [here.call().result().error is None for _ in range(12)]

    assert pattern(1) == pattern(1) != pattern(2)
    assert 2 < sum(pattern(1)) < 10


def test_a_fixed_delay(bench):
    here = bench(rl.delayed(2.0))
    call = here.call()
    here.wait(1.9)
    assert here.called == []
    here.wait(0.1)
    assert call.result().output == "sunny in Oslo"


def test_random_delays_lie_in_their_range_and_repeat_with_their_seed(bench):
    def delays(seed: int) -> list[float]:
        here = bench(rl.delayed(1.0, 3.0, seed=seed))
        for _ in range(5):
            here.call()
        return [e.event.data["seconds"] for e in here.session.log.events("lab.tool_delayed")]

    assert delays(7) == delays(7) != delays(8)
    assert len(set(delays(7))) == 5
    assert all(1.0 <= seconds <= 3.0 for seconds in delays(7))


def test_after_a_delay_any_mode_may_follow(bench):
    here = bench(rl.delayed(1.0, then=rl.failing("no")))
    call = here.call()
    here.wait(1.0)
    assert error(call) == "no"
    assert here.marks() == ["delayed", "failing"]


# -- the user goes on -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("by", "why"),
    [
        ("voice", "the user went on before there was a result"),
        ("text", "the user went on before there was a result"),
        ("stop", "the user pressed stop"),
    ],
)
@pytest.mark.parametrize(
    "mode", [rl.by_hand(), rl.ask_first(), rl.delayed(9, cancel_on_barge_in=True)]
)
def test_what_the_user_does_not_wait_for_is_cancelled(bench, mode, by, why):
    here = bench(mode)
    call = here.call()
    here.interrupt(by)
    assert error(call) == f"weather was cancelled: {why}"
    assert call.result().withdrawn
    assert here.tools.pending == []
    assert here.told("cancelled") == {"by": by}


def test_a_question_that_was_taken_back_says_why_it_cannot_be_answered(bench):
    here = bench(rl.by_hand())
    here.call()
    [question] = here.tools.pending
    here.interrupt()
    with pytest.raises(ToolError, match="the user went on"):
        question.answer("too late")


def test_an_answer_that_is_held_back_is_taken_back_too(bench):
    here = bench(rl.by_hand(delay=5))
    call = here.call()
    here.tools.pending[0].answer("ready")
    here.rest()
    here.interrupt()
    assert call.result().withdrawn
    assert here.marks() == ["asked", "answered", "cancelled"]


@pytest.mark.parametrize(
    "mode",
    [rl.delayed(2.0), rl.by_hand(cancel_on_barge_in=False), rl.failing("no", after=2.0)],
)
def test_what_does_not_care_goes_on(bench, mode):
    here = bench(mode)
    call = here.call()
    here.interrupt()
    assert not call.done()
    for question in here.tools.pending:
        question.approve()
    here.wait(2.0)
    assert not call.result().withdrawn


def test_a_delay_before_a_question_is_as_impatient_as_the_question():
    assert rl.delayed(2.0, then=rl.by_hand()).cancel_on_barge_in
    assert not rl.delayed(2.0).cancel_on_barge_in


def test_a_session_that_ends_takes_the_question_with_it(bench):
    here = bench(rl.by_hand())
    call = here.call()
    [question] = here.tools.pending
    call.cancel()
    here.rest()
    assert (here.tools.pending, here.marks()) == ([], ["asked"])
    with pytest.raises(ToolError, match="the session has ended"):
        question.answer("too late")


# -- choosing modes -------------------------------------------------------------------------------


def test_a_mode_may_be_changed_while_the_session_goes_on(bench):
    here = bench(rl.canned("one", "two"))
    here.call()
    here.tools["weather"].mode = rl.failing("no")
    here.rest()
    assert error(here.call()) == "no"
    here.tools["weather"].mode = rl.canned("one", "two")
    assert here.call().result().output == "one", "a mode begins from its first reply"
    assert here.told("mode")["mode"]["kind"] == "canned"


def test_a_call_under_way_keeps_the_mode_it_began_with(bench):
    here = bench(rl.by_hand())
    call = here.call()
    here.tools["weather"].mode = rl.failing("no")
    here.tools.pending[0].answer("old")
    here.rest()
    assert call.result().output == "old"


@pytest.mark.parametrize(
    "mode",
    [
        rl.automatic(tries=3),
        rl.by_hand("yes", {"no": 1}, delay=2),
        rl.ask_first(limit=9),
        rl.canned("a", cases=[({"city": "Oslo"}, "b")]),
        rl.failing(ValueError("x"), share=0.5, seed=3),
        rl.delayed(1, 2, then=rl.canned("later")),
    ],
)
def test_a_mode_can_be_written_down_and_read_again(mode: Mode):
    written = json.loads(json.dumps(mode.described()))
    assert written["kind"] == mode.kind
    assert mode_from(written) == mode


@pytest.mark.parametrize(
    ("make", "told"),
    [
        (lambda: rl.delayed(-1), "rl.delayed cannot have seconds=-1: Expected float >= 0.0"),
        (lambda: rl.delayed("1"), "rl.delayed cannot have seconds='1': Expected float, got str"),
        (lambda: rl.delayed(1, "2"), "rl.delayed cannot have up_to='2'"),
        (lambda: rl.delayed(1, then="x"), "then is 'x', which cannot follow a delay; give rl.auto"),
        (lambda: rl.delayed(1, then=rl.by_hand), "cannot follow a delay"),
        (lambda: rl.delayed(1, then=rl.delayed(1)), "cannot follow a delay"),
        (lambda: rl.delayed(2, 1), "for 2 to 1 s"),
        (lambda: rl.automatic(tries=0), "rl.automatic cannot have tries=0"),
        (lambda: rl.failing(share=1.5), "rl.failing cannot have share=1.5"),
        (lambda: rl.failing(how="loud"), "rl.failing cannot have how='loud'"),
        (lambda: rl.canned(cases={"city": "Oslo"}), "is no case for rl.canned; write arguments"),
        (lambda: rl.canned(cases=[{"city": "Oslo"}]), "{'city': 'Oslo'} is no case for rl.canned"),
        (lambda: rl.canned(cases=3), "3 is no case for rl.canned"),
        (lambda: rl.canned(), "at least one reply"),
        (lambda: mode_from({"kind": "magic"}), "magic"),
        (lambda: mode_from({"kind": "delayed", "low": "1", "high": 2}), "low"),
    ],
)
def test_settings_that_make_no_sense_are_refused_with_their_name(make, told):
    with pytest.raises(ToolError, match=told):
        make()


def test_a_class_of_exceptions_fails_like_one_of_it():
    assert rl.failing(ValueError).text == "ValueError"
    assert rl.failing(ValueError()).text == "ValueError"
    assert rl.failing(ValueError("x")).text == "ValueError: x"
    assert rl.failing(ValueError).how == "exception"


def test_cases_of_canned_replies_may_come_one_after_the_other():
    cases = zip([{"city": "Oslo"}], ["snow"], strict=True)
    assert rl.canned(cases=cases).cases == (({"city": "Oslo"}, "snow"),)


def test_modes_that_are_not_given_by_name_are_told():
    registry = ToolRegistry([rl.tool(name="weather")(lambda: "x")])
    with pytest.raises(
        ToolError, match=r"give modes by the names of their tools, as in tool_modes="
    ):
        LiveTools(registry, rl.by_hand())  # type: ignore[arg-type]


def test_a_mode_for_an_unknown_tool_or_that_is_no_mode_is_told(bench):
    with pytest.raises(ToolError, match="'pay', but the tools are 'weather'"):
        LiveTools(ToolRegistry([rl.tool(name="weather")(lambda: "x")]), {"pay": rl.by_hand()})
    with pytest.raises(ToolError, match="no mode for weather: use rl"):
        bench("by hand")
    with pytest.raises(ToolError, match="there is no tool 'pay'"):
        bench(rl.by_hand()).tools["pay"]


def test_a_call_of_a_tool_that_there_is_not_is_told_to_the_model(bench):
    here = bench(rl.by_hand())
    call = here.loop.create_task(here.tools.run(FunctionCall(name="pay", call_id="call_x")))
    here.rest()
    assert "there is no tool 'pay'" in error(call)


def test_a_tool_can_be_called_by_hand_beside_the_conversation_whatever_its_mode(bench):
    here = bench(rl.failing("no"))

    async def visit() -> ToolResult:
        return await here.tools["weather"].call(city="Oslo", days=2)

    visiting = here.loop.create_task(visit())
    for _ in range(3):
        here.rest()
    assert visiting.result().output == "sunny in Oslo"
    assert here.called == ["Oslo 2"]
    assert here.told("tried")["arguments"] == '{"city":"Oslo","days":2}'
