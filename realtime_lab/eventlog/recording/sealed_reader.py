"""Reads a sealed log: pages of entries from its Parquet file, samples from the files beside it."""

from __future__ import annotations

import threading
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

import duckdb
import msgspec
import numpy as np

from ...errors import LogError
from ...protocol import Dialect, dialect_named
from ..entries import samples_in
from ..entry import Direction, LogEntry, Mark
from ..tables.sql import literal
from ..timeline.audio_facts import AudioFact
from ..turns.turn_numbers import TurnNumbers
from .files import Side, reason, side_of
from .journal_lines import FORMAT, VERSION, Header, Line, spoken_after
from .sample_block import SampleBlock
from .side_files import Samples

__all__ = ["METADATA", "SealedHeader", "SealedLine", "SealedReader"]

_AT_ONCE = 20_000
"""Rows that are read at once."""
METADATA = FORMAT
"""The key in the file's key-value metadata under which its header is, as JSON."""
_CONNECTED = "lab.connected"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class SealedHeader(Header, kw_only=True):
    """The header of a sealed log: that of its journal, and what was missing there."""

    notes: list[str] = []


class SealedLine(NamedTuple):
    """What a row says of an entry, apart from what follows from it. ``at`` is in microseconds."""

    seq: int
    at: int
    direction: Direction
    turn: int | None
    size: int
    audio_offset: int | None
    audio_bytes: int | None
    text: bytes

    def line(self, *, has_audio: bool) -> Line:
        """As a line of a journal."""
        line = Line(self.seq, self.at / 1e6, self.direction, msgspec.Raw(self.text), self.turn)
        if self.audio_bytes is None:
            line.size = self.size if self.size != len(self.text) else 0
        elif self.audio_offset is not None:
            line.audio = (self.audio_offset, self.audio_bytes)
        elif not has_audio:
            line.audio_bytes = self.audio_bytes
        return line


