"""The entries of a log, wherever they are."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from operator import attrgetter
from typing import Protocol, overload

from .entry import LogEntry

__all__ = ["Entries", "LiveEntries", "with_seq"]


class Entries(Protocol):
    """A growing sequence of entries, in the order of ``seq``; in memory or read when asked for."""

    def __len__(self) -> int: ...
    @overload
    def __getitem__(self, index: int, /) -> LogEntry: ...
    @overload
    def __getitem__(self, index: slice, /) -> list[LogEntry]: ...

    def append(self, entry: LogEntry, /) -> None:
        """Add the next entry."""
        ...

    def without_audio(self, start: int, stop: int) -> list[LogEntry]:
        """The entries at these places, where that is quicker with silence in place of samples."""
        ...

    def of_types(self, types: frozenset[str], start: int, stop: int) -> Iterator[LogEntry]:
        """Those of some types (GA names) among the entries at these places, in order."""
        ...


class LiveEntries(list[LogEntry]):
    """Entries in memory."""

    def without_audio(self, start: int, stop: int) -> list[LogEntry]:
        return self[start:stop]

    def of_types(self, types: frozenset[str], start: int, stop: int) -> Iterator[LogEntry]:
        return (entry for entry in self[start:stop] if entry.event.type in types)


def with_seq(entries: Entries, seq: int) -> LogEntry | None:
    """The entry with this number; that is its place, too, unless some before it are missing."""
    if 0 <= seq < len(entries) and (entry := entries[seq]).seq == seq:
        return entry
    place = bisect_left(entries, seq, key=attrgetter("seq"))
    return entries[place] if place < len(entries) and entries[place].seq == seq else None
