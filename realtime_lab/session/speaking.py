"""Says a recording to a session as a person would: at its true speed."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from ..audio import RATE, Clip, voiced_span
from ..errors import AudioError
from ..eventlog import SPEECH_END, LogEntry
from ..protocol import InputAudioBufferCommitted, ServerVad, SpeechStarted, SpeechStopped

if TYPE_CHECKING:
    from .session import RealtimeSession

__all__ = ["speak_clip"]

FRAME_SECONDS = 0.02
FRAME_BYTES = int(RATE * FRAME_SECONDS) * 2
PATIENCE_SECONDS = 3.0
"""Silence sent after a recording in which the service heard nobody, before giving up."""
NOTICE_SECONDS = 0.5
"""How long a service may take to tell that somebody began to speak."""


async def speak_clip(session: RealtimeSession, clip: Clip) -> None:
    """Send a 24 kHz clip in frames of 20 ms, each when a microphone would have recorded it.

    In a session that repeats nobody waits for that: its time goes by what is sent.

    Marks ``lab.speech_end`` when the last voiced sample was sent. Hands-free, goes on with silence
    until the service has noticed the end of speech; with push-to-talk, commits at the end.

    Raises:
        AudioError: if the clip is silent or the service hears nobody in it.
    """
    span = voiced_span(clip.samples)
    if clip.is_silent or span is None:
        raise AudioError("the recording is silent; check the microphone or the file")
    microphone = _Microphone(session)
    ear = _Ear()
    unsubscribe = session.subscribe(ear.listen)
    try:
        pcm = clip.pcm
        spoken = _frames(pcm, int(span[1] * RATE) * 2)
        for frame in spoken:
            await microphone.send(frame)
        session.mark(SPEECH_END)
        ends_before = ear.ends
        if not session.hands_free:
            if not session.commit_turn():
                raise AudioError("there is less than 100 ms of sound in the recording")
            return
        rest = _frames(pcm[sum(map(len, spoken)) :], None)
        patience = len(rest) + _silent_frames(session)
        for index in range(patience):
            # An end heard earlier may be that of a pause, with the last words not noticed yet.
            noticed = ear.ends > ends_before or index * FRAME_SECONDS >= NOTICE_SECONDS
            if ear.heard_the_end and noticed:
                return
            await microphone.send(rest[index] if index < len(rest) else bytes(FRAME_BYTES))
    finally:
        unsubscribe()
    if not ear.heard_the_end:
        raise AudioError(
            "the service heard no speech in the recording; check its level, or lower the "
            "threshold of the turn detection"
        )


class _Microphone:
    """Sends frames at the pace of a clock."""

    def __init__(self, session: RealtimeSession) -> None:
        self._session = session
        self._loop = asyncio.get_running_loop()
        self._due = self._loop.time()

    async def send(self, frame: bytes) -> None:
        if not self._session.in_lockstep:
            self._due += len(frame) / 2 / RATE
            await asyncio.sleep(max(0.0, self._due - self._loop.time()))
        if self._session.state != "open":
            # Nobody would hear it: the recording waits, and raises where no session comes back.
            await self._session.open_again()
            self._due = self._loop.time()
        self._session.feed_microphone(frame)
        await self._session.keep_step()


class _Ear:
    """Whether the service has heard somebody begin and end to speak."""

    def __init__(self) -> None:
        self._speaking = False
        self._ended: set[str] = set()

    @property
    def ends(self) -> int:
        return len(self._ended)

    @property
    def heard_the_end(self) -> bool:
        return self.ends > 0 and not self._speaking

    def listen(self, entry: LogEntry) -> None:
        event = entry.event
        if isinstance(event, SpeechStarted):
            self._speaking = True
        elif isinstance(event, SpeechStopped | InputAudioBufferCommitted):
            # Either may be lost on its way, and the first to come tells the end.
            self._speaking = self._speaking and event.item_id in self._ended
            self._ended.add(event.item_id)


def _frames(pcm: bytes, end: int | None) -> list[bytes]:
    """``pcm`` up to ``end`` in whole frames; the frame that holds the end is included."""
    stop = len(pcm) if end is None else min(len(pcm), -(-end // FRAME_BYTES) * FRAME_BYTES)
    return [pcm[at : min(at + FRAME_BYTES, stop)] for at in range(0, stop, FRAME_BYTES)]


def _silent_frames(session: RealtimeSession) -> int:
    detection = session.turn_detection
    waited = detection.silence_duration_ms if isinstance(detection, ServerVad) else 8000
    return round((PATIENCE_SECONDS + (waited or 500) / 1000) / FRAME_SECONDS)
