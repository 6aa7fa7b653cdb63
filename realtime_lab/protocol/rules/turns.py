"""The user's turns: speech that starts, stops and becomes an item."""

from __future__ import annotations

from ..server_events import (
    InputAudioBufferCleared,
    InputAudioBufferCommitted,
    SessionCreated,
    SessionUpdated,
    SpeechStarted,
    SpeechStopped,
    TimeoutTriggered,
)
from .violation import Handlers, Tell, named

__all__ = ["TurnRules"]


class TurnRules:
    """Start, stop and commit of a turn name the same item.

    A turn may end without a stop: the client commits or clears it, or switches the detection of
    turns off or on.
    """

    def __init__(self, tell: Tell) -> None:
        self._tell = tell
        self._open: SpeechStarted | None = None
        self._stopped: SpeechStopped | TimeoutTriggered | None = None
        self._detects: bool | None = None

    def handlers(self) -> Handlers:
        return {
            SessionCreated: self._settings,
            SessionUpdated: self._settings,
            SpeechStarted: self._started,
            SpeechStopped: self._stop,
            TimeoutTriggered: self._timeout,
            InputAudioBufferCommitted: self._committed,
            InputAudioBufferCleared: self._cleared,
        }

    def unfinished(self) -> None:
        if self._stopped is not None:
            self._tell(
                "turn",
                f"{named(self._stopped)} ends the speech of item {self._stopped.item_id}, which "
                "was never committed.",
            )

    def _settings(self, event: SessionCreated | SessionUpdated) -> None:
        audio = event.session.audio
        detects = bool(audio and audio.input and audio.input.turn_detection)
        if self._detects not in (None, detects):
            self._open = None
        self._detects = detects

    def _started(self, event: SpeechStarted) -> None:
        self._expect_commit(event)
        if self._open is not None:
            self._tell(
                "turn",
                f"{named(event)} starts item {event.item_id} while {self._open.item_id} is being "
                f"spoken since {named(self._open)}.",
            )
        self._open = event

    def _stop(self, event: SpeechStopped) -> None:
        self._expect_commit(event)
        started, self._open = self._open, None
        if started is None or started.item_id != event.item_id:
            self._tell(
                "turn",
                f"{named(event)} stops item {event.item_id}, which no "
                "input_audio_buffer.speech_started began.",
            )
        elif event.audio_end_ms < started.audio_start_ms:
            self._tell(
                "position",
                f"{named(event)} stops item {event.item_id} at {event.audio_end_ms} ms, before it "
                f"started at {started.audio_start_ms} ms ({named(started)}).",
            )
        self._stopped = event

    def _timeout(self, event: TimeoutTriggered) -> None:
        self._expect_commit(event)
        if event.audio_end_ms < event.audio_start_ms:
            self._tell(
                "position",
                f"{named(event)} waited from {event.audio_start_ms} ms to {event.audio_end_ms} ms.",
            )
        self._stopped = event

    def _committed(self, event: InputAudioBufferCommitted) -> None:
        ended, self._stopped = self._stopped or self._open, None
        self._open = None
        if ended is not None and ended.item_id != event.item_id:
            self._tell(
                "turn",
                f"{named(event)} commits item {event.item_id}, but {named(ended)} was of "
                f"{ended.item_id}.",
            )

    def _cleared(self, event: InputAudioBufferCleared) -> None:
        self._expect_commit(event)
        self._open = None

    def _expect_commit(
        self, event: SpeechStarted | SpeechStopped | TimeoutTriggered | InputAudioBufferCleared
    ) -> None:
        if self._stopped is not None:
            self._tell(
                "turn",
                f"{named(event)} comes where item {self._stopped.item_id}, ended by "
                f"{named(self._stopped)}, should be committed.",
            )
            self._stopped = None
