"""Reads a journal: where its lines are at once, what they say when asked."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from functools import cached_property
from pathlib import Path

import msgspec
import numpy as np

from ...errors import LogError
from ...protocol import EVENT_NAMES, Dialect, dialect_named
from ..entries import samples_in
from ..entry import LogEntry, Mark
from ..timeline.audio_facts import AudioFact, audio_fact
from ..turns.turn_numbers import TurnNumbers
from .files import SIDES, RandomAccess, Side, reason, side_of
from .journal_lines import Line, decode_line, read_header, spoken_after
from .sample_block import SampleBlock
from .side_files import Samples

__all__ = ["JournalReader"]

_CHUNK = 1 << 22
_ROWS = 4096
_CONNECTED = b"lab.connected"
_PREVIEW_NAMES = {ga: preview for preview, ga in EVENT_NAMES.items()}


class JournalReader:
    """The entries of a journal, by their place.

    Opening it finds the lines, and checks that each begins and ends as a line does; whether all of
    a line can be understood shows when it is read. A torn last line is left out.

    Raises:
        LogError: if it is no journal or cannot be read; naming the line that is none.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            self._file = RandomAccess(path)
            lines = _Lines(self._file)
        except OSError as error:
            raise LogError(f"cannot read the event log {path}: {reason(error)}") from error
        self._starts, self._ends = lines.starts, lines.ends
        self.header = read_header(path, self._row(0) if len(self._starts) else b"")
        self._beside = Samples(path)
        self._torn = ""
        if lines.is_torn and len(self._starts) > 1:
            self._leave_out_torn_line()
        self._events = np.flatnonzero(self._are_events(lines.letters))
        """The lines that are events, by number from 0."""
        self.count = len(self._events)

    def place_of(self, seq: int) -> int:
        """The place of the entry with this number, or of the next one."""
        if 0 <= seq < self.count and self._seq_at(seq) == seq:
            return seq
        return bisect_left(range(self.count), seq, key=self._seq_at)

    def read(self, first: int, stop: int, *, audio: bool = True) -> list[LogEntry]:
        """The entries at these places; without ``audio``, with as much silence instead.

        Raises:
            LogError: naming the line that cannot be read.
        """
        return [entry for _, entry in self.recorded(first, stop, audio=audio)]

    def recorded(self, first: int, stop: int, *, audio: bool = True) -> list[tuple[Line, LogEntry]]:
        """The same, each with its line.

        Raises:
            LogError: naming the line that cannot be read.
        """
        rows = self._events[first:stop]
        lines = self._lines(first, stop)
        samples = SampleBlock(lines, self._beside if audio else None)
        found: list[tuple[Line, LogEntry]] = []
        for place, line in enumerate(lines, first):
            try:
                found.append((line, line.entry(self._dialect_at(place), samples.read)))
            except (msgspec.DecodeError, UnicodeDecodeError) as error:
                raise self._broken(int(rows[place - first]), error) from None
        return found

    def of_types(self, types: frozenset[str], first: int, stop: int) -> Iterator[LogEntry]:
        """Those of some types (GA names) among them, in order."""
        if first >= stop:
            return
        names = [name.encode() for name in types | {_PREVIEW_NAMES.get(t, t) for t in types}]
        rows = self._events[[first, stop - 1]].tolist()
        for row in self._rows_with(names, rows[0], rows[1] + 1):
            place = self._place_of(row)
            if place < self.count and self._events[place] == row:
                [entry] = self.read(place, place + 1)
                if entry.type in types:
                    yield entry

    def audio_facts(self, first: int, stop: int) -> Iterator[AudioFact]:
        """What they say of their audio, in order."""
        for begin in range(first, stop, _ROWS):
            end = min(begin + _ROWS, stop)
            for place, line in enumerate(self._lines(begin, end), begin):
                fact = line.audio_fact()
                if fact is None and line.may_have_audio:
                    [entry] = self.read(place, place + 1)
                    fact = audio_fact(entry)
                if fact is not None:
                    yield fact

    def samples(self, side: Side, first: int, stop: int) -> dict[int, bytes]:
        """The samples of a side in them, by ``seq``."""
        lines = [line for line in self._lines(first, stop) if side_of(line.dir) == side]
        found = SampleBlock(lines, self._beside).by_seq()
        if any(line.may_have_audio for line in lines):
            found |= samples_in(self.read(first, stop), side)
        return found

    @property
    def notes(self) -> list[str]:
        """What is missing, or not as it should be."""
        return [*self.damages, *self._beside.notes]

    @property
    def damages(self) -> list[str]:
        """What is missing of the lines."""
        return [*([self._torn] if self._torn else []), *self._told.gaps]

    @property
    def turns(self) -> TurnNumbers:
        """The turns that the lines tell."""
        return self._told.turns

    @cached_property
    def _told(self) -> _Told:
        """What can only be known from all lines."""
        told = _Told()
        for begin in range(1, len(self._starts), _ROWS):
            rows = np.arange(begin, min(begin + _ROWS, len(self._starts)))
            for row, text in zip(rows, self._texts(rows), strict=True):
                line = self._line(int(row), text)
                if line.seq > 1_000_000 + 10 * len(self._starts):
                    raise self._broken(int(row), f"seq {line.seq} is far beyond its place")
                told.take(line)
        for side in SIDES:
            self._beside.expect(side, told.ends[side])
        return told

    def _seq_at(self, place: int) -> int:
        row = int(self._events[place])
        return self._line(row, self._row(row)).seq

    def _lines(self, first: int, stop: int) -> list[Line]:
        rows = self._events[first:stop]
        texts = self._texts(rows)
        return [self._line(row, text) for row, text in zip(rows.tolist(), texts, strict=True)]

    def _row(self, row: int) -> bytes:
        start = int(self._starts[row])
        return self._file.read(start, int(self._ends[row]) - start)

    def _texts(self, rows: np.ndarray) -> list[bytes]:
        if not len(rows):
            return []
        starts, ends = self._starts[rows], self._ends[rows]
        begin = int(starts[0])
        block = self._file.read(begin, int(ends[-1]) - begin)
        return [
            block[start:end]
            for start, end in zip((starts - begin).tolist(), (ends - begin).tolist(), strict=True)
        ]

    def _line(self, row: int, text: bytes) -> Line:
        try:
            return decode_line(text)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise self._broken(row, error) from None

    def _broken(self, row: int, error: object) -> LogError:
        return LogError(f"{self.path}, line {row + 1}: not an event of a log ({error})")

    def _leave_out_torn_line(self) -> None:
        last = len(self._starts) - 1
        try:
            decode_line(self._row(last))
        except (msgspec.DecodeError, UnicodeDecodeError):
            self._torn = f"line {last + 1}, the last one, is torn and was left out"
            self._starts, self._ends = self._starts[:last], self._ends[:last]

    def _are_events(self, letters: np.ndarray) -> np.ndarray:
        """Which lines are events; the others tell turns."""
        letters = letters[: len(self._starts)]
        events = letters == ord("s")
        for row in np.flatnonzero(~events & (letters != ord("t"))).tolist():
            if row:
                events[row] = self._line(row, self._row(row)).is_event
        events[0] = False
        return events

    @cached_property
    def _dialects(self) -> list[tuple[int, Dialect]]:
        """The dialects that were spoken, each with the first place where it may have been."""
        found = [(0, dialect_named(self.header.dialect))]
        for mark, place in self._marks(_CONNECTED):
            spoken = spoken_after(mark)
            if spoken is not None:
                found.append((place + 1, dialect_named(spoken)))
        return found

    def _marks(self, name: bytes) -> Iterator[tuple[Mark, int]]:
        for row in self._rows_with([name]):
            line = self._line(row, self._row(row))
            if line.is_event and line.dir == "local":
                yield msgspec.json.decode(line.event, type=Mark), self._place_of(row)

    def _rows_with(
        self, texts: Iterable[bytes], first: int = 1, stop: int | None = None
    ) -> Iterator[int]:
        """The lines, by number from 0, in which one of these texts is."""
        stop = len(self._starts) if stop is None else stop
        for begin in range(first, stop, _ROWS):
            end = min(begin + _ROWS, stop)
            start = int(self._starts[begin])
            block = self._file.read(start, int(self._ends[end - 1]) - start)
            places: set[int] = set()
            for text in texts:
                found = block.find(text)
                while found >= 0:
                    places.add(start + found)
                    found = block.find(text, found + len(text))
            rows = np.searchsorted(self._starts, sorted(places), side="right") - 1
            yield from dict.fromkeys(rows.tolist())

    def _place_of(self, row: int) -> int:
        return int(np.searchsorted(self._events, row))

    def _dialect_at(self, place: int) -> Dialect:
        return self._dialects[bisect_left(self._dialects, place + 1, key=lambda d: d[0]) - 1][1]


