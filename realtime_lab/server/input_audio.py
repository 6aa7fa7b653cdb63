"""The input audio buffer: from the user's audio to user items.

Without turn detection the client says where a turn ends; with it the audio does. Either way the
utterance is recognised while it is spoken.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from ..audio import RATE, pcm_seconds
from ..engine import (
    InputBuffer,
    SpeechPaused,
    Transcription,
    TurnDetector,
    TurnSettings,
    VoiceActivity,
    semantic_silence_ms,
)
from ..engine import SpeechStarted as SpeechStartedFact
from ..engine import SpeechStopped as SpeechStoppedFact
from ..errors import InvalidEvent
from ..protocol import (
    ContentPart,
    InputAudioBufferCleared,
    InputAudioBufferCommitted,
    ItemAdded,
    ItemDone,
    Message,
    SpeechStarted,
    SpeechStopped,
    TimeoutTriggered,
    invalid_audio,
)
from .hearing import Hearing
from .idle import IdleTimer
from .responses import Responses
from .state import SessionState
from .wire_audio import WireDecoder, WireEncoder

__all__ = ["InputAudio"]

_LARGEST_APPEND = 15 * 1024 * 1024
_SHORTEST_COMMIT_MS = 100
_IDLE_KEPT_MS = 10_000
"""Audio kept while nobody speaks and turn detection listens."""
_SLICE = RATE * 2 * 20 // 1000
_SLICES_AT_ONCE = 10
"""200 ms of audio, in one append or in many; then other sessions have a turn on the event loop."""


@dataclass(slots=True)
class _OpenTurn:
    """A turn being spoken; ``item_id`` is that of the item it will become."""

    item_id: str
    start_ms: int
    utterance: Transcription


@dataclass(slots=True)
class _Detection:
    """Turn detection at work, and where in the session's audio it began to listen."""

    detector: TurnDetector
    offset_ms: int
    settings: dict[str, Any]


