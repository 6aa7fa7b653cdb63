"""Modes in a whole session: what the model is told when the user goes on, and what follows."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

import realtime_lab as rl
from realtime_lab.engine import ToolCall
from realtime_lab.errors import ToolError
from realtime_lab.eventlog import EventLog
from realtime_lab.protocol import FunctionCallOutput, ServerVad
from tests.scripted import ScriptedEngine
from tests.servers import running_server
from tests.session.scene import Scene
from tests.session.test_interrupting import CREATE, ITEM, calls, outputs
from tests.session.test_talking import tone


@pytest.fixture
def scene():
    scenes: list[Scene] = []

    def opened(**modes: Any) -> Scene:
        scenes.append(Scene(modes=modes))
        return scenes[-1]

    yield opened
    for one in scenes:
        one.close()


def order(here: Scene) -> list[str]:
    """Marks of tools, outputs and requests, in the order of the log."""
    found = []
    for entry in here.log:
        item = getattr(entry.event, "item", None)
        if entry.type.startswith("lab.tool_"):
            found.append(entry.type.removeprefix("lab.tool_"))
        elif entry.type == ITEM and isinstance(item, FunctionCallOutput):
            found.append("output")
        elif entry.type == CREATE:
            found.append("request")
    return found


@pytest.mark.parametrize("by", ["voice", "text"])
def test_when_the_user_goes_on_the_question_disappears_and_the_model_knows(scene, by):
    here = scene(slow=rl.by_hand())
    first = calls(here, "slow")
    assert len(here.tools.pending) == 1
    second = here.say("Never mind") if by == "text" else here.user_speaks()
    here.flow()
    assert here.tools.pending == []
    assert [json.loads(output) for output in outputs(here)] == [
        {"error": "slow was cancelled: the user went on before there was a result"}
    ]
    [cancelled] = here.log.events("lab.tool_cancelled")
    assert here.log.turn_of(cancelled.seq) == 1, "it is about the turn of the call"
    here.service.end("completed")
    here.flow()
    assert first.result().status == "completed"
    requests = 1 if by == "voice" else 2
    assert here.sent().count(CREATE) == requests, "the answer to the user is the only one"
    if second is not None:
        assert second.result().status == "completed"
        assert here.session.is_quiet


@pytest.mark.parametrize("decide", ["answer", "deny"])
def test_half_a_character_from_a_person_is_refused_and_the_call_waits_on(scene, decide):
    here = scene(slow=rl.by_hand() if decide == "answer" else rl.ask_first())
    calls(here, "slow")
    (question,) = here.tools.pending
    with pytest.raises(ToolError, match="half a character"):
        getattr(question, decide)("half \ud800")
    assert here.tools.pending == [question]
    here.do(lambda: getattr(question, decide)("whole"))
    here.flow()
    (output,) = outputs(here)
    assert "whole" in output


def test_the_stop_button_takes_the_question_back_and_nothing_follows(scene):
    here = scene(slow=rl.ask_first())
    asked = calls(here, "slow")
    here.do(here.session.interrupt)
    here.flow()
    assert order(here) == ["request", "asked", "cancelled", "output"]
    assert asked.result().status == "completed"
    assert here.session.is_quiet


def test_of_parallel_calls_only_the_question_is_taken_back(scene):
    here = scene(slow=rl.by_hand(), other=rl.automatic())
    calls(here, "slow", "other")
    here.user_speaks()
    here.flow()
    assert outputs(here) == [], "the outputs of a response go together"
    here.waits["other"].set_result("done")
    here.flow()
    cancelled, done = outputs(here)
    assert ("went on" in cancelled, done) == (True, "done")


def test_a_model_that_may_not_be_interrupted_leaves_the_question(scene):
    here = scene(slow=rl.by_hand())
    config = here.session.config
    config.audio.input.turn_detection = ServerVad(interrupt_response=False)
    here.do(lambda: here.session._set_config(config))
    calls(here, "slow")
    here.service.user_starts()
    here.flow()
    assert len(here.tools.pending) == 1
    here.do(here.session.interrupt)
    assert here.tools.pending == [], "the stop button is no voice"


def test_what_a_person_did_stands_in_the_log_between_call_and_output(scene):
    here = scene(slow=rl.by_hand(delay=2.0), other=rl.ask_first())
    calls(here, "slow", "other")
    here.wait(90)
    by_hand, first = here.tools.pending
    by_hand.answer("typed")
    first.deny("no money")
    here.flow()
    here.wait(2)
    here.flow()
    assert order(here) == [
        "request", "asked", "asked", "answered", "denied", "output", "output", "request",
    ]  # fmt: skip
    answered = here.log.events("lab.tool_answered")[0]
    asked = here.log.events("lab.tool_asked")[0]
    assert answered.at - asked.at == 90
    assert answered.event.data == {
        "call_id": asked.event.data["call_id"],
        "name": "slow",
        "output": "typed",
        "delay": 2.0,
    }


def test_a_session_that_is_closed_leaves_no_question(scene):
    here = scene(slow=rl.by_hand())
    calls(here, "slow")
    [question] = here.tools.pending
    here.loop.run_until_complete(here.session.close())
    here.loop.rest()
    assert here.tools.pending == []
    assert here.log[-1].type == "lab.closed"
    with pytest.raises(ToolError, match="session has ended"):
        question.answer("too late")
    here.tools["slow"].mode = rl.automatic()
    here.loop.rest()
    assert here.log[-1].type == "lab.closed"


# -- over a socket --------------------------------------------------------------------------------


def weather(city: str) -> str:
    """Tell the weather.

    Args:
        city: where.
    """
    return f"sunny in {city}"


@pytest.fixture
def engine() -> ScriptedEngine:
    return ScriptedEngine()


@pytest.fixture
def place(engine: ScriptedEngine):
    with running_server(engine) as server:
        yield rl.endpoint(server.ws_url + "/v1/realtime?model=gpt-realtime", api_key=server.key)


def test_a_cell_answers_for_the_tool(place, engine, tmp_path: Path):
    engine.brain.answers = [[ToolCall("weather", '{"city": "Oslo"}')], ["Grey it is."]]

    async def visit() -> tuple[rl.Turn, str]:
        options = {"tools": [weather], "tool_modes": {"weather": rl.by_hand()}}
        async with await rl.connect(place, log=tmp_path / "talk.jsonl", **options) as lab:
            saying = lab.say("How is the weather in Oslo?")
            call = await lab.tools.next_pending()
            assert call.values == {"city": "Oslo"}
            call.answer("grey, says jane.doe@example.org")
            return await saying, repr(lab.tools)

    turn, shown = asyncio.run(visit())
    assert turn.transcript == "Grey it is."
    assert engine.brain.prompts[-1].messages[-1].text == "grey, says jane.doe@example.org"
    assert "weather (by_hand)" in shown
    saved = EventLog.load(tmp_path / "talk.jsonl")
    assert [e.type for e in saved.events() if e.type.startswith("lab.tool_")] == [
        "lab.tool_asked",
        "lab.tool_answered",
    ]
    assert "jane.doe" not in (tmp_path / "talk.jsonl").read_text()


def test_two_parallel_calls_are_answered_apart_and_told_in_their_order(place, engine):
    both = [ToolCall("weather", f'{{"city": "{city}"}}') for city in ("Oslo", "Rome")]
    engine.brain.answers = [both, ["Grey and blue."]]

    async def visit() -> rl.Turn:
        options = {"tools": [weather], "tool_modes": {"weather": rl.ask_first()}}
        async with await rl.connect(place, **options) as lab:
            saying = lab.say("Oslo and Rome?")
            while len(lab.tools.pending) < 2:
                await lab.tools.next_pending()
                await asyncio.sleep(0)
            oslo, rome = lab.tools.pending
            rome.edit({"city": "Milan"})
            oslo.approve()
            return await saying

    assert asyncio.run(visit()).transcript == "Grey and blue."
    told = [m.text for m in engine.brain.prompts[-1].messages if m.role == "tool"]
    assert told == ["sunny in Oslo", "sunny in Milan"]


def test_speech_during_a_question_takes_it_back_and_is_answered(place, engine):
    engine.brain.answers = [[ToolCall("weather", '{"city": "Oslo"}')], ["Fine, never mind."]]
    engine.transcriber.lines.append("never mind")

    async def visit() -> tuple[rl.Turn, list[Any]]:
        options = {
            "tools": [weather],
            "tool_modes": {"weather": rl.by_hand()},
            "turn_detection": ServerVad(silence_duration_ms=200),
        }
        async with await rl.connect(place, **options) as lab:
            first = lab.say("How is the weather in Oslo?")
            await lab.tools.next_pending()
            second = await lab.speak(tone(0.3))
            assert (await first).status == "completed"
            assert lab.tools.pending == []
            return second, list(lab.log.tools())

    turn, rows = asyncio.run(visit())
    assert turn.transcript == "Fine, never mind."
    assert [row["status"] for row in rows] == ["failed"]
    assert "went on" in rows[0]["error"]


def test_a_mode_for_a_tool_that_is_not_there_is_told_at_once():
    with pytest.raises(ToolError, match="there are no tools"):
        rl.connect(tool_modes={"weather": rl.by_hand()})
