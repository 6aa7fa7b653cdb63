"""What the JSON texts of a log mean once they are redacted."""

from __future__ import annotations

from ..protocol import dialect_named
from .entry import Direction, LogEntry, LoggedEvent, Mark
from .recording.journal_lines import decode_event, spoken_after
from .recording.samples import samples_of

__all__ = ["Meaning"]


class Meaning:
    """Reads texts as they may be shown, one after the other, in the dialect that was spoken then.

    ``dialect`` is the one that the log begins with.
    """

    def __init__(self, dialect: str) -> None:
        self._spoken = dialect_named(dialect)

    @classmethod
    def after(cls, dialect: str, connected: bytes | None) -> Meaning:
        """As it is after the last mark ``lab.connected``, given as JSON, if there was one."""
        meaning = cls(dialect)
        if connected is not None:
            meaning._note(decode_event(connected, "local", meaning._spoken))
        return meaning

    def copy(self) -> Meaning:
        """Another that goes on from here."""
        return Meaning(self._spoken.name)

    def of(self, entry: LogEntry, text: bytes) -> LoggedEvent:
        """The event of the next entry as its ``text`` tells it: in full, or without its samples."""
        event = entry.event
        if text != entry.text and not samples_of(event):
            event = decode_event(text, entry.direction, self._spoken)
        self._note(event)
        return event

    def entry(self, seq: int, at: float, direction: Direction, text: str) -> LogEntry:
        """The next entry, from its text alone."""
        data = text.encode()
        event = decode_event(data, direction, self._spoken)
        self._note(event)
        return LogEntry(seq, at, direction, event, data)

    def _note(self, event: LoggedEvent) -> None:
        if isinstance(event, Mark) and (other := spoken_after(event)):
            self._spoken = dialect_named(other)
