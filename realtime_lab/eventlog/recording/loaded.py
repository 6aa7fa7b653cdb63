"""Entries of a saved log, read when they are asked for."""

from __future__ import annotations

import threading
from bisect import bisect_left
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from operator import attrgetter
from typing import Protocol, overload

from ..entries import samples_in
from ..entry import LogEntry
from ..timeline.audio_facts import AudioFact, audio_fact
from .files import Side

__all__ = ["LoadedEntries", "Source"]

PAGE = 512
"""Entries that are read at once."""
PAGES_KEPT = 16


class Source(Protocol):
    """Where entries are read from, by their place."""

    count: int

    def place_of(self, seq: int) -> int:
        """The place of the entry with this number, or of the next one."""
        ...

    def read(self, first: int, stop: int, *, audio: bool = True) -> list[LogEntry]:
        """The entries at these places; without ``audio``, with as much silence instead.

        Raises:
            LogError: if one cannot be read.
        """
        ...

    def of_types(self, types: frozenset[str], first: int, stop: int) -> Iterator[LogEntry]:
        """Those of some types (GA names) among them, in order."""
        ...

    def audio_facts(self, first: int, stop: int) -> Iterator[AudioFact]:
        """What they say of their audio, in order."""
        ...

    def samples(self, side: Side, first: int, stop: int) -> dict[int, bytes]:
        """The samples of a side in them, by ``seq``."""
        ...


class LoadedEntries(Sequence[LogEntry]):
    """The entries of a source, of which the pages last used are kept, and what is appended."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._pages: OrderedDict[int, list[LogEntry]] = OrderedDict()
        self._added: list[LogEntry] = []
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return self._source.count + len(self._added)

    @overload
    def __getitem__(self, index: int, /) -> LogEntry: ...
    @overload
    def __getitem__(self, index: slice, /) -> list[LogEntry]: ...
    def __getitem__(self, index: int | slice, /) -> LogEntry | list[LogEntry]:
        count = len(self)
        if isinstance(index, slice):
            places = range(*index.indices(count))
            if len(places) > 1 and places.step == 1:
                return self._run(places.start, places.stop)
            return [self._at(place) for place in places]
        place = index + count if index < 0 else index
        if not 0 <= place < count:
            raise IndexError(f"there is no entry at {index}: the log has {count}")
        return self._at(place)

    def __iter__(self) -> Iterator[LogEntry]:
        count = len(self)
        for first in range(0, count, 8 * PAGE):
            yield from self._run(first, min(first + 8 * PAGE, count))

    def append(self, entry: LogEntry, /) -> None:
        """Add an entry, in memory."""
        self._added.append(entry)

    def place_of(self, seq: int) -> int:
        """The place of the entry with this number, or of the next one."""
        place = self._source.place_of(seq)
        if place < self._source.count:
            return place
        return place + bisect_left(self._added, seq, key=attrgetter("seq"))

    def without_audio(self, start: int, stop: int) -> list[LogEntry]:
        """The entries at these places, with silence in place of samples."""
        count = self._source.count
        read = self._source.read(min(start, count), min(stop, count), audio=False)
        return read + self._added_in(start, stop)

    def of_types(self, types: frozenset[str], start: int, stop: int) -> Iterator[LogEntry]:
        """Those of some types among the entries at these places, in order."""
        yield from self._source.of_types(types, start, min(stop, self._source.count))
        yield from (entry for entry in self._added_in(start, stop) if entry.type in types)

    def audio_facts(self, start: int, stop: int) -> Iterator[AudioFact]:
        """What the entries at these places say of their audio, in order."""
        yield from self._source.audio_facts(start, min(stop, self._source.count))
        yield from filter(None, map(audio_fact, self._added_in(start, stop)))

    def samples(self, side: Side, start: int, stop: int) -> dict[int, bytes]:
        """The samples of a side in the entries at these places, by ``seq``."""
        found = self._source.samples(side, start, min(stop, self._source.count))
        return found | samples_in(self._added_in(start, stop), side)

    def _added_in(self, start: int, stop: int) -> list[LogEntry]:
        count = self._source.count
        return self._added[max(start - count, 0) : max(stop - count, 0)]

    def _run(self, first: int, stop: int) -> list[LogEntry]:
        count = self._source.count
        if stop - first > 2 * PAGE:
            return self._source.read(first, min(stop, count)) + self._added_in(first, stop)
        found: list[LogEntry] = []
        for number in range(first // PAGE, -(-min(stop, count) // PAGE)):
            page, begin = self._page(number), number * PAGE
            found += page[max(first - begin, 0) : stop - begin]
        return found + self._added_in(first, stop)

    def _at(self, place: int) -> LogEntry:
        if place >= self._source.count:
            return self._added[place - self._source.count]
        return self._page(place // PAGE)[place % PAGE]

    def _page(self, number: int) -> list[LogEntry]:
        with self._lock:
            page = self._pages.get(number)
            if page is None:
                first = number * PAGE
                page = self._source.read(first, min(first + PAGE, self._source.count))
                self._pages[number] = page
                if len(self._pages) > PAGES_KEPT:
                    self._pages.popitem(last=False)
            else:
                self._pages.move_to_end(number)
            return page
