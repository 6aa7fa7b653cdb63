"""A session without a service: after a second of sound it answers with a tone."""

from __future__ import annotations

import math
from array import array
from collections.abc import Callable
from itertools import count

from realtime_lab.audio import RATE, PlaybackTracker
from realtime_lab.eventlog import EventLog
from realtime_lab.protocol import (
    AudioConfig,
    AudioInput,
    AudioOutput,
    ContentPart,
    InputAudioBufferCommitted,
    InputTranscriptionCompleted,
    ItemAdded,
    ItemTruncated,
    Message,
    OutputAudioDelta,
    OutputAudioDone,
    OutputTranscriptDelta,
    Response,
    ResponseCreate,
    ResponseCreated,
    ResponseDone,
    ServerVad,
    SessionConfig,
    SessionCreated,
    SessionUpdated,
    SpeechStarted,
    SpeechStopped,
)
from realtime_lab.session import Player

SECOND = 2 * RATE
LOUD = 500
"""Peak, of 32,767, from which a frame counts as speech."""


class EchoSession:
    """Has what the console needs of a session; all calls belong on one loop, as with a real one.

    The answer is `answer_seconds` of a tone, all of it handed over at once.
    """

    state = "open"
    model = "echo"
    voice = "tone"

    def __init__(self, answer_seconds: float = 2.0) -> None:
        self.answer_seconds = answer_seconds
        self.log = EventLog()
        self.playback = PlaybackTracker()
        self.heard = bytearray()
        self.frames: list[bytes] = []
        self.hands_free = True
        self._players: list[Player] = []
        self._subscribers: list[Callable] = []
        self._ids = count(1)
        self._speech: str | None = None
        self._emit(SessionCreated(session=self._config()))

    def subscribe(self, callback: Callable) -> Callable[[], None]:
        self._subscribers.append(callback)
        return lambda: self._subscribers.remove(callback)

    def attach_player(self, player: Player) -> None:
        self._players = [player]

    def detach_player(self, player: Player) -> None:
        self._players = []

    def feed_microphone(self, pcm: bytes) -> None:
        self.frames.append(pcm)
        loud = max(map(abs, array("h", pcm)), default=0) > LOUD
        if self.hands_free and self._speech is None and loud:
            self._speech = f"user_{next(self._ids)}"
            self._emit(SpeechStarted(item_id=self._speech, audio_start_ms=0))
            self._cut()
        if self._speech is not None or not self.hands_free:
            self.heard += pcm
        if self.hands_free and len(self.heard) >= SECOND:
            self._emit(SpeechStopped(item_id=self._speech or "", audio_end_ms=0))
            self._answer()

    def commit_turn(self) -> bool:
        self._speech = self._speech or f"user_{next(self._ids)}"
        self._emit(ResponseCreate(), "sent")
        self._answer()
        return True

    async def say(self, text: str) -> None:
        item = Message(
            id=f"user_{next(self._ids)}",
            role="user",
            content=[ContentPart(type="input_text", text=text)],
        )
        self._emit(ItemAdded(item=item))
        self._emit(ResponseCreate(), "sent")
        self._respond(f"You typed: {text}")

    def interrupt(self) -> None:
        self._cut()

    def set_hands_free(self, on: bool) -> None:
        self.hands_free = on
        self._emit(SessionUpdated(session=self._config()))

    def close(self) -> None:
        self.state = "closed"
        self._tell(self.log.mark("lab.closed"))

    def _config(self) -> SessionConfig:
        detection = ServerVad(silence_duration_ms=0) if self.hands_free else None
        return SessionConfig(
            type="realtime",
            model=self.model,
            audio=AudioConfig(
                input=AudioInput(turn_detection=detection), output=AudioOutput(voice=self.voice)
            ),
        )

    def _answer(self) -> None:
        item_id, seconds = self._speech or "", len(self.heard) / SECOND
        self._speech = None
        self.heard.clear()
        self._emit(InputAudioBufferCommitted(item_id=item_id))
        self._emit(
            InputTranscriptionCompleted(item_id=item_id, transcript=f"{seconds:.1f} s of sound")
        )
        self._respond("This tone is all that an echo has to say about it.")

    def _respond(self, words: str) -> None:
        n = next(self._ids)
        item = Message(id=f"model_{n}", role="assistant")
        item_id, response_id = f"model_{n}", f"response_{n}"
        self._emit(ResponseCreated(response=Response(id=response_id, status="in_progress")))
        self._emit(ItemAdded(item=item))
        of = {"response_id": response_id, "item_id": item_id}
        pcm = tone(self.answer_seconds)
        for start in range(0, len(pcm), SECOND // 10):
            part = pcm[start : start + SECOND // 10]
            self._emit(OutputAudioDelta(delta=part, **of))
            self.playback.queued(item_id, 0, len(part))
            for player in self._players:
                player.play(item_id, part)
        self._emit(OutputTranscriptDelta(delta=words, **of))
        self._emit(OutputAudioDone(**of))
        for player in self._players:
            player.finish(item_id)
        done = Response(id=response_id, status="completed", output=[item])
        self._emit(ResponseDone(response=done))

    def _cut(self) -> None:
        item_id = self.playback.current
        if item_id is None:
            return
        for player in self._players:
            player.stop()
        self.playback.flushed()
        heard = self.playback.heard_ms(item_id)
        self._emit(ItemTruncated(item_id=item_id, content_index=0, audio_end_ms=heard))

    def _emit(self, event, direction="received") -> None:
        self._tell(self.log.record(direction, event, b"{}"))

    def _tell(self, entry) -> None:
        for callback in tuple(self._subscribers):
            callback(entry)


def tone(seconds: float, hertz: float = 440.0) -> bytes:
    """A sine at half of full scale."""
    step = 2 * math.pi * hertz / RATE
    return array(
        "h", (int(16_000 * math.sin(step * i)) for i in range(int(seconds * RATE)))
    ).tobytes()
