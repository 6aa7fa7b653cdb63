"""Every turn says what became of it, however it ended, and why."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

import realtime_lab as rl
from realtime_lab.audio import Clip
from realtime_lab.errors import AudioError, RequestRejected, ResponseFailed, TurnTimeout
from realtime_lab.eventlog import NO_TRANSCRIPT, TURN_FAILED, Turn
from realtime_lab.protocol import ResponseConfig, ResponseCreate, SessionConfig
from realtime_lab.server import Fault, Faults
from realtime_lab.session import endings
from tests.scripted import ScriptedEngine, tone
from tests.servers import running_server

from .scene import Scene


def marks(here: Scene, name: str) -> list[dict[str, Any]]:
    return [entry.event.data for entry in here.log.events(name)]


def ended(turn: Turn) -> tuple[str, str]:
    return turn.status, turn.problem


def test_a_turn_that_nobody_waited_for_any_longer_failed(scene):
    here = scene()
    asked = here.say(timeout=5.0)
    here.flow()
    here.wait(5.1)
    [turn] = here.session.turns
    status, problem = ended(turn)
    assert status == "failed"
    assert problem == f"failed: {asked.exception()}"
    assert "within 5 s" in problem
    [mark] = marks(here, TURN_FAILED)
    assert (mark["turn"], mark["status"], mark["error"]) == (1, "failed", "TurnTimeout")
    assert f"problem: {problem}" in repr(turn)


def test_of_a_turn_that_was_given_up_what_came_is_not_whole(scene):
    here = scene()
    here.say(timeout=5.0)
    here.flow()
    here.speaks(100)
    here.wait(5.1)
    [turn] = here.session.turns
    assert turn.status == "incomplete"
    assert "within 5 s" in turn.problem
    assert not turn.interrupted


def test_a_turn_whose_answer_ends_after_all_is_what_the_answer_is(scene):
    here = scene()
    here.say(timeout=5.0)
    here.flow()
    here.speaks(100)
    here.wait(5.1)
    here.service.close_message()
    here.service.end("completed")
    here.flow()
    [turn] = here.session.turns
    assert ended(turn) == ("completed", "")


def test_a_turn_whose_tool_was_not_waited_for_is_not_completed(scene):
    here = scene(tools=True)
    here.say(timeout=5.0)
    here.flow()
    here.service.call("slow")
    here.service.end("completed")
    here.flow()
    here.wait(5.1)
    assert here.session.turns[0].status == "failed"


def test_the_mark_of_one_turn_is_not_put_into_another(scene):
    here = scene(tools=True)
    here.say(timeout=5.0)
    here.flow()
    here.service.call("slow")
    here.service.end("completed")
    here.flow()
    here.say(timeout=60.0)
    here.flow()
    here.wait(5.1)
    first, second = here.session.turns
    assert (first.status, second.status) == ("failed", "in_progress")


def test_a_turn_whose_request_was_refused_failed(scene):
    here = scene()
    asked = here.say()
    request = here.log.events("response.create")
    here.loop.rest()
    while here.service.line.to_service:
        event = here.service.dialect.decode_client(here.service.line.to_service.popleft())
        if isinstance(event, ResponseCreate):
            here.service._refuse(event, "invalid_value", "no such voice")
    here.deliver()
    assert request
    assert isinstance(asked.exception(), RequestRejected)
    told = f"no such voice; {RequestRejected.advice}"
    assert ended(here.session.turns[0]) == ("failed", f"failed: {told}")
    assert asked.exception()._render_traceback_() == [f"RequestRejected: {told}"]


def test_a_response_that_failed_is_told_once(scene):
    here = scene()
    asked = here.say()
    here.flow()
    here.service.end("failed")
    here.flow()
    assert isinstance(asked.exception(), ResponseFailed)
    assert here.session.turns[0].problem.count("failed") == 1
    assert marks(here, TURN_FAILED) == []


@pytest.mark.parametrize(("spoken", "status"), [(False, "failed"), (True, "cancelled")])
def test_a_turn_that_lost_its_connection_for_good_says_so(scene, spoken, status):
    here = scene()
    here.say()
    here.flow()
    if spoken:
        here.speaks(100)
    here.service.line.cut()
    here.loop.rest()
    [turn] = here.session.turns
    assert turn.status == status
    assert turn.problem == f"{status}: the line is cut"
    assert turn.interrupted == spoken
    assert here.log[-1].type == "lab.closed"


def test_a_turn_amid_which_the_session_was_closed_was_cancelled(scene):
    here = scene()
    here.say()
    here.flow()
    here.speaks(100)
    here.loop.run_until_complete(here.session.close())
    here.loop.rest()
    [turn] = here.session.turns
    assert turn.status == "cancelled"
    assert turn.problem.startswith("cancelled: ")


def test_turns_that_had_ended_are_not_touched_by_the_end_of_the_session(scene):
    here = scene()
    here.say()
    here.flow()
    here.service.end("completed")
    here.flow()
    here.loop.run_until_complete(here.session.close())
    here.loop.rest()
    assert ended(here.session.turns[0]) == ("completed", "")
    assert marks(here, TURN_FAILED) == []


def test_speech_that_the_service_never_takes_ends_its_turn(scene):
    here = scene()
    here.service.user_starts()
    here.service.user_stops()
    here.flow()
    here.wait(29.0)
    assert here.session.turns[0].status == "in_progress"
    here.wait(2.0)
    assert here.session.turns[0].status == "failed"
    assert "did not begin to answer within 30 s" in here.session.turns[0].problem
    assert here.session.is_quiet


def test_speech_that_is_not_heard_again_after_a_loss_ends_its_turn(scene):
    here = scene()
    here.service.user_starts()
    here.flow()
    here.do(here.session.connection_lost)
    here.do(here.session.release)
    here.wait(29.0)
    [turn] = here.session.turns
    assert turn.status == "in_progress"
    here.wait(2.0)
    assert turn.status == "failed"
    assert "was not heard again" in turn.problem
    assert here.session.is_quiet


def test_audio_that_is_thrown_away_ends_the_turn_it_was_in(scene):
    here = scene()
    here.service.user_starts()
    here.flow()
    here.do(here.session.discard_audio)
    here.flow()
    assert ended(here.session.turns[0]) == (
        "cancelled",
        "cancelled: what was spoken was thrown away before it was taken",
    )
    assert here.session.is_quiet


# -- words that never came -------------------------------------------------------------------------


def answered_without_words(here: Scene) -> Turn:
    here.user_speaks()
    here.service.end("completed")
    here.flow()
    return here.session.turns[-1]


def test_words_that_are_waited_for_no_longer_are_told(scene):
    here = scene()
    turn = answered_without_words(here)
    assert ended(turn) == ("completed", "")
    here.wait(3.1)
    assert turn.status == "completed"
    assert turn.problem == (
        "the user's words are not known: the service sent no transcript within 3 s of the answer"
    )
    [mark] = marks(here, NO_TRANSCRIPT)
    assert (mark["turn"], mark["item_id"]) == (1, here.service.untranscribed[0])
    assert here.session.is_quiet


@pytest.mark.parametrize("fails", [False, True])
def test_words_that_come_after_all_are_no_problem_any_more(scene, fails):
    here = scene()
    turn = answered_without_words(here)
    here.wait(3.1)
    here.service.transcribe(0, fails=fails)
    here.flow()
    assert "are not known" not in turn.problem
    assert bool(turn.transcript_user) != fails


def test_words_that_had_not_come_when_the_session_ended_are_told(scene):
    here = scene()
    turn = answered_without_words(here)
    here.loop.run_until_complete(here.session.close())
    here.loop.rest()
    assert turn.status == "completed"
    assert turn.problem.endswith("the session ended before they came")


def test_words_come_in_time_and_nothing_is_told(scene):
    here = scene()
    answered_without_words(here)
    here.service.transcribe(0)
    here.flow()
    here.wait(3.1)
    assert marks(here, NO_TRANSCRIPT) == []


# -- over a real socket ----------------------------------------------------------------------------


def visit(engine: ScriptedEngine, use: Any, *faults: Fault, **options: Any) -> Any:
    async def there() -> Any:
        lab = await rl.connect(place, **options)
        try:
            return await use(lab)
        finally:
            await lab.close()

    with running_server(engine, faults=Faults(faults)) as server:
        place = rl.endpoint(f"{server.ws_url}/v1/realtime?model=gpt-realtime", api_key=server.key)
        return asyncio.run(asyncio.wait_for(there(), 20))


def test_a_transcript_that_the_server_drops_is_told_in_a_sentence(monkeypatch):
    monkeypatch.setattr(endings, "TRANSCRIPT_SECONDS", 0.01)

    async def use(lab):
        turn = await lab.speak(Clip.from_pcm(tone(400)))
        return turn, lab.log

    engine = ScriptedEngine()
    engine.transcriber.lines.append("never written down")
    turn, log = visit(engine, use, Fault("drop_transcription"), turn_detection=None)
    assert turn.transcript == "You said: never written down."
    assert "sent no transcript" in turn.problem
    assert turn.problem in repr(turn)
    assert "sent no transcript" in turn._repr_html_()
    [mark] = log.events(NO_TRANSCRIPT)
    assert mark.event.data["told"] == turn.problem


def test_a_turn_that_the_server_never_finishes_says_so():
    async def use(lab):
        with pytest.raises(TurnTimeout):
            await lab.say("Hello", timeout=0.2)
        return lab.turns

    dropped = Fault("drop", at="response.done")
    [turn] = visit(ScriptedEngine(), use, dropped)
    assert turn.status == "incomplete"
    assert "within 0.2 s" in turn.problem


def test_an_answer_that_a_filter_stops_returns_with_the_reason_and_what_to_do():
    turn = visit(ScriptedEngine(), lambda lab: lab.say("Hello"), Fault("content_filter"))
    assert turn.status == "incomplete"
    assert turn.problem.startswith("incomplete: a content filter stopped it; change what was asked")


def test_a_recording_in_which_the_service_heard_nobody_says_so():
    async def use(lab):
        with pytest.raises(AudioError):
            await lab.speak(Clip.from_pcm(tone(60)))
        return lab.turns

    turns = visit(ScriptedEngine(), use, turn_detection=None)
    assert [turn.status for turn in turns] == ["failed"]
    assert "less than 100 ms" in turns[0].problem


def test_a_request_beside_the_conversation_belongs_to_no_turn(scene):
    here = scene()
    aside = ResponseCreate(response=ResponseConfig(conversation="none"))
    here.do(lambda: here.session.ask(aside))
    here.loop.run_until_complete(here.session.close())
    assert here.session.turns == []


def test_settings_that_are_never_confirmed_are_not_waited_for_for_ever(scene):
    here = scene()
    brief = SessionConfig(type="realtime")
    change = here.loop.create_task(here.session.update(brief))
    here.loop.rest()
    while here.service.take():
        pass
    here.deliver(lose=True)
    here.wait(30.1)
    assert "did not confirm the settings" in str(change.exception())
    another = here.loop.create_task(here.session.update(brief))
    here.flow()
    assert another.done()
    assert another.exception() is None
