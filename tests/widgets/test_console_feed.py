"""What the console shows, from the events of a session."""

import pytest

from realtime_lab.errors import ContentFiltered
from realtime_lab.eventlog import EventLog
from realtime_lab.protocol import (
    AudioConfig,
    AudioInput,
    AudioOutput,
    ErrorDetails,
    ErrorEvent,
    OutputAudioDelta,
    OutputTranscriptDelta,
    Response,
    ResponseCreate,
    ResponseCreated,
    ResponseDone,
    ResponseError,
    ServerVad,
    SessionConfig,
    SessionCreated,
    SessionUpdated,
    SpeechStarted,
    SpeechStopped,
    StatusDetails,
)
from realtime_lab.widgets.console_feed import ConsoleFeed

STARTED = SpeechStarted(item_id="u", audio_start_ms=0)
STOPPED = SpeechStopped(item_id="u", audio_end_ms=900)
CREATED = ResponseCreated(response=Response(id="r", status="in_progress"))
AUDIO = OutputAudioDelta(response_id="r", item_id="m", delta=b"\0\0")
DONE = ResponseDone(response=Response(id="r", status="completed"))


class Scene:
    """A feed, and a clock that a test sets."""

    def __init__(self):
        self.now = 0.0
        self.feed = ConsoleFeed()
        self.log = EventLog(clock=lambda: self.now)

    def at(self, now, *events):
        self.now = now
        messages = []
        for event in events:
            direction = "sent" if isinstance(event, ResponseCreate) else "received"
            messages += self.feed.apply(self.log.record(direction, event, b"{}"))
        return messages

    @property
    def status(self):
        return self.feed.status


def settings(detection=None, **fields):
    heard = AudioInput(turn_detection=detection)
    audio = AudioConfig(input=heard, output=AudioOutput(voice="coral"))
    return SessionConfig(type="realtime", audio=audio, **fields)


def error(code="invalid_value"):
    return ErrorEvent(error=ErrorDetails(message="That is not possible.", code=code))


def test_a_spoken_turn_goes_through_every_activity():
    scene = Scene()
    seen = []
    for event in (STARTED, STOPPED, CREATED, AUDIO, DONE):
        scene.at(0, event)
        seen.append(scene.status.activity)
    assert seen == ["hearing", "thinking", "thinking", "speaking", "idle"]


def test_the_model_speaks_until_the_player_is_done():
    scene = Scene()
    scene.at(0, CREATED, AUDIO)
    scene.feed.playing(True)
    scene.at(1, DONE)
    assert scene.status.activity == "speaking"
    assert scene.feed.playing(False) == [{"type": "status", "activity": "idle"}]


def test_only_what_changed_is_told():
    scene = Scene()
    assert scene.at(0, STARTED)[1:] == [{"type": "status", "activity": "hearing"}]
    assert scene.at(0, STARTED) == []


def test_latency_counts_from_the_end_of_speech_not_from_the_silence_after_it():
    scene = Scene()
    scene.at(0.0, SessionCreated(session=settings(ServerVad(silence_duration_ms=500))))
    scene.at(2.0, STARTED)
    scene.at(3.5, STOPPED, CREATED)
    scene.at(3.6, AUDIO)
    assert scene.status.latency_ms == 600
    scene.at(9.0, AUDIO, DONE)
    assert scene.status.latency_ms == 600


def test_each_turn_has_its_own_latency():
    scene = Scene()
    scene.at(0.0, SessionCreated(session=settings(ServerVad(silence_duration_ms=0))))
    scene.at(1.0, STARTED, STOPPED, CREATED)
    scene.at(1.2, AUDIO, DONE)
    scene.at(5.0, ResponseCreate(), CREATED)
    scene.at(5.1, AUDIO)
    assert scene.status.latency_ms == 100


@pytest.mark.parametrize(("detection", "hands_free"), [(None, False), (ServerVad(), True)])
def test_settings_tell_model_voice_and_turn_taking(detection, hands_free):
    scene = Scene()
    scene.at(0, SessionUpdated(session=settings(detection, model="gpt-realtime")))
    status = scene.status
    assert (status.model, status.voice) == ("gpt-realtime", "coral")
    assert status.hands_free is hands_free


def test_settings_that_are_not_told_stay():
    scene = Scene()
    scene.at(0, SessionUpdated(session=settings(None, model="gpt-realtime")))
    scene.at(0, SessionUpdated(session=SessionConfig(type="realtime")))
    assert (scene.status.model, scene.status.hands_free) == ("gpt-realtime", False)


def test_an_error_is_shown_until_the_next_answer_begins():
    scene = Scene()
    scene.at(0, ResponseCreate(), error())
    assert (scene.status.problem, scene.status.activity) == ("That is not possible.", "idle")
    scene.at(1, CREATED)
    assert scene.status.problem == ""


def test_a_stop_that_came_too_late_is_no_problem():
    scene = Scene()
    assert scene.at(0, error("response_cancel_not_active")) == []


def test_a_failed_response_says_why():
    scene = Scene()
    reason = StatusDetails(type="failed", error=ResponseError(message="No quota left."))
    failed = Response(id="r", status="failed", status_details=reason)
    scene.at(0, CREATED, ResponseDone(response=failed))
    assert scene.status.problem == (
        "The model could not answer: No quota left; ask again; the session goes on"
    )


def test_an_answer_that_is_not_whole_says_why_and_what_to_do():
    scene = Scene()
    reason = StatusDetails(type="incomplete", reason="content_filter")
    scene.at(
        0,
        CREATED,
        ResponseDone(response=Response(id="r", status="incomplete", status_details=reason)),
    )
    assert "The answer is not whole: a content filter stopped it" in scene.status.problem
    assert ContentFiltered.advice in scene.status.problem


def test_the_end_of_the_session_is_shown():
    scene = Scene()
    scene.at(0, STARTED)
    scene.feed.apply(scene.log.mark("lab.closed"))
    assert (scene.status.session, scene.status.activity) == ("closed", "idle")


def test_a_connection_that_is_lost_and_comes_back_is_shown():
    scene = Scene()
    scene.at(0, STARTED)
    scene.feed.apply(scene.log.mark("lab.connection_lost", code=1006))
    assert (scene.status.session, scene.status.activity) == ("reconnecting", "idle")
    scene.feed.apply(scene.log.mark("lab.asked_again"))
    assert scene.status.activity == "thinking"
    left_out = [{"item_id": "a", "why": "the image was not kept"}]
    scene.feed.apply(scene.log.mark("lab.reconnected", left_out=left_out, unconfirmed=1))
    assert scene.status.session == "open"
    assert "2 things" in scene.status.problem


@pytest.mark.parametrize("name, heard", [("lab.cut_off", None), ("lab.unheard", 0)])
def test_an_answer_that_a_lost_connection_cut_off_is_shown_as_interrupted(name, heard):
    scene = Scene()
    scene.at(0, CREATED, OutputTranscriptDelta(response_id="r", item_id="m", delta="Once upon"))
    told = {"heard_ms": None} if heard is None else {}
    (line, *_) = scene.feed.apply(scene.log.mark(name, item_id="m", **told))
    assert (line["state"], line.get("heard")) == ("interrupted", heard)


def test_a_console_that_opens_late_is_told_everything():
    scene = Scene()
    scene.at(0, SessionCreated(session=settings(model="gpt-realtime")), STARTED)
    welcome = scene.feed.welcome()
    assert welcome["type"] == "welcome"
    assert welcome["status"]["model"] == "gpt-realtime"
    assert [line["id"] for line in welcome["lines"]] == ["u"]
