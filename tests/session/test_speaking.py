"""How a recording is said to a session."""

import asyncio

import numpy as np

from realtime_lab.audio import RATE, Clip
from realtime_lab.eventlog import SPEECH_END, LogEntry
from realtime_lab.protocol import (
    InputAudioBufferCommitted,
    ServerEvent,
    ServerVad,
    SpeechStarted,
    SpeechStopped,
)
from realtime_lab.session.speaking import speak_clip
from tests.entries import Stream


class DistantSession:
    """A session whose service reports what it heard after a certain number of 20 ms frames."""

    state = "open"
    hands_free = True
    in_lockstep = False
    turn_detection = ServerVad(silence_duration_ms=100)

    def __init__(self, reports: dict[int, ServerEvent]) -> None:
        self.frames = 0
        self.frames_at_speech_end = 0
        self._reports = reports
        self._stream = Stream()
        self._callback = None

    def subscribe(self, callback):
        self._callback = callback
        return lambda: None

    def mark(self, name: str) -> None:
        assert name == SPEECH_END
        self.frames_at_speech_end = self.frames

    async def keep_step(self) -> None: ...

    def feed_microphone(self, pcm: bytes) -> None:
        self.frames += 1
        report = self._reports.get(self.frames)
        if report is not None:
            entry: LogEntry = self._stream(report)
            self._callback(entry)


def tone(seconds: float) -> Clip:
    steps = np.arange(int(RATE * seconds))
    return Clip((9000 * np.sin(2 * np.pi * 220 * steps / RATE)).astype(np.int16))


def began(item_id: str) -> SpeechStarted:
    return SpeechStarted(item_id=item_id, audio_start_ms=0)


def committed(item_id: str) -> InputAudioBufferCommitted:
    return InputAudioBufferCommitted(item_id=item_id)


def ended(item_id: str) -> SpeechStopped:
    return SpeechStopped(item_id=item_id, audio_end_ms=0)


def test_last_words_that_the_service_has_not_noticed_yet_are_waited_for():
    session = DistantSession({2: began("u1"), 5: ended("u1"), 20: began("u2"), 25: ended("u2")})
    asyncio.run(speak_clip(session, tone(0.2)))
    assert session.frames_at_speech_end == 10
    assert session.frames == 25


def test_no_more_is_sent_once_the_end_of_the_last_words_was_noticed():
    session = DistantSession({2: began("u1"), 14: ended("u1")})
    asyncio.run(speak_clip(session, tone(0.2)))
    assert session.frames == 14


def test_a_commit_tells_the_end_where_that_was_lost():
    session = DistantSession({5: began("a"), 60: committed("a")})
    asyncio.run(speak_clip(session, tone(1.0)))  # type: ignore[arg-type]
    assert session.frames >= 60


def test_the_commit_of_a_pause_is_not_the_end_of_what_follows_it():
    reports = {5: began("a"), 20: ended("a"), 30: began("b"), 52: committed("a"), 70: ended("b")}
    session = DistantSession(reports)
    asyncio.run(speak_clip(session, tone(1.0)))  # type: ignore[arg-type]
    assert session.frames >= 70
