"""Places in audio: none is beyond the audio there is."""

from __future__ import annotations

from ..base import UNSET
from ..client_events import InputAudioBufferAppend
from ..configuration import AudioFormat, SessionConfig
from ..recent import Recent
from ..server_events import (
    ItemTruncated,
    OutputAudioDelta,
    ResponseCreated,
    SessionCreated,
    SessionUpdated,
    SpeechStarted,
    SpeechStopped,
    TimeoutTriggered,
)
from .violation import Handlers, Tell, named

__all__ = ["PositionRules"]

_BYTES_A_MS = {"audio/pcm": 48, "audio/pcmu": 8, "audio/pcma": 8}


class PositionRules:
    """``audio_end_ms`` of a truncation within what was generated, of speech within what was heard.

    The user's audio is only known where the client's events are. Its format may change while audio
    is on the way: then the longest that it can be counts.
    """

    def __init__(self, tell: Tell) -> None:
        self._tell = tell
        self._input_rate = _BYTES_A_MS["audio/pcm"]
        self._output_rate = _BYTES_A_MS["audio/pcm"]
        self._rates: Recent[str, int] = Recent()
        """Bytes a millisecond of each response."""
        self._generated: Recent[str, tuple[int, int]] = Recent()
        """Bytes of each item's audio, and how many a millisecond has."""
        self._appended: int | None = None
        """Bytes of the user's audio."""

    def handlers(self) -> Handlers:
        return {
            SessionCreated: lambda event: self._settings(event.session),
            SessionUpdated: lambda event: self._settings(event.session),
            ResponseCreated: self._response,
            OutputAudioDelta: self._audio,
            ItemTruncated: self._truncated,
            InputAudioBufferAppend: self._append,
            SpeechStarted: lambda event: self._within(event, event.audio_start_ms),
            SpeechStopped: lambda event: self._within(event, event.audio_end_ms),
            TimeoutTriggered: lambda event: self._within(event, event.audio_end_ms),
        }

    def unfinished(self) -> None: ...

    def _settings(self, session: SessionConfig) -> None:
        audio = session.audio
        if audio and audio.input and audio.input.format:
            self._input_rate = min(self._input_rate, _rate(audio.input.format))
        if audio and audio.output and audio.output.format:
            self._output_rate = _rate(audio.output.format)

    def _response(self, event: ResponseCreated) -> None:
        audio = event.response.audio
        output = audio.output if audio else UNSET
        told = output.format if output else UNSET
        self._rates.remember(event.response.id, _rate(told) if told else self._output_rate)

    def _audio(self, event: OutputAudioDelta) -> None:
        size, rate = self._generated.get(
            event.item_id, (0, self._rates.get(event.response_id, self._output_rate))
        )
        self._generated.remember(event.item_id, (size + len(event.delta), rate))

    def _truncated(self, event: ItemTruncated) -> None:
        size, rate = self._generated.get(event.item_id, (0, 1))
        if event.audio_end_ms * rate > size:
            self._tell(
                "position",
                f"{named(event)} truncates item {event.item_id} at {event.audio_end_ms} ms, but "
                f"only {size // rate} ms were generated.",
            )

    def _append(self, event: InputAudioBufferAppend) -> None:
        self._appended = (self._appended or 0) + len(event.audio)

    def _within(self, event: SpeechStarted | SpeechStopped | TimeoutTriggered, ms: int) -> None:
        if self._appended is not None and ms * self._input_rate > self._appended:
            self._tell(
                "position",
                f"{named(event)} is at {ms} ms of the user's audio, but only "
                f"{self._appended // self._input_rate} ms were sent.",
            )


def _rate(format: AudioFormat) -> int:
    return _BYTES_A_MS[format.type]
