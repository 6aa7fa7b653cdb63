"""The settings of a session that a turn is judged by."""

from __future__ import annotations

from bisect import bisect_left
from typing import ClassVar, NamedTuple

from ...protocol import ServerVad, SessionConfig, SessionCreated, SessionUpdated
from ..entry import LogEntry, Mark
from ..redaction.redaction import Redaction
from .turn import Turn

__all__ = ["SettingsHistory", "TurnSettings"]

_CONNECTED = "lab.connected"


class TurnSettings(NamedTuple):
    """What was in force when a turn began.

    ``silence_ms`` is how long the service waits in silence for the end of speech, ``transcriber``
    the model that writes down the user's words, where ``transcribes`` says that one does;
    ``responds``: the service answers by itself to what was spoken.
    """

    model: str = ""
    voice: str = ""
    silence_ms: int | None = None
    transcriber: str = ""
    transcribes: bool = False
    responds: bool = True

    @classmethod
    def of(cls, config: SessionConfig, *, model: str, voice: str) -> TurnSettings:
        """From the settings of a session, as the service tells them."""
        heard = config.audio.input if config.audio else None
        detection = heard.turn_detection if heard else None
        waited = detection.silence_duration_ms if isinstance(detection, ServerVad) else None
        writes = (heard.transcription or None) if heard else None
        return cls(
            model,
            voice,
            silence_ms=waited if isinstance(waited, int) else None,
            transcriber=(writes.model or "") if writes else "",
            transcribes=bool(heard and heard.transcription),
            responds=bool(detection) and detection.create_response is not False,
        )

    def turn(self, index: int, redaction: Redaction) -> Turn:
        """A turn without entries that begins under these settings."""
        return Turn(
            index=index,
            model=self.model,
            voice=self.voice,
            silence_ms=self.silence_ms,
            transcriber=self.transcriber,
            redaction=redaction,
        )


class SettingsHistory:
    """The settings of a session over time, as its log tells."""

    CONCERNS: ClassVar = frozenset({_CONNECTED, SessionCreated.type, SessionUpdated.type})

    def __init__(self) -> None:
        self._changed_at: list[int] = []
        self._settings: list[TurnSettings] = []
        self._model = ""
        """The model that was connected to; a service need not name it."""

    def apply(self, entry: LogEntry) -> TurnSettings | None:
        """Take an entry into account; returns the settings now in force if it changed them."""
        event = entry.event
        if isinstance(event, Mark):
            if event.type == _CONNECTED:
                self._model = str(event.data.get("model") or "")
            return None
        if not isinstance(event, SessionCreated | SessionUpdated):
            return None
        config = event.session
        output = config.audio.output if config.audio else None
        voice = output.voice if output and isinstance(output.voice, str) else ""
        settings = TurnSettings.of(config, model=config.model or self._model, voice=voice)
        self._changed_at.append(entry.seq)
        self._settings.append(settings)
        return settings

    def before(self, seq: int) -> TurnSettings:
        """The settings in force when the entry ``seq`` was made."""
        place = bisect_left(self._changed_at, seq)
        return self._settings[place - 1] if place else TurnSettings()