class _Lines:
    """Where the lines of a file begin and end, found without understanding them."""

    def __init__(self, file: RandomAccess) -> None:
        ends: list[np.ndarray] = []
        letters: list[np.ndarray] = []
        closed: list[np.ndarray] = []
        last = b""
        for begin in range(0, file.length, _CHUNK):
            # A little of what follows, so that the beginning of the next line is there.
            block = np.frombuffer(last + file.read(begin, _CHUNK + 3), np.uint8)
            breaks = np.flatnonzero(block[: len(last) + _CHUNK] == ord("\n"))
            ends.append(breaks + (begin - len(last)))
            closed.append(block[breaks - 1] == ord("}"))
            letters.append(_first_letters(block, breaks))
            last = block[len(last) + _CHUNK - 1 : len(last) + _CHUNK].tobytes()
        self.ends = np.concatenate(ends) if ends else np.zeros(0, np.int64)
        length = file.length
        self.is_torn = length > 0 and (not len(self.ends) or int(self.ends[-1]) != length - 1)
        if self.is_torn:
            self.ends = np.append(self.ends, length)
        self.starts = np.concatenate(([0], self.ends[:-1] + 1))[: len(self.ends)]
        self.letters = np.zeros(len(self.starts), np.uint8)
        """The first letter of the first key of each line; 0 where it is not like a line."""
        if letters:
            whole = np.concatenate(closed)
            found = np.concatenate(letters)[: len(self.starts) - 1]
            self.letters[1:] = found
            self.letters[: len(whole)][~whole] = 0
            self.letters[len(whole) :] = 0


def _first_letters(block: np.ndarray, breaks: np.ndarray) -> np.ndarray:
    padded = np.append(block, np.zeros(3, np.uint8))
    opened = (padded[breaks + 1] == ord("{")) & (padded[breaks + 2] == ord('"'))
    return np.where(opened, padded[breaks + 3], 0)


class _Told:
    """Gathers what lines tell together: turns, lengths, gaps."""

    def __init__(self) -> None:
        self.turns = TurnNumbers()
        self.ends = dict.fromkeys(SIDES, 0)
        self.gaps: list[str] = []
        self._last: int | None = None

    def take(self, line: Line) -> None:
        if line.turn is not None or not line.is_event:
            self.turns.assign(line.seq, line.turn)
        if not line.is_event:
            return
        if line.audio:
            side = side_of(line.dir)
            self.ends[side] = max(self.ends[side], sum(line.audio))
        last = self._last
        if last is not None and line.seq > last + 1:
            missing = line.seq - last - 1
            self.gaps.append(f"{missing} events are missing between seq {last} and {line.seq}")
        elif last is not None and line.seq <= last:
            self.gaps.append(f"seq {line.seq} comes after seq {last}: is it one log, or two?")
        self._last = line.seq