class SealedReader:
    """The entries of a sealed log, by their place.

    Raises:
        LogError: if it is none.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = threading.Lock()
        try:
            path.open("rb").close()
        except OSError as error:
            raise LogError(f"cannot read the event log {path}: {reason(error)}") from error
        self._database = duckdb.connect(":memory:", config={"threads": 1})
        self._database.execute("SET enable_progress_bar = false")
        self._table = f"read_parquet({literal(str(path))})"
        self._problem = "is not a sealed log of realtime_lab"
        metadata = f"parquet_kv_metadata({literal(str(path))})"
        self.header = _header(path, self._rows(f"SELECT key, value FROM {metadata}"))
        [(self._first, last, self.count)] = self._rows(
            f"SELECT coalesce(min(seq), 0), coalesce(max(seq), -1), count(*) FROM {self._table}"
        )
        self._problem = "cannot be read any more"
        self._has_gaps = last - self._first + 1 != self.count
        self._beside = Samples(path)
        self._since = _microseconds(self.header.started)

    def place_of(self, seq: int) -> int:
        """The place of the entry with this number, or of the next one."""
        if self._has_gaps:
            return int(np.searchsorted(self._seqs, seq))
        return min(max(seq - self._first, 0), self.count)

    def read(self, first: int, stop: int, *, audio: bool = True) -> list[LogEntry]:
        """The entries at these places; without ``audio``, with as much silence instead.

        Raises:
            LogError: if one cannot be read.
        """
        found: list[LogEntry] = []
        for lines in self.lines(first, stop):
            found += self._entries(lines, audio=audio)
        return found

    def lines(self, first: int, stop: int, condition: str = "true") -> Iterator[list[SealedLine]]:
        """What the rows at these places say, some of them at once, where a condition holds."""
        columns = "seq, epoch_us(wall), direction, turn, size, audio_offset, audio_bytes"
        for begin, last in self._spans(first, stop):
            rows = self._rows(
                f"SELECT {columns}, encode(event) FROM {self._table}"
                f" WHERE seq BETWEEN {begin} AND {last} AND {condition} ORDER BY seq"
            )
            yield [SealedLine(seq, wall - self._since, *others) for seq, wall, *others in rows]

    def _spans(self, first: int, stop: int) -> Iterator[tuple[int, int]]:
        """These places in parts, each by the ``seq`` of its first and its last entry."""
        for begin in range(first, stop, _AT_ONCE):
            yield self._seq_at(begin), self._seq_at(min(begin + _AT_ONCE, stop) - 1)

    def _entries(self, lines: list[SealedLine], *, audio: bool = True) -> list[LogEntry]:
        asked = [line.line(has_audio=self.header.audio) for line in lines]
        samples = SampleBlock(asked, self._beside if audio else None)
        try:
            return [line.entry(self._dialect_at(line.seq), samples.read) for line in asked]
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise LogError(f"{self.path}: an event of it cannot be read ({error})") from None

    def of_types(self, types: frozenset[str], first: int, stop: int) -> Iterator[LogEntry]:
        """Those of some types (GA names) among them, in order."""
        names = ", ".join(literal(name) for name in sorted(types))
        for lines in self.lines(first, stop, f"type IN ({names})"):
            yield from self._entries(lines)

    def audio_facts(self, first: int, stop: int) -> Iterator[AudioFact]:
        """What they say of their audio, in order."""
        for begin, last in self._spans(first, stop):
            for seq, wall, direction, *others in self._rows(
                "SELECT seq, epoch_us(wall), direction, audio_bytes, coalesce(item_id, ''),"
                f" coalesce(response_id, '') FROM {self._table} WHERE audio_bytes IS NOT NULL"
                f" AND seq BETWEEN {begin} AND {last} ORDER BY seq"
            ):
                yield AudioFact(seq, (wall - self._since) / 1e6, side_of(direction), *others)

    def samples(self, side: Side, first: int, stop: int) -> dict[int, bytes]:
        """The samples of a side in them, by ``seq``."""
        direction: Direction = "sent" if side == "user" else "received"
        found: dict[int, bytes] = {}
        for begin, last in self._spans(first, stop):
            rows = self._rows(
                f"SELECT seq, audio_offset, audio_bytes FROM {self._table}"
                f" WHERE direction = '{direction}' AND audio_bytes IS NOT NULL"
                f" AND seq BETWEEN {begin} AND {last} ORDER BY seq"
            )
            lines = [
                Line(seq, dir=direction, audio=None if offset is None else (offset, count),
                     audio_bytes=count if offset is None else 0)
                for seq, offset, count in rows
            ]  # fmt: skip
            found |= SampleBlock(lines, self._beside).by_seq()
            if self.header.audio and any(line.audio is None for line in lines):
                found |= samples_in(self.read(first, stop), side)  # some are in the text
        return found

    @cached_property
    def notes(self) -> list[str]:
        """What is missing."""
        ends = self._rows(
            f"SELECT direction, max(audio_offset + audio_bytes) FROM {self._table} GROUP BY ALL"
        )
        for direction, end in ends:
            if direction != "local":
                self._beside.expect(side_of(direction), end or 0)
        return [*self.header.notes, *self._beside.notes]

    @cached_property
    def turns(self) -> TurnNumbers:
        """The turns that the rows tell."""
        turns = TurnNumbers()
        turns.assign_all(
            self._rows(f"SELECT seq, turn FROM {self._table} WHERE turn IS NOT NULL ORDER BY seq")
        )
        return turns

    def _rows(self, sql: str) -> list[Any]:
        with self._lock, self._told():
            return self._database.execute(sql).fetchall()

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except duckdb.Error as error:
            raise LogError(f"{self.path} {self._problem}: {error}") from error

    @cached_property
    def _seqs(self) -> np.ndarray:
        with self._lock, self._told():
            found = self._database.execute(f"SELECT seq FROM {self._table} ORDER BY seq")
            return np.asarray(found.fetchnumpy()["seq"])

    def _seq_at(self, place: int) -> int:
        return int(self._seqs[place]) if self._has_gaps else self._first + place

    @cached_property
    def _dialects(self) -> list[tuple[int, Dialect]]:
        """The dialects that were spoken, each with the first ``seq`` that it may have been."""
        found = [(0, dialect_named(self.header.dialect))]
        rows = self._rows(
            f"SELECT seq, encode(event) FROM {self._table} WHERE type = '{_CONNECTED}' ORDER BY seq"
        )
        for seq, text in rows:
            spoken = spoken_after(msgspec.json.decode(text, type=Mark))
            if spoken is not None:
                found.append((seq + 1, dialect_named(spoken)))
        return found

    def _dialect_at(self, seq: int) -> Dialect:
        return self._dialects[bisect_left(self._dialects, seq + 1, key=lambda d: d[0]) - 1][1]


def _header(path: Path, metadata: Iterable[tuple[bytes, bytes]]) -> SealedHeader:
    told = {bytes(key).decode(errors="replace"): bytes(value) for key, value in metadata}
    if METADATA not in told:
        raise LogError(f"{path} is not a sealed log of realtime_lab: it has no header")
    try:
        header = msgspec.json.decode(told[METADATA], type=SealedHeader)
    except msgspec.DecodeError as error:
        raise LogError(f"{path}: its header cannot be read ({error})") from None
    if header.version > VERSION:
        raise LogError(
            f"{path}: version {header.version} is newer than this package can read ({VERSION}); "
            "update realtime-lab"
        )
    if header.dialect not in ("ga", "preview"):
        raise LogError(f"{path}: there is no dialect {header.dialect!r}")
    return header


def _microseconds(moment: datetime) -> int:
    return (moment - _EPOCH) // timedelta(microseconds=1)
