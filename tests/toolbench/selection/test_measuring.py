"""Measuring from end to end, against a service whose every answer is known."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from collections import Counter
from concurrent.futures import CancelledError
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest

import realtime_lab as rl
from realtime_lab.audio import Clip
from realtime_lab.errors import (
    AuthDenied,
    BudgetExceeded,
    EndpointError,
    LogError,
    RequestRejected,
    SessionError,
    ToolError,
)
from realtime_lab.server import Fault
from realtime_lab.toolbench import all_of, any_of, due

from .service import Model, at, call, serving


def get_weather(city: str, unit: str = "celsius") -> str:
    """Tell the weather in a city."""
    return f"Sunny in {city}, 21 degrees {unit}"


def set_light(room: str, on: bool) -> str:
    """Switch the light in a room."""
    return f"{room} is {'on' if on else 'off'}"


TOOLS = [get_weather, set_light]
ANSWERS: dict[str, Any] = {
    "right": [call("get_weather", city="Oslo")],
    "wrong tool": [call("set_light", room="kitchen", on=True)],
    "wrong arguments": [call("get_weather", city="Paris")],
    "invalid": [call("get_weather", town="Oslo")],
    "no call": ["I do not know."],
    "two calls": [call("get_weather", city="Oslo"), call("get_weather", city="Oslo")],
    "quiet": ["Hello."],
    "not due": [call("set_light", room="kitchen", on=True)],
}
OSLO = due("get_weather", city="Oslo")
UTTERANCES = [
    rl.Utterance(words, None if words in ("quiet", "not due") else OSLO) for words in ANSWERS
]
OUTCOMES = {
    "right": "right",
    "wrong tool": "wrong_tool",
    "wrong arguments": "wrong_arguments",
    "invalid": "invalid_arguments",
    "no call": "no_call",
    "two calls": "too_many_calls",
    "quiet": "right",
    "not due": "call_not_due",
}


def measure(server, utterances=UTTERANCES, tools: Any = TOOLS, *, dialect="ga", **options) -> Any:
    return rl.run(rl.measure_tools(tools, utterances, endpoint=at(server, dialect), **options))


def outcomes(found) -> dict[str, str]:
    return {one.utterance.name: one.outcome for one in found.trials}


@pytest.mark.parametrize("dialect", ["ga", "preview"])
def test_every_outcome_is_told_as_it_is(dialect):
    with serving(Model(ANSWERS)) as server:
        found = measure(server, repeats=1, dialect=dialect)
    assert outcomes(found) == OUTCOMES
    assert (found.accuracy.counts, found.right_tool.counts) == ("2/8", "4/8")
    assert (found.right_arguments.counts, found.restraint.counts) == ("1/3", "1/2")
    assert found.confusion["get_weather", "set_light"] == 1
    assert found.confusion["get_weather", "(several)"] == 1
    assert found.confusion["(none)", "set_light"] == 1
    assert found.confusion.total == 8
    assert found.model.startswith("gpt-")


def test_every_answer_has_its_own_session_and_its_figures():
    model = Model(ANSWERS)
    with serving(model) as server:
        found = measure(server, repeats=3, concurrency=5)
    assert model.asked == dict.fromkeys(ANSWERS, 3)
    assert len(found.trials) == 24
    for one in found.trials:
        assert one.answer is not None
        assert one.answer.tokens_in > 0
        assert one.answer.dollars is not None
        has_call = bool(one.answer.calls)
        assert (one.answer.latency is not None) is has_call
    assert found.tokens[0] == sum(one.answer.tokens_in for one in found.trials if one.answer)
    assert found.dollars == pytest.approx(sum(a.dollars for a in found.answers))


def test_the_seed_settles_the_order_and_mixes_the_sets():
    orders = []
    for seed in (1, 1, 2):
        model = Model(ANSWERS)
        with serving(model) as server:
            measure(server, tools={"a": TOOLS, "b": TOOLS}, repeats=2, concurrency=1, seed=seed)
        orders.append(model.order)
    assert orders[0] == orders[1]
    assert orders[0] != orders[2]
    assert orders[0] != sorted(orders[0], key=list(ANSWERS).index)


def test_calls_are_not_answered_unless_asked_for():
    model = Model({"right": ANSWERS["right"]})
    with serving(model) as server:
        found = measure(server, UTTERANCES[:1], repeats=1)
    assert model.outputs == []
    assert found.accuracy.counts == "1/1"


@pytest.mark.parametrize(
    ("outputs", "told"),
    [
        ("run", "Sunny in Oslo, 21 degrees celsius"),
        ({"get_weather": "Rain", "set_light": ""}, "Rain"),
        ({"get_weather": lambda city, unit: f"Fog in {city}", "set_light": ""}, "Fog in Oslo"),
    ],
)
def test_calls_are_answered_by_the_function_or_as_canned(outputs, told):
    model = Model({"right": ANSWERS["right"]})
    with serving(model) as server:
        found = measure(server, UTTERANCES[:1], repeats=1, outputs=outputs)
    assert model.outputs == [told]
    assert found.trials[0].answer.said == "Done."
    assert found.accuracy.counts == "1/1"


def test_a_tool_that_is_described_without_a_function_can_be_measured():
    spec = {"type": "function", "name": "get_weather", "parameters": {"type": "object"}}
    model = Model({"right": ANSWERS["right"]})
    with serving(model) as server:
        found = measure(server, UTTERANCES[:1], tools=[spec], repeats=1)
    assert found.accuracy.counts == "1/1"
    with pytest.raises(ToolError, match="get_weather of 'tools' has no function to run; give it"):
        rl.measure_tools([spec], UTTERANCES[:1], outputs="run")


def test_a_session_that_fails_is_an_outcome_and_the_others_go_on():
    faults = (
        Fault("close", code=1011, at="response.created", session=2),
        Fault("fail_response", session=4),
        Fault("content_filter", session=6),
        Fault("refuse", status=503, session=8),
    )
    with serving(Model(ANSWERS), *faults) as server:
        found = measure(server, repeats=1, concurrency=1)
    assert found.outcomes["failed"] == 4
    assert found.failures == {
        "TransportLost": 1,
        "ServiceFailedResponse": 1,
        "ContentFiltered": 1,
        "ServiceFailedConnect": 1,
    }
    assert found.accuracy.trials == 4
    assert all(one.answer.told for one in found.of("failed"))
    assert "4 failed" in repr(found)


def test_a_failed_session_is_asked_again_by_the_next_run_and_a_filter_is_not(tmp_path):
    faults = (
        Fault("close", code=1011, at="response.created", session=2),
        Fault("content_filter", session=3),
    )
    model = Model(ANSWERS)
    with serving(model, *faults) as server:
        first = measure(server, repeats=1, concurrency=1, path=tmp_path / "a.jsonl")
        before = model.asked.total()
        second = measure(server, repeats=1, concurrency=1, path=tmp_path / "a.jsonl")
    assert first.outcomes["failed"] == 2
    assert second.failures == {"ContentFiltered": 1}
    assert model.asked.total() == before + 1


def test_a_service_without_room_is_waited_for_by_all():
    # A handshake that is refused twice: once by the session's own patience, once by the run's.
    faults = [Fault("refuse", status=429, retry_after=0, session=n) for n in (2, 3)]
    with serving(Model(ANSWERS), *faults) as server:
        found = measure(server, repeats=1, concurrency=1)
    assert outcomes(found) == OUTCOMES
    assert Counter(one.answer.tries for one in found.trials) == {1: 7, 2: 1}


def test_a_response_that_found_room_the_second_time_is_no_failure():
    limit = Fault(
        "fail_response",
        type="rate_limit_error",
        code="rate_limit_exceeded",
        message="Rate limit reached. Please try again in 1ms.",
        session=3,
        count=1,
    )
    with serving(Model(ANSWERS), limit) as server:
        found = measure(server, repeats=1, concurrency=1)
    assert outcomes(found) == OUTCOMES
    assert {one.answer.tries for one in found.trials} == {1}


def test_what_concerns_all_sessions_is_raised():
    with serving(Model(ANSWERS)) as server:
        place = rl.endpoint(server.ws_url + "/v1/realtime?model=gpt-realtime", api_key="wrong")
        with pytest.raises(AuthDenied):
            rl.run(rl.measure_tools(TOOLS, UTTERANCES, endpoint=place))
        with pytest.raises(SessionError, match="has no voice"):
            measure(server, voice="nobody")
        with pytest.raises(RequestRejected):
            measure(server, output_modalities=["text", "audio"])


def test_a_service_that_only_fails_is_not_asked_for_ever():
    with serving(Model(ANSWERS), Fault("refuse", status=503)) as server:
        found = measure(server, repeats=4, concurrency=1)
    assert found.outcomes == {"failed": 8, "not_asked": 24}
    assert found.accuracy.value is None
    assert "8 sessions failed one after the other" in found.notes[0]


def test_it_is_awaited_as_other_calls_are_and_tells_how_far_it_is():
    async def cell(server):
        call = rl.measure_tools(TOOLS, UTTERANCES[:2], endpoint=at(server), repeats=1)
        shown = repr(call)
        return shown, await call, call

    with serving(Model(ANSWERS)) as server:
        shown, found, done = asyncio.run(cell(server))
    assert shown == (
        "<measure_tools: under way; `await` it, or wait for it with rl.run(...); 0 of 2 answered>"
    )
    assert "2 of 2 answered" in repr(done)
    assert found.accuracy.counts == "1/2"
    assert done.projection.sessions == 2


def test_the_log_of_each_session_can_be_kept(tmp_path):
    with serving(Model(ANSWERS), Fault("refuse", status=503, session=2)) as server:
        found = measure(server, repeats=1, concurrency=1, logs=tmp_path / "logs")
        again = measure(server, UTTERANCES[:1], repeats=1, logs=tmp_path / "logs")
    names = [one.answer.log for one in found.trials if one.verdict]
    assert len({*names, again.trials[0].answer.log, ""}) == 9
    assert {path.name for path in (tmp_path / "logs").glob("*.jsonl")} == {
        *names,
        again.trials[0].answer.log,
    }
    right = next(one for one in found.trials if one.utterance.name == "two calls")
    log = rl.load(tmp_path / "logs" / right.answer.log)
    assert [call.name for call in log.turn(1).tool_calls] == ["get_weather", "get_weather"]
    assert right.answer.log.startswith("tools-two-calls-1-")


def test_sessions_that_repeat_by_a_seed_can_be_measured():
    with serving(Model({"right": ANSWERS["right"]})) as server:
        call = rl.measure_tools(
            TOOLS, UTTERANCES[:1], endpoint=at(server, "preview").seeded(3), repeats=2
        )
        found = rl.run(call)
    assert found.accuracy.counts == "2/2"
    assert found.latencies[0] == found.latencies[1]


def test_an_endpoint_for_text_alone_can_be_measured(tmp_path):
    model = Model(ANSWERS)
    with serving(model) as server:
        place = rl.text_only(at(server))
        found = rl.run(rl.measure_tools(TOOLS, UTTERANCES, endpoint=place, repeats=1))
    assert outcomes(found) == OUTCOMES


# -- spoken utterances ---------------------------------------------------------------------------


def spoken() -> Clip:
    return Clip(np.tile(np.array([9000, -9000], dtype=np.int16), 4800), 24000)


def test_a_clip_is_spoken_and_its_latency_counts_from_the_end_of_speech():
    model = Model({"lights on": [call("set_light", room="kitchen", on=True)]})
    with serving(model) as server:
        server.engine.transcriber.lines = ["lights on"]
        utterance = rl.Utterance(spoken(), due("set_light", on=True), words="lights, on!")
        found = measure(server, [utterance], repeats=1)
        (heard,) = server.engine.transcriber.heard
    (one,) = found.trials
    assert one.is_right
    assert one.answer.heard == "lights on"
    assert one.answer.latency is not None
    assert len(heard) >= len(spoken().pcm) - 960
    assert found.table()["said"] == ["spoken"]


# -- a file that is gone on with -----------------------------------------------------------------


def test_what_was_answered_is_not_asked_again(tmp_path):
    model = Model(ANSWERS)
    with serving(model) as server:
        first = measure(server, repeats=2, path=tmp_path / "a.jsonl")
        again = rl.measure_tools(
            TOOLS, UTTERANCES, endpoint=at(server), repeats=2, path=tmp_path / "a.jsonl", seed=9
        )
        second = rl.run(again)
        assert model.asked.total() == 16
        assert repr(again).endswith("16 of 16 answered, 16 of them earlier>")
        third = measure(server, repeats=3, path=tmp_path / "a.jsonl")
    assert model.asked.total() == 24
    assert repr(first) == repr(second)
    assert len(third.trials) == 24


@pytest.mark.parametrize(
    "changed",
    [
        {"tools": [get_weather, rl.Tool.from_function(set_light, description="Other words.")]},
        {"instructions": "Be brief."},
        {"outputs": "run"},
        {"dialect": "preview"},
        {"temperature": 0.7, "dialect": "preview"},
        {"max_output_tokens": 500},
        {"output_modalities": ["text"]},
    ],
)
def test_what_was_put_otherwise_is_asked_again(tmp_path, changed):
    model = Model({"right": ANSWERS["right"]})
    with serving(model) as server:
        measure(server, UTTERANCES[:1], repeats=1, path=tmp_path / "a.jsonl")
        measure(server, UTTERANCES[:1], repeats=1, path=tmp_path / "a.jsonl", **changed)
    assert model.asked["right"] == 2


def test_what_is_due_may_change_and_is_judged_anew(tmp_path):
    model = Model({"right": ANSWERS["right"]})
    with serving(model) as server:
        first = measure(server, UTTERANCES[:1], repeats=1, path=tmp_path / "a.jsonl")
        other = [rl.Utterance("right", due("get_weather", city="Bergen"), name="renamed")]
        second = measure(server, other, repeats=1, path=tmp_path / "a.jsonl")
    assert model.asked.total() == 1
    assert (first.trials[0].outcome, second.trials[0].outcome) == ("right", "wrong_arguments")


KILLED = """
import realtime_lab as rl
from tests.toolbench.selection.test_measuring import TOOLS, UTTERANCES
place = rl.endpoint({url!r}, api_key={key!r})
print("ready", flush=True)
input()
rl.run(rl.measure_tools(TOOLS, UTTERANCES, endpoint=place, repeats=2, concurrency=1, path={path!r}))
"""


def test_a_run_that_was_killed_goes_on_where_it_was(tmp_path):
    path = str(tmp_path / "a.jsonl")
    model = Model(ANSWERS)
    with serving(model) as server:
        url = server.ws_url + "/v1/realtime?model=gpt-realtime"
        code = KILLED.format(url=url, key=server.key, path=path)
        child = subprocess.Popen(
            [sys.executable, "-c", code],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        )
        model.seen = lambda number: number == 6 and os.kill(child.pid, signal.SIGKILL)
        with child:
            assert child.stdout is not None
            assert child.stdout.readline() == b"ready\n"
            child.communicate(b"\n")
        assert child.returncode == -signal.SIGKILL
        kept = Path(path).read_bytes().splitlines()
        assert len([msgspec.json.decode(line) for line in kept]) == 5
        found = measure(server, repeats=2, concurrency=1, path=path)
    # The one that was under way when the process died is asked again, and no other.
    assert model.asked.total() == 17
    assert found.accuracy.trials == 16


def test_a_run_that_was_cancelled_keeps_what_it_had(tmp_path):
    model = Model(ANSWERS)
    with serving(model) as server:
        call = rl.measure_tools(
            TOOLS,
            UTTERANCES,
            endpoint=at(server),
            repeats=2,
            concurrency=1,
            path=tmp_path / "a.jsonl",
        )
        model.seen = lambda number: number == 4 and call.cancel()
        with pytest.raises(CancelledError):
            rl.run(call)
        assert call.so_far.accuracy.trials in (3, 4)
        model.seen = lambda _: None
        found = measure(server, repeats=2, concurrency=1, path=tmp_path / "a.jsonl")
    assert found.accuracy.trials == 16
    assert 16 <= model.asked.total() <= 17


# -- what it may use -----------------------------------------------------------------------------


def test_a_budget_ends_the_run_and_more_goes_on(tmp_path):
    path = tmp_path / "a.jsonl"
    model = Model(ANSWERS)
    with serving(model) as server:
        found = measure(server, repeats=1, path=path, budget=rl.Budget(tokens=700))
        asked = model.asked.total()
        assert 0 < asked < 8
        assert found.outcomes["not_asked"] == 8 - asked
        assert sum(found.tokens) <= 700
        (note,) = found.notes
        assert "the budget is reached: this measurement has used" in note
        assert "budget=rl.Budget(tokens=…)" in note
        whole = measure(server, repeats=1, path=path)
    assert "not_asked" not in whole.outcomes
    assert model.asked.total() == 8


def test_a_budget_for_nothing_is_raised():
    with serving(Model(ANSWERS)) as server, pytest.raises(BudgetExceeded, match="may need"):
        measure(server, repeats=1, budget=rl.Budget(tokens=10))


def test_the_cost_is_told_before_and_without_a_connection():
    place = rl.endpoint("ws://127.0.0.1:9/v1/realtime?model=gpt-realtime", api_key="none")
    one = rl.project_tools(TOOLS, UTTERANCES, endpoint=place, repeats=1)
    two = rl.project_tools({"a": TOOLS, "b": TOOLS}, UTTERANCES, endpoint=place, repeats=2)
    assert (one.sessions, two.sessions) == (8, 32)
    assert two.tokens == 4 * one.tokens
    assert one.dollars is not None
    assert two.dollars == pytest.approx(4 * one.dollars)
    assert one.model == "gpt-realtime"
    answered = rl.project_tools(TOOLS, UTTERANCES, endpoint=place, repeats=1, outputs="run")
    assert answered.tokens > 1.5 * one.tokens
    assert "32 sessions" in repr(two)
    assert "32 sessions" in two._repr_html_()


def test_what_was_projected_is_near_what_is_used():
    with serving(Model(ANSWERS)) as server:
        call = rl.measure_tools(TOOLS, UTTERANCES, endpoint=at(server), repeats=1)
        found = rl.run(call)
    assert 0.5 < sum(found.tokens) / call.projection.tokens < 2


# -- two sets ------------------------------------------------------------------------------------


def test_two_sets_are_paired_by_utterance():
    turns = Counter()

    def better() -> list:
        # Right with the second set alone, which is asked second in a run of one after the other.
        turns["better"] += 1
        return [call("get_weather", city="Paris" if turns["better"] == 1 else "Oslo")]

    model = Model({**ANSWERS, "better": better})
    utterances = [*UTTERANCES, rl.Utterance("better", OSLO)]
    with serving(model) as server:
        found = measure(server, utterances, tools={"a": TOOLS, "b": TOOLS}, repeats=1)
    assert list(found) == ["a", "b"]
    assert model.asked.total() == 18
    assert {found["a"].accuracy.successes, found["b"].accuracy.successes} == {2, 3}
    (differs,) = found.discordant
    assert differs.utterance.name == "better"
    assert (found.mcnemar.both, found.mcnemar.neither, found.mcnemar.p) == (2, 6, 1.0)
    assert found.mcnemar.pairs == 9
    assert set(found.confusion) == {"a", "b"}
    assert len(found.table()) == 18


def test_sets_that_name_a_tool_differently_are_measured_with_either_name():
    forecast = rl.Tool.from_function(get_weather, name="forecast")
    model = Model({"right": ANSWERS["right"]})
    either = [rl.Utterance("right", any_of("get_weather", "forecast"))]
    with serving(model) as server:
        found = measure(server, either, tools={"a": TOOLS, "b": [forecast, set_light]}, repeats=1)
    assert found["a"].accuracy.counts == "1/1"
    assert found["b"].trials[0].verdict.expected == "forecast"
    assert found["b"].trials[0].outcome == "wrong_tool"


# -- what is refused at once ---------------------------------------------------------------------


def test_what_can_never_be_right_is_refused_at_once():
    wrong = [rl.Utterance("Hi", "get_wether")]
    with pytest.raises(ToolError, match="no tool get_wether; its tools are get_weather, set_light"):
        rl.measure_tools(TOOLS, wrong)
    with pytest.raises(ToolError, match="no tool play"):
        rl.measure_tools(TOOLS, [rl.Utterance("Hi", all_of("get_weather", "play"))])


def test_an_argument_that_no_tool_takes_is_refused_at_once():
    with pytest.raises(ToolError, match="whose get_weather takes no argument town; its arguments"):
        rl.measure_tools(TOOLS, [rl.Utterance("Hi", rl.due("get_weather", town="Oslo"))])
    open_ended = {"name": "find", "parameters": {"type": "object", "properties": {}}}
    for tools, calls in (
        (TOOLS, rl.due("get_weather", town=None)),
        (TOOLS, any_of(rl.due("get_weather", town="Oslo"), "get_weather")),
        ([open_ended], rl.due("find", town="Oslo")),
    ):
        assert rl.project_tools(tools, [rl.Utterance("Hi", calls)], repeats=1).sessions == 1


@pytest.mark.parametrize(
    ("options", "error", "told"),
    [
        ({"tools": []}, ToolError, "without tools"),
        ({"tools": {"a": "get_weather"}}, ToolError, "no set of tools"),
        ({"utterances": []}, ToolError, "no utterances"),
        ({"outputs": "maybe"}, ToolError, "outputs='maybe'"),
        ({"outputs": {"get_weather": 1}}, ToolError, "nothing for set_light"),
        ({"outputs": {"get_weather": 1, "set_light": object()}}, ToolError, "output of set_light"),
        ({"outputs": {"get_weather": lambda: 1, "set_light": 1}}, ToolError, "does not take"),
        ({"repeats": 0}, SessionError, "at least 1"),
        ({"endpoint": "wss://example.org"}, EndpointError, "no key"),
        ({"endpoint": [rl.embedded(), rl.embedded()]}, EndpointError, "chain"),
        ({"no_such": 1}, SessionError, "no setting 'no_such'"),
    ],
)
def test_bad_arguments_are_refused_at_once(options, error, told):
    given = {"tools": TOOLS, "utterances": UTTERANCES, **options}
    with pytest.raises(error, match=told):
        rl.measure_tools(given.pop("tools"), given.pop("utterances"), **given)


def test_a_file_of_something_else_is_refused_at_once(tmp_path):
    (tmp_path / "notes.jsonl").write_text('{"a": 1}\n')
    with pytest.raises(LogError, match="holds no answers"):
        rl.measure_tools(TOOLS, UTTERANCES, path=tmp_path / "notes.jsonl")
    with pytest.raises(LogError, match="no logs can be kept"):
        rl.measure_tools(TOOLS, UTTERANCES, logs=tmp_path / "notes.jsonl")
