"""Every stage of a turn, against events at known times."""

import dataclasses

import pytest

from realtime_lab.eventlog import Latency, turn_latency
from realtime_lab.protocol import (
    AudioConfig,
    AudioInput,
    InputAudioBufferCommitted,
    OutputAudioDelta,
    OutputTextDelta,
    Response,
    ResponseCreate,
    ResponseCreated,
    ResponseDone,
    ServerVad,
    SessionConfig,
    SessionUpdated,
    SpeechStopped,
)

from .made import PLACE, Recorder, conversation

STOPPED = SpeechStopped(item_id="item_u", audio_end_ms=300)
COMMITTED = InputAudioBufferCommitted(item_id="item_u")
AUDIO = OutputAudioDelta(**PLACE, delta=bytes(10))


def created(number: int = 1) -> ResponseCreated:
    return ResponseCreated(response=Response(id=f"resp_{number}", status="in_progress"))


def done(number: int = 1) -> ResponseDone:
    return ResponseDone(response=Response(id=f"resp_{number}", status="completed"))


def cancelled(number: int = 1) -> ResponseDone:
    return ResponseDone(response=Response(id=f"resp_{number}", status="cancelled"))


def audio(number: int) -> OutputAudioDelta:
    return OutputAudioDelta(**{**PLACE, "response_id": f"resp_{number}"}, delta=bytes(10))


def test_an_answer_cut_off_because_the_user_had_only_paused_does_not_count():
    made = Recorder()
    for at, event in (
        (0.1, STOPPED),
        (0.1, COMMITTED),
        (0.2, created(1)),
        (0.3, audio(1)),
        (0.4, cancelled(1)),
        (2.5, STOPPED),
        (2.5, COMMITTED),
        (2.6, created(2)),
        (2.8, audio(2)),
        (3.0, done(2)),
    ):
        made.at(at, event)
    latency = turn_latency(made.log, silence_ms=500).as_ms()
    assert latency["speech_end_to_first_audio"] == 800.0
    assert latency["committed_to_created"] == 100.0


def test_an_answer_that_the_user_cut_off_for_good_does_count():
    made = Recorder()
    for at, event in ((0.0, ResponseCreate()), (0.1, created(1)), (0.2, done(1))):
        made.at(at, event)
    for at, event in ((0.3, created(2)), (0.5, audio(2)), (0.6, cancelled(2))):
        made.at(at, event)
    assert turn_latency(made.log).as_ms()["request_to_first_audio"] == 500.0


def test_a_spoken_turn():
    assert turn_latency(conversation().log).as_ms() == {
        "microphone_to_sent": 80.0,
        "sent_to_speech_end": 20.0,
        "speech_end_to_stopped": 200.0,
        "speech_stopped_to_committed": 10.0,
        "committed_to_created": 90.0,
        "created_to_first_text": 100.0,
        "first_text_to_first_audio": 20.0,
        "created_to_first_audio": 120.0,
        "first_audio_to_played": 80.0,
        "speech_end_to_first_audio": 420.0,
        "speech_end_to_played": 500.0,
        "total": 700.0,
    }


def test_a_text_turn():
    made = Recorder()
    made.at(0.0, ResponseCreate())
    made.at(0.1, created())
    made.at(0.25, OutputTextDelta(**PLACE, delta="ok"))
    made.at(0.4, AUDIO)
    made.at(0.5, done())
    assert turn_latency(made.log).as_ms() == {
        "request_to_created": 100.0,
        "created_to_first_text": 150.0,
        "first_text_to_first_audio": 150.0,
        "created_to_first_audio": 300.0,
        "request_to_first_audio": 400.0,
        "total": 500.0,
    }


def test_without_a_mark_the_silence_is_subtracted():
    made = Recorder()
    made.at(1.0, STOPPED)
    made.at(1.3, AUDIO)
    assert turn_latency(made.log).speech_end_to_first_audio is None
    spoken = turn_latency(made.log, silence_ms=200).speech_end_to_first_audio
    assert spoken == pytest.approx(0.5)


def test_the_silence_is_taken_from_the_session_where_it_is_told():
    made = Recorder()
    vad = AudioConfig(input=AudioInput(turn_detection=ServerVad(silence_duration_ms=700)))
    made.at(0.0, SessionUpdated(session=SessionConfig(audio=vad)))
    made.at(1.0, STOPPED)
    made.at(1.3, AUDIO)
    spoken = turn_latency(made.log, silence_ms=200).speech_end_to_first_audio
    assert spoken == pytest.approx(1.0)


def test_a_pause_within_the_turn_does_not_count():
    made = Recorder()
    made.at(0.1, "lab.speech_end")
    made.at(0.9, "lab.speech_end")
    made.at(1.0, created())
    made.at(1.1, AUDIO)
    assert turn_latency(made.log).speech_end_to_first_audio == pytest.approx(0.2)


def test_speech_over_the_answer_belongs_to_the_next_turn():
    made = Recorder()
    made.at(0.1, "lab.speech_end")
    made.at(0.2, STOPPED, COMMITTED)
    made.at(0.3, created())
    made.at(0.4, AUDIO)
    made.at(0.8, "lab.speech_end")
    made.at(0.9, STOPPED, COMMITTED)
    latency = turn_latency(made.log)
    assert latency.speech_end_to_first_audio == pytest.approx(0.3)
    assert latency.committed_to_created == pytest.approx(0.1)


def test_a_mark_may_tell_of_an_earlier_moment():
    made = Recorder()
    made.at(0.9, "lab.speech_end", at=made.start + 0.1)
    made.at(1.0, created())
    made.at(1.1, AUDIO)
    assert turn_latency(made.log).speech_end_to_first_audio == pytest.approx(1.0)


def test_a_turn_with_a_tool_ends_with_its_last_response():
    made = Recorder()
    made.at(0.0, ResponseCreate())
    made.at(0.1, created(1))
    made.at(0.2, done(1))
    made.at(0.3, ResponseCreate())
    made.at(0.4, created(2))
    made.at(0.6, AUDIO)
    made.at(1.0, done(2))
    latency = turn_latency(made.log)
    assert latency.request_to_created == pytest.approx(0.1)
    assert latency.created_to_first_audio == pytest.approx(0.5)
    assert latency.total == pytest.approx(1.0)


def test_nothing_known_is_none_and_never_negative():
    assert turn_latency([]) == Latency()
    assert Latency().as_ms() == {}
    made = Recorder()
    made.at(0.1, AUDIO)
    made.at(0.2, created())
    values = dataclasses.asdict(turn_latency(made.log)).values()
    assert all(value is None for value in values)
