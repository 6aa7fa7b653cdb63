"""Events that came twice."""

from __future__ import annotations

from ..eventlog import LogEntry

__all__ = ["Duplicates"]

REMEMBERED = 500


class Duplicates:
    """Knows the last events of one connection by their ids: `REMEMBERED` of them, at least.

    An event is the same as another where its ``event_id`` and its text are. A service that gives
    one id to events that differ shows that its ids tell nothing; from then on nothing is taken
    for a duplicate. Nor is an event without an id.
    """

    def __init__(self) -> None:
        self._last: dict[str, LogEntry] = {}
        self._before: dict[str, LogEntry] = {}
        self._ids_tell = True

    def first(self, entry: LogEntry) -> LogEntry | None:
        """The entry that this one, which was received, repeats."""
        event_id: str = entry.event.event_id  # type: ignore[union-attr]
        if not event_id or not self._ids_tell:
            return None
        known = self._last.get(event_id) or self._before.get(event_id)
        if known is not None:
            if known.data == entry.data:
                return known
            self._ids_tell = False
            return None
        if len(self._last) >= REMEMBERED:
            # Two generations: to forget the oldest one by one would cost each event more.
            self._before, self._last = self._last, {}
        self._last[event_id] = entry
        return None
