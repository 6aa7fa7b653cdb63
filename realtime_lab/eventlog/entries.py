"""The entries of a log, wherever they are."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from operator import attrgetter
from typing import Protocol, overload

from .entry import LogEntry
from .recording.files import Side, side_of
from .recording.samples import is_audio
from .timeline.audio_facts import AudioFact, audio_fact

__all__ = ["Entries", "LiveEntries", "samples_in", "with_seq"]


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

    def place_of(self, seq: int) -> int:
        """The place of the entry with this number, or of the next one if it is missing.

        Number and place are the same unless entries before it are missing.
        """
        ...

    def without_audio(self, start: int, stop: int) -> list[LogEntry]:
        """The entries at these places, where that is quicker with silence in place of samples."""
        ...

    def of_types(self, types: frozenset[str], start: int, stop: int) -> Iterator[LogEntry]:
        """Those of some types (GA names) among the entries at these places, in order."""
        ...

    def audio_facts(self, start: int, stop: int) -> Iterator[AudioFact]:
        """What the entries at these places say of their audio, in order."""
        ...

    def samples(self, side: Side, start: int, stop: int) -> dict[int, bytes]:
        """The samples of a side in the entries at these places, by ``seq``."""
        ...


class LiveEntries(list[LogEntry]):
    """Entries in memory."""

    def place_of(self, seq: int) -> int:
        if 0 <= seq < len(self) and self[seq].seq == seq:
            return seq
        return bisect_left(self, seq, key=attrgetter("seq"))

    def without_audio(self, start: int, stop: int) -> list[LogEntry]:
        return self[start:stop]

    def of_types(self, types: frozenset[str], start: int, stop: int) -> Iterator[LogEntry]:
        return (entry for entry in self[start:stop] if entry.event.type in types)

    def audio_facts(self, start: int, stop: int) -> Iterator[AudioFact]:
        return filter(None, map(audio_fact, self[start:stop]))

    def samples(self, side: Side, start: int, stop: int) -> dict[int, bytes]:
        return samples_in(self[start:stop], side)


def samples_in(entries: Iterable[LogEntry], side: Side) -> dict[int, bytes]:
    """The samples of a side in some entries, by ``seq``."""
    return {e.seq: e.audio for e in entries if side_of(e.direction) == side and is_audio(e.event)}


def with_seq(entries: Entries, seq: int) -> LogEntry | None:
    """The entry with this number."""
    place = entries.place_of(seq)
    found = entries[place] if place < len(entries) else None
    return found if found is not None and found.seq == seq else None
