"""The user's audio: what is in the buffer, and at which pace it comes."""

from __future__ import annotations

from ...client_events import InputAudioBufferAppend, InputAudioBufferClear, InputAudioBufferCommit
from ...server_events import (
    InputAudioBufferCleared,
    InputAudioBufferCommitted,
    SpeechStarted,
    SpeechStopped,
)
from ..record import Handlers, MarkLike, Record
from .settings import SettingsFacts

__all__ = ["UserAudio"]


class UserAudio:
    """Counts by what the settings say of the format; where that is not certain, by PCM16."""

    def __init__(self, settings: SettingsFacts) -> None:
        self.total_ms = 0.0
        """All that was sent."""
        self.buffered_ms = 0.0
        """What is in no turn yet."""
        self.quiet_ms = 0.0
        """What was sent since somebody last spoke."""
        self.last: Record | None = None
        """The last piece."""
        self.last_ms = 0.0
        """Its length."""
        self.ahead = 0.0
        """Seconds by which the audio is ahead of the time in which it could be spoken."""
        self.speech: Record | None = None
        """The beginning of the speech that goes on."""
        self._settings = settings
        self._late = 0.0
        """Seconds to come that were recorded before."""
        self._commits = 0
        """Commits of the client that were not confirmed."""

    def handlers(self) -> Handlers:
        return {
            InputAudioBufferAppend: self._append,
            InputAudioBufferCommit: self._commit,
            InputAudioBufferClear: self._clear,
            InputAudioBufferCommitted: self._committed,
            InputAudioBufferCleared: self._ended,
            SpeechStarted: self._started,
            SpeechStopped: self._ended,
            "lab.microphone": self._sent_late,
            "lab.recycled": self._moved,
        }

    def length_ms(self, event: InputAudioBufferAppend) -> float:
        """Length of a piece of audio."""
        return len(event.audio) / (self._settings.input_bytes_per_ms or 48)

    @property
    def is_commit_pending(self) -> bool:
        """Whether the client has asked for a commit that is not confirmed."""
        return self._commits > 0

    @property
    def is_late(self) -> bool:
        """Whether what comes now was recorded before."""
        return self._late > 0

    def _append(self, event: InputAudioBufferAppend, record: Record) -> None:
        ms = len(event.audio) / (self._settings.input_bytes_per_ms or 48)
        self.total_ms += ms
        self.buffered_ms += ms
        if self.speech is None:
            self.quiet_ms += ms
        if self.last is not None:
            self.ahead = max(0.0, self.ahead - (record.seconds - self.last.seconds))
        self.ahead += ms / 1000 if not self._late else self._not_late(ms / 1000)
        self.last, self.last_ms = record, ms

    def _commit(self, *_: object) -> None:
        self._commits += 1
        self.buffered_ms = self.quiet_ms = 0.0

    def _clear(self, *_: object) -> None:
        self.buffered_ms = 0.0

    def _committed(self, *_: object) -> None:
        if self._commits:
            self._commits -= 1
        else:
            self.buffered_ms = 0.0
        self.speech = None
        self.quiet_ms = 0.0

    def _started(self, _: SpeechStarted, record: Record) -> None:
        self.speech = record
        self.quiet_ms = 0.0

    def _ended(self, *_: object) -> None:
        self.speech = None

    def _sent_late(self, mark: MarkLike, _: Record) -> None:
        """What follows was recorded before: it does not come too fast."""
        late = (mark.data.get("again_ms") or 0) + (mark.data.get("late_ms") or 0)
        self._late += late / 1000

    def _not_late(self, seconds: float) -> float:
        late = min(seconds, self._late)
        self._late -= late
        return seconds - late

    def _moved(self, *_: object) -> None:
        """Another connection has none of it."""
        self.total_ms = self.buffered_ms = self.quiet_ms = 0.0
        self.last = self.speech = None
        self._commits = 0