class InputAudio:
    """Takes the user's audio and makes it items.

    ``new_voice_activity`` is asked for one when turn detection gets its first audio. Methods for
    client events raise `InvalidEvent` where the service refuses.
    """

    def __init__(
        self,
        state: SessionState,
        hearing: Hearing,
        responses: Responses,
        new_voice_activity: Callable[[], VoiceActivity],
    ) -> None:
        self._state = state
        self._hearing = hearing
        self._responses = responses
        self._new_voice_activity = new_voice_activity
        self._buffer = InputBuffer()
        self._start_ms = 0
        """Where the audio begins that is in no item yet."""
        self._decoder = WireDecoder("audio/pcm")
        self._taken = 0
        """Slices since other sessions last had a turn."""
        self._detection: _Detection | None = None
        self._turn: _OpenTurn | None = None
        self._idle = IdleTimer(state.time.after, lambda: self._buffer.end_ms, self._idled)
        responses.when_done = self._await_speech
        self.configure()

    def configure(self) -> None:
        """Follow a change of the session's settings."""
        settings = self._state.settings.input
        if settings["format"]["type"] != self._decoder.kind:
            self._decoder = WireDecoder(settings["format"]["type"])
        wanted = settings["turn_detection"]
        if (wanted or {}).get("idle_timeout_ms") is None:
            self._idle.stop()
        if wanted is None:
            self._detection = None
        elif self._detection is not None and wanted != self._detection.settings:
            self._detection.settings = wanted
            self._detection.detector.settings = _turn_settings(wanted)

    async def append(self, audio: bytes) -> None:
        """Take more audio; a long append, and many short ones in a row, let others work between."""
        if not audio:
            raise invalid_audio("audio", "empty bytes")
        if len(audio) > _LARGEST_APPEND:
            raise InvalidEvent(
                f"Invalid 'audio': {len(audio)} bytes are more than the maximum of 15 MiB.",
                code="invalid_value",
                param="audio",
            )
        for pcm in _slices(self._decoder.feed(audio)):
            self._taken += 1
            if self._taken >= _SLICES_AT_ONCE:
                self._taken = 0
                await asyncio.sleep(0)
            await self._state.time.heard(pcm_seconds(pcm))
            self._take(pcm)
            await self._follow_words()

    async def _follow_words(self) -> None:
        """Where all must repeat: know the words so far before they decide how long to wait."""
        if not self._state.time.repeats or self._turn is None or self._detection is None:
            return
        if self._detection.settings["type"] == "semantic_vad":
            await self._turn.utterance.caught_up()

    def _take(self, pcm: bytes) -> None:
        wanted = self._state.settings.input["turn_detection"]
        if wanted is not None and self._detection is None:
            self._detection = self._begin_detection(wanted)
        self._buffer.append(pcm)
        if self._detection is None:
            self._listen(pcm)
        else:
            self._detect(self._detection, pcm)

    def _begin_detection(self, wanted: dict[str, Any]) -> _Detection:
        """Switch turn detection on. Not before audio comes: many sessions never send any."""
        self._drop_turn()
        detector = TurnDetector(self._new_voice_activity(), _turn_settings(wanted))
        return _Detection(detector, self._buffer.end_ms, wanted)

    @property
    def holds_a_turn(self) -> bool:
        """Whether there is enough audio to commit."""
        return self._buffer.end_ms - self._start_ms >= _SHORTEST_COMMIT_MS

    def commit(self) -> None:
        """Make an item of all audio that is in none yet."""
        if rest := self._decoder.finish():
            self._take(rest)
        length_ms = self._buffer.end_ms - self._start_ms
        if length_ms < _SHORTEST_COMMIT_MS:
            raise InvalidEvent(
                "Error committing input audio buffer: buffer too small. Expected at least 100ms "
                f"of audio, but buffer only has {length_ms:.2f}ms of audio.",
                code="input_audio_buffer_commit_empty",
            )
        if self._turn is None:
            self._open_turn(self._start_ms)
        if self._detection is not None:
            self._detection.detector.reset()
        self._commit_turn(self._buffer.end_ms)

    def clear(self) -> None:
        """Forget all audio that is in no item yet."""
        self._drop_turn()
        if self._detection is not None:
            self._detection.detector.reset()
        self._start_ms = self._buffer.end_ms
        self._buffer.drop_before(self._start_ms)
        self._state.outbox.emit(InputAudioBufferCleared())

    def close(self) -> None:
        """Stop listening; the client is gone."""
        self._idle.stop()
        self._drop_turn()
        self._detection = None

    def _await_speech(self, playback_seconds: float) -> None:
        """A response ended whose audio takes that long to play: now the user is expected."""
        idle_ms = self._turn_option("idle_timeout_ms", None)
        if idle_ms is not None:
            self._idle.start(playback_seconds, idle_ms / 1000)

    def _idled(self, start_ms: int) -> None:
        """Nobody spoke since ``start_ms``: make the silence an item, and say something."""
        if self._turn is not None or self._responses.active is not None:
            return
        if self._detection is not None:
            self._detection.detector.reset()
        end_ms = self._buffer.end_ms
        turn = self._open_turn(max(start_ms, self._start_ms))
        self._state.outbox.emit(
            TimeoutTriggered(item_id=turn.item_id, audio_start_ms=start_ms, audio_end_ms=end_ms)
        )
        self._commit_turn(end_ms)
        if self._turn_option("create_response"):
            self._responses.answer_turn()

    def _listen(self, pcm: bytes) -> None:
        if self._turn is None:
            self._open_turn(self._start_ms)
        else:
            self._turn.utterance.feed(pcm)

    def _detect(self, detection: _Detection, pcm: bytes) -> None:
        detector, offset = detection.detector, detection.offset_ms
        open_before = self._turn
        if open_before is not None:
            _adapt_silence(detection, open_before.utterance)
        for fact in detector.feed(pcm):
            if isinstance(fact, SpeechStartedFact):
                self._speech_started(max(fact.audio_start_ms + offset, self._start_ms))
            elif self._turn is None:
                continue
            elif isinstance(fact, SpeechPaused):
                self._turn.utterance.pause()
            elif isinstance(fact, SpeechStoppedFact):
                self._speech_stopped(self._turn, fact.audio_end_ms + offset)
        if open_before is not None and open_before is self._turn:
            # After a pause that these very samples proved: what follows it may be speech.
            open_before.utterance.feed(pcm)
        if self._turn is None:
            self._buffer.drop_before(self._buffer.end_ms - _IDLE_KEPT_MS)
            self._start_ms = max(self._start_ms, self._buffer.start_ms)

    def _speech_started(self, start_ms: int) -> None:
        turn = self._open_turn(start_ms)
        self._state.outbox.emit(SpeechStarted(item_id=turn.item_id, audio_start_ms=start_ms))
        if self._turn_option("interrupt_response"):
            self._responses.interrupt()
        self._idle.stop()

    def _speech_stopped(self, turn: _OpenTurn, end_ms: int) -> None:
        self._state.outbox.emit(SpeechStopped(item_id=turn.item_id, audio_end_ms=end_ms))
        self._commit_turn(end_ms)
        if self._state.settings.kind == "realtime" and self._turn_option("create_response"):
            self._responses.answer_turn()

    def _turn_option(self, name: str, default: Any = True) -> Any:
        return (self._state.settings.input["turn_detection"] or {}).get(name, default)

    def _open_turn(self, start_ms: int) -> _OpenTurn:
        utterance = self._hearing.open()
        utterance.feed(self._buffer.cut(start_ms))
        self._turn = _OpenTurn(self._state.ids("item"), start_ms, utterance)
        return self._turn

    def _commit_turn(self, end_ms: int) -> None:
        turn, self._turn = self._turn, None
        assert turn is not None
        self._idle.stop()
        self._start_ms = end_ms
        pcm = self._buffer.cut(turn.start_ms, end_ms)
        self._buffer.drop_before(end_ms)
        previous = self._state.conversation.last_id
        item = Message(
            id=turn.item_id,
            object="realtime.item",
            status="completed",
            role="user",
            content=[ContentPart(type="input_audio", transcript=None)],
        )
        self._state.memory.keep_audio(turn.item_id, WireEncoder(self._decoder.kind).feed(pcm))
        self._state.outbox.emit(
            InputAudioBufferCommitted(item_id=turn.item_id, previous_item_id=previous),
            ItemAdded(item=item, previous_item_id=previous),
            ItemDone(item=item, previous_item_id=previous),
        )
        self._hearing.conclude(turn.item_id, turn.utterance, (end_ms - turn.start_ms) / 1000)

    def _drop_turn(self) -> None:
        if self._turn is not None:
            self._turn.utterance.discard()
            self._turn = None


def _turn_settings(config: dict[str, Any]) -> TurnSettings:
    if config["type"] == "semantic_vad":
        return TurnSettings(silence_duration_ms=semantic_silence_ms(config["eagerness"], ""))
    return TurnSettings(
        threshold=config["threshold"],
        prefix_padding_ms=config["prefix_padding_ms"],
        silence_duration_ms=config["silence_duration_ms"],
    )


def _adapt_silence(detection: _Detection, utterance: Transcription) -> None:
    """Wait for the end of a semantic turn as long as its words call for."""
    if detection.settings["type"] == "semantic_vad":
        wait = semantic_silence_ms(detection.settings["eagerness"], utterance.partial)
        settings = detection.detector.settings
        if wait != settings.silence_duration_ms:
            detection.detector.settings = replace(settings, silence_duration_ms=wait)


def _slices(pcm: bytes) -> Iterator[bytes]:
    if len(pcm) <= _SLICE:
        yield pcm
        return
    for start in range(0, len(pcm), _SLICE):
        yield pcm[start : start + _SLICE]
