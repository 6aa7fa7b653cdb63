"""The settings of a session: those in force, and those asked for on the way."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import TypeVar

from ...base import UNSET
from ...client_events import SessionUpdate
from ...configuration import AudioFormat, SessionConfig, TurnDetection
from ...profiles import Profile, profile_of
from ...server_events import ErrorEvent, SessionCreated, SessionUpdated
from ..record import Handlers, Record

__all__ = ["SettingsFacts", "Update", "bytes_per_ms"]

T = TypeVar("T")
_BYTES_PER_MS = {"audio/pcm": 48, "audio/pcmu": 8, "audio/pcma": 8}
MOST_COMING = 50


def bytes_per_ms(format: AudioFormat | object) -> int | None:
    """Bytes of a millisecond of audio; ``None`` where no format is told."""
    return _BYTES_PER_MS[format.type] if isinstance(format, AudioFormat) else None


@dataclass(frozen=True, slots=True)
class Update:
    """A ``session.update`` that has had no answer yet."""

    record: Record
    event: SessionUpdate


class SettingsFacts:
    """What the service told last, and what the updates on their way will change.

    An update is in force for whatever is sent after it, unless it is refused. While it is on its
    way, what it changes is not certain: the properties are ``None`` then, as they are where the
    beginning of a log is missing.
    """

    def __init__(self) -> None:
        self.told: SessionConfig | None = None
        self.created: Record | None = None
        """The beginning of this session."""
        self.was_updated = False
        """Whether any update was sent."""
        self.detects: bool | None = None
        """Whether the service looks for the end of a turn."""
        self.answers: bool | None = None
        """Whether it then answers by itself."""
        self.interrupts: bool | None = None
        """Whether speech cancels what the model says."""
        self.input_bytes_per_ms: int | None = None
        self.output_bytes_per_ms: int | None = None
        self._coming: deque[Update] = deque(maxlen=MOST_COMING)

    def handlers(self) -> Handlers:
        return {
            SessionUpdate: self._asked,
            SessionCreated: self._begun,
            SessionUpdated: self._updated,
            ErrorEvent: self._error,
        }

    @property
    def voice(self) -> str:
        """The voice in force; empty where it is not known, or one of one's own."""
        output = self.told.audio.output if self.told and self.told.audio else None
        return output.voice if output and isinstance(output.voice, str) else ""

    @property
    def kind(self) -> str:
        """``realtime``, or ``transcription`` where nothing is answered."""
        return (self.told.type if self.told else "") or "realtime"

    @property
    def transcribes(self) -> bool:
        """Whether the user's words are written down."""
        heard = self.told.audio.input if self.told and self.told.audio else None
        return bool(heard and heard.transcription)

    @property
    def profile(self) -> Profile | None:
        """What is known of the model."""
        return profile_of(self.told.model) if self.told and self.told.model else None

    @property
    def next_answered(self) -> Update | None:
        """The update that the next ``session.updated`` answers."""
        return self._coming[0] if self._coming else None

    def refused_by(self, error: ErrorEvent) -> Update | None:
        """The update that an ``error`` refuses."""
        named = error.error.event_id
        if named:
            return next((u for u in self._coming if u.event.event_id == named), None)
        of_session = (error.error.param or "").startswith("session.")
        return self.next_answered if of_session else None

    def _asked(self, event: SessionUpdate, record: Record) -> None:
        self._coming.append(Update(record, event))
        self.was_updated = True
        self._settle()

    def _begun(self, event: SessionCreated, record: Record) -> None:
        self.created = record
        self.told = event.session
        self._settle()

    def _updated(self, event: SessionUpdated, _: Record) -> None:
        if self._coming:
            self._coming.popleft()
        self.told = event.session
        self._settle()

    def _error(self, event: ErrorEvent, _: Record) -> None:
        refused = self.refused_by(event)
        if refused is not None:
            self._coming.remove(refused)
            self._settle()

    def _settle(self) -> None:
        """Work out what is certain."""
        configs = [self.told, *(u.event.session for u in self._coming)] if self.told else []
        inputs = [c.audio.input for c in configs if c and c.audio and c.audio.input]
        outputs = [c.audio.output for c in configs if c and c.audio and c.audio.output]
        found = [i.turn_detection for i in inputs if i.turn_detection is not UNSET]
        self.detects = _agreed([d is not None for d in found])
        self.answers = _agreed([_answers(d) for d in found])
        self.interrupts = _agreed([bool(d) and d.interrupt_response is not False for d in found])
        self.input_bytes_per_ms = _agreed([b for i in inputs if (b := bytes_per_ms(i.format))])
        self.output_bytes_per_ms = _agreed([b for o in outputs if (b := bytes_per_ms(o.format))])


def _answers(detection: TurnDetection | object) -> bool:
    return bool(detection) and getattr(detection, "create_response", UNSET) is not False


def _agreed(values: list[T]) -> T | None:
    """The value that all have in common."""
    return values[0] if values and all(value == values[0] for value in values) else None
