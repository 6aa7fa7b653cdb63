"""Interruptions, races, tools and losses of a whole session, against a service without a socket."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from realtime_lab.errors import RequestRejected, ResponseFailed, SessionClosed, TurnTimeout
from realtime_lab.protocol import (
    FunctionCallOutput,
    InputAudioBufferCommit,
    ResponseConfig,
    ResponseCreate,
    ServerVad,
)
from realtime_lab.tools import ToolResult, ToolRunner

from .scene import Scene

TRUNCATE, DELETE = "conversation.item.truncate", "conversation.item.delete"
CREATE, ITEM = "response.create", "conversation.item.create"


@pytest.mark.parametrize("dialect", ["ga", "preview"])
@pytest.mark.parametrize("by", ["voice", "text", "stop"])
def test_however_the_model_is_interrupted_the_same_happens(scene, dialect, by):
    here = scene(dialect)
    here.say()
    here.flow()
    item_id = here.speaks(500)
    here.played(item_id, 0.1)
    if by == "voice":
        here.service.user_starts()
        here.flow()
    elif by == "text":
        here.say("stop")
    else:
        here.do(here.session.interrupt)
    here.played(item_id, 0.12)
    here.flow()
    assert here.ear.sounds == [item_id, "(stop)"]
    [truncation] = here.log.events(TRUNCATE)
    assert (truncation.event.item_id, truncation.event.audio_end_ms) == (item_id, 120)
    first = here.session.turns[0]
    assert (first.status, first.ledger.played_ms, first.ledger.believed_ms) == (
        "cancelled",
        120,
        120,
    )
    assert here.log.events("lab.interrupted")[0].event.data["by"] == by
    assert ("response.cancel" in here.sent()) == (by != "voice"), "the service hears a voice itself"


def test_typed_words_come_after_what_was_not_heard_is_gone(scene):
    here = scene()
    here.say()
    here.flow()
    here.played(here.speaks(500), 0.1)
    here.say("stop")
    assert here.sent()[-1] == "response.cancel", "the player has not told yet where it stopped"
    here.wait(0.3)
    here.flow()
    after = here.sent()[here.sent().index("response.cancel") :]
    assert after == ["response.cancel", TRUNCATE, ITEM, CREATE]


def test_typed_words_that_come_too_late_for_the_session_are_no_turn(scene):
    here = scene()
    here.say()
    here.flow()
    here.played(here.speaks(500), 0.1)
    late = here.say("stop")
    here.service.line.cut()
    here.loop.rest()
    here.wait(0.3)
    assert isinstance(late.exception(), SessionClosed)
    assert len(here.session.turns) == 1


def test_who_does_not_want_to_be_interrupted_by_voice_is_not(scene):
    here = scene()
    deaf = ServerVad(interrupt_response=False)
    config = here.session.config
    config.audio.input.turn_detection = deaf
    here.do(lambda: here.session._set_config(config))
    here.say()
    here.flow()
    item_id = here.speaks(500)
    here.service.writer, writer = None, here.service.writer  # it goes on speaking
    here.service.user_starts()
    here.service.writer = writer
    here.flow()
    assert here.ear.sounds == [item_id]


def test_errors_about_tidying_up_that_came_too_late_are_marked_and_mean_no_harm(scene):
    here = scene()
    asked = here.say()
    here.flow()
    item_id = here.speaks(500)
    here.played(item_id, 0.1)
    here.service.end("completed")  # on its way to the client while it cancels
    here.do(here.session.interrupt)
    here.flow()
    here.wait(0.3)
    here.service.conversation._items.pop(item_id)
    here.service.conversation._order.remove(item_id)
    here.flow()
    lost = [mark.event.data for mark in here.log.events("lab.lost_race")]
    assert [(one["event"], one["code"]) for one in lost] == [
        ("response.cancel", "response_cancel_not_active"),
        (TRUNCATE, "item_truncate_invalid_item_id"),
    ]
    assert asked.result().status == "completed"
    assert asked.result().interrupted
    assert here.session.state == "open"


def test_stop_before_the_answer_has_begun_stops_it_when_it_does(scene):
    here = scene()
    asked = here.say()
    here.do(here.session.interrupt)
    here.flow()
    assert asked.result().status == "cancelled"


def test_stop_takes_back_what_waits_to_be_asked(scene):
    here = scene()
    first, second = here.say("one"), here.say("two")
    here.service.take()
    here.do(here.session.interrupt)
    here.flow()
    assert (first.result().status, second.result().status) == ("cancelled", "cancelled")
    assert here.sent().count(CREATE) == 1


@pytest.mark.parametrize("repeats", [True, False])
@pytest.mark.parametrize("ours_first", [True, False])
def test_a_response_of_the_services_own_and_ours_race_in_either_order(scene, repeats, ours_first):
    here = scene(repeats=repeats)
    here.service.user_starts()
    here.deliver()
    asked = here.say("typed")
    if ours_first:
        here.service.take()
        here.service.take()
        here.service.end("completed")
    here.service.user_stops()
    here.service.commit()
    here.service.begin_by_itself()
    spoken = here.service.writer.response.id
    here.flow()
    here.service.end("completed")
    here.flow()
    if here.service.writer:
        here.service.end("completed")
        here.flow()
    here.service.transcribe(0)
    here.flow()
    voice, typed = here.session.turns
    assert asked.result() is typed
    assert [r.id for r in voice.responses] == [spoken]
    assert [r.status for r in typed.responses] == ["completed"]
    assert here.session.is_quiet


def test_a_request_that_is_refused_fails_at_once(scene):
    here = scene()
    asked = here.say()
    request = here.log.events(CREATE)[0].event
    here.service._refuse(request, "rate_limit_exceeded", "too many")
    here.deliver()
    with pytest.raises(RequestRejected, match="too many") as refused:
        asked.result()
    assert refused.value.event_id == request.event_id
    assert here.loop.now == 0.0


def test_an_answer_that_never_begins_ends_its_turn_with_a_sentence(scene):
    here = scene()
    asked = here.say()
    here.service.line.to_service.clear()
    here.wait(31.0)
    with pytest.raises(ResponseFailed, match="did not begin to answer within 30 s"):
        asked.result()
    assert here.log.events("lab.no_response")
    again = here.say("again")
    here.flow()
    here.service.end("completed")
    here.flow()
    assert again.result().status == "completed"


def test_speech_that_the_service_does_not_answer_ends_its_turn(scene):
    here = scene()
    here.service.user_starts()
    here.service.user_stops()
    here.service.commit()
    here.service.transcribe(0)
    here.flow()
    assert not here.session.is_quiet
    here.wait(31.0)
    assert here.session.is_quiet


def test_an_answer_whose_end_is_lost_does_not_hold_up_the_next(scene):
    here = scene()
    first = here.say("one", timeout=5.0)
    here.flow()
    here.service.end("completed")
    here.deliver(lose=True)
    here.wait(5.1)
    with pytest.raises(TurnTimeout):
        first.result()
    second = here.say("two")
    here.flow()
    here.service.end("completed")
    here.flow()
    assert second.result().status == "completed"
    [lost] = here.log.events("lab.response_lost")
    assert here.session.turns[0].problem == "the service never told the end of the answer"
    assert lost.event.data["response_id"] == here.session.turns[0].responses[0].id


def test_an_out_of_band_answer_is_no_turn_and_disturbs_none(scene):
    here = scene()
    asked = here.say()
    here.flow()
    aside = ResponseCreate(response=ResponseConfig(conversation="none"))
    here.do(lambda: here.session.ask(aside))
    here.flow()
    here.service.end("completed")
    here.flow()
    [turn] = here.session.turns
    assert asked.result() is turn
    assert len(turn.responses) == 1
    assert "aside" not in turn.said
    assert len(here.log.events("response.done")) == 2


def test_a_commit_that_is_refused_fails_its_turn(scene):
    here = scene()
    here.do(lambda: here.session.send(InputAudioBufferCommit()))
    commit = here.log.events("input_audio_buffer.commit")[0].event
    here.service.line.to_service.clear()
    here.service._refuse(commit, "input_audio_buffer_commit_empty", "buffer too small")
    here.flow()
    assert here.session.is_quiet


# -- tools --------------------------------------------------------------------------------------


def calls(here: Scene, *names: str) -> asyncio.Task[Any]:
    """The user asks, and the model calls these tools."""
    asked = here.say()
    here.flow()
    for name in names:
        here.service.call(name)
    here.service.end("completed")
    here.flow()
    return asked


def outputs(here: Scene) -> list[str]:
    items = [e.event.item for e in here.log.events(ITEM)]
    return [item.output for item in items if isinstance(item, FunctionCallOutput)]


def test_outputs_go_in_the_order_of_the_calls_however_long_each_takes(scene):
    here = scene(tools=True)
    asked = calls(here, "slow", "other")
    here.waits["other"].set_result("second")
    here.wait(10.0)
    assert outputs(here) == []
    here.waits["slow"].set_result("first")
    here.flow()
    assert outputs(here) == ["first", "second"]
    assert here.sent().count(CREATE) == 2
    here.service.end("completed")
    here.flow()
    assert asked.result().status == "completed"


def test_an_answer_told_twice_runs_its_call_once(scene):
    here = scene(tools=True)
    asked = here.say()
    here.flow()
    here.service.call("slow")
    here.service.end("completed")
    here.service.outgoing.append(here.service.outgoing[-1])
    here.flow()
    here.waits["slow"].set_result("once")
    here.flow()
    assert outputs(here) == ["once"]
    here.service.end("completed")
    here.flow()
    assert asked.result().status == "completed"


@pytest.mark.parametrize("status", ["cancelled", "incomplete", "failed"])
def test_a_call_of_an_answer_that_broke_off_is_not_run(scene, status):
    here = scene(tools=True)
    here.say()
    here.flow()
    here.service.call("slow")
    here.service.end(status)
    here.flow()
    assert here.waits == {}
    assert here.session.is_quiet


def test_a_failing_tool_and_one_whose_result_cannot_be_sent_are_told_to_the_model(scene):
    here = scene(tools=True)
    calls(here, "slow", "other")
    here.waits["slow"].set_exception(RuntimeError("broken"))
    here.waits["other"].set_result("half \ud800")
    here.flow()
    first, second = outputs(here)
    assert "slow failed: RuntimeError: broken" in first
    assert "half a character" in second
    assert here.sent().count(CREATE) == 2


def test_a_result_of_another_runner_that_cannot_be_sent_is_told_as_a_failure(scene, monkeypatch):
    async def run(self: ToolRunner, call: Any) -> ToolResult:
        return ToolResult(call.call_id, call.name, call.arguments, "half \ud800", None, 0.0)

    monkeypatch.setattr(ToolRunner, "run", run)
    here = scene(tools=True)
    calls(here, "slow")
    (output,) = outputs(here)
    assert "slow failed: the text holds" in output
    assert here.sent().count(CREATE) == 2


def test_the_answer_to_an_interruption_that_has_the_results_needs_no_other(scene):
    here = scene(tools=True)
    asked = calls(here, "slow")
    here.service.user_starts()
    here.flow()
    here.waits["slow"].set_result("42")
    here.loop.rest()
    here.service.line.to_service.rotate(-1)
    here.service.take()  # the request loses against the service's own response
    here.service.take()
    here.service.end("completed") if here.service.writer else None
    here.flow()
    assert outputs(here) == ["42"]
    assert asked.done()


def test_results_that_come_after_the_interruption_was_answered_are_told(scene):
    here = scene(tools=True)
    asked = calls(here, "slow")
    here.user_speaks()
    here.flow()
    here.service.transcribe(0)
    here.service.end("completed")
    here.flow()
    here.waits["slow"].set_result("42")
    here.flow()
    here.service.end("completed")
    here.flow()
    assert outputs(here) == ["42"]
    first, second = here.session.turns
    assert asked.result() is first
    assert [len(turn.responses) for turn in (first, second)] == [2, 1]


def test_a_waiting_follow_up_is_withdrawn_when_another_answer_has_the_results(scene):
    here = scene(tools=True)
    asked = calls(here, "slow")
    here.service.user_starts()
    here.service.user_stops()
    here.service.commit()
    here.service.begin_by_itself()
    here.flow()
    here.waits["slow"].set_result("42")
    here.flow()  # the output arrives while the interruption is answered
    here.service.user_starts()  # which is interrupted again
    here.service.user_stops()
    here.service.commit()
    here.service.begin_by_itself()
    here.flow()
    while here.service.writer:
        here.service.end("completed")
        here.flow()
    while here.service.untranscribed:
        here.service.transcribe(0)
    here.flow()
    assert asked.done()
    assert here.service.answered.total() == 1
    assert here.session.is_quiet


def test_after_stop_a_tool_is_answered_and_nothing_is_said_about_it(scene):
    here = scene(tools=True)
    asked = calls(here, "slow")
    here.do(here.session.interrupt)
    here.waits["slow"].set_result("42")
    here.flow()
    assert outputs(here) == ["42"]
    assert here.sent().count(CREATE) == 1
    assert asked.result().status == "completed"


def test_a_session_that_closes_in_the_middle_of_a_tool_ends_quietly(scene):
    here = scene(tools=True)
    asked = calls(here, "slow")
    here.service.line.cut()
    here.loop.rest()
    assert isinstance(asked.exception(), SessionClosed)
    assert here.waits["slow"].cancelled()
    assert here.running.done()
