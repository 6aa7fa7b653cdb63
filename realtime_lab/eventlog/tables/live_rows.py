"""The rows of a log that may grow."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

import duckdb
import numpy as np

from ..entries import Entries
from ..meaning import Meaning
from ..recording.parquet import create_events, insert
from ..redaction.outlet import Outlet, Shown
from ..redaction.redaction import Redaction
from ..turns.turn_numbers import TurnNumbers
from .rows import RowMaker, Rows

__all__ = ["LiveRows"]

_BATCH = 20_000


class LiveRows:
    """The table ``events`` of a database, brought up to date from the entries of a log.

    Rows in it are as they may be shown. Where a text may be the beginning of something that is to
    be replaced, the last rows are not final: until it is decided they lack that part, and are made
    anew each time. Not for several threads at once.

    ``start`` is the clock's reading at the start of the log, ``started`` the time of day then.
    ``is_saved`` says that nothing follows on what was said: then nothing is left out at the end.
    """

    def __init__(
        self,
        entries: Entries,
        turns: Callable[[], TurnNumbers],
        *,
        start: float,
        started: datetime,
        dialect: str,
        redaction: Redaction,
        is_saved: bool = False,
    ) -> None:
        self._entries = entries
        self._started = started
        self._outlet = Outlet(redaction, audio=False)
        self._is_saved = is_saved
        self._seen = 0
        self._settled = _Making(RowMaker(start), Meaning(dialect))
        self.has_tail = False
        """Whether there are rows that are not final."""
        self._turns = _Turns(turns)
        self.end = 0
        """Rows of events before this ``seq`` are final, but for their turns."""

    @property
    def renumberings(self) -> int:
        """How often final rows got other turns."""
        return self._turns.renumberings

    def define(self, cursor: duckdb.DuckDBPyConnection) -> None:
        """Make the empty table."""
        create_events(cursor, "settled")
        create_events(cursor, "tail")
        cursor.execute("CREATE VIEW events AS FROM settled UNION ALL FROM tail")

    def update(self, cursor: duckdb.DuckDBPyConnection) -> None:
        """Take in what was recorded since the last time.

        Where this does not end well, another must be made.
        """
        grown = self._seen < len(self._entries)
        if not grown and self._turns.are_current and not self.has_tail:
            return
        cursor.execute("BEGIN")
        try:
            while self._seen < (count := len(self._entries)):
                first, self._seen = self._seen, min(self._seen + _BATCH, count)
                fresh = self._entries.without_audio(first, self._seen)
                self._settle(cursor, self._outlet.put(fresh))
            self._turns.renumber(cursor)
            if grown or self.has_tail:
                self._replace_tail(cursor)
            cursor.execute("COMMIT")
        except BaseException:
            cursor.execute("ROLLBACK")
            raise

    def _settle(self, cursor: duckdb.DuckDBPyConnection, shown: list[Shown]) -> None:
        if shown:
            numbers = self._turns.numbers()
            self._insert(cursor, self._settled.rows(shown, numbers), "settled")
            self.end = shown[-1].entry.seq + 1
            self._turns.inserted(self.end)

    def _replace_tail(self, cursor: duckdb.DuckDBPyConnection) -> None:
        if self.has_tail:
            cursor.execute("TRUNCATE tail")
        waiting = self._outlet.waiting(is_end=self._is_saved)
        self.has_tail = bool(waiting)
        if waiting:
            numbers = self._turns.numbers()
            self._insert(cursor, self._settled.copy().rows(waiting, numbers), "tail")

    def _insert(self, cursor: duckdb.DuckDBPyConnection, rows: Rows, table: str) -> None:
        insert(cursor, rows, self._started, table, samples=False)


class _Making:
    """Makes rows of entries that follow one another."""

    def __init__(self, maker: RowMaker, meaning: Meaning) -> None:
        self._maker = maker
        self._meaning = meaning

    def copy(self) -> _Making:
        return _Making(self._maker.copy(), self._meaning.copy())

    def rows(self, shown: Sequence[Shown], numbers: TurnNumbers) -> Rows:
        rows = Rows()
        for entry, text, _ in shown:
            self._maker.add(
                rows,
                entry,
                text,
                event=self._meaning.of(entry, text),
                turn=numbers.of(entry.seq),
            )
        return rows


class _Turns:
    """Keeps the turns of rows as they are known by now: a session may tell them later."""

    def __init__(self, current: Callable[[], TurnNumbers]) -> None:
        self._current = current
        self._numbers: TurnNumbers | None = None
        self._known = 0
        """Entries whose turns were known when they were last looked up."""
        self._numbered = 0
        """Rows before this ``seq`` were given the turns that were known."""
        self._changes = 0
        self._end = 0
        self.renumberings = 0

    def numbers(self) -> TurnNumbers:
        """The turns to make rows with."""
        numbers = self._current()
        if numbers is not self._numbers:  # until now nobody had told them
            self._numbers, self._numbered, self._changes = numbers, 0, 0
        self._known = len(numbers)
        return numbers

    def inserted(self, end: int) -> None:
        """Rows were made up to this ``seq`` with the `numbers` last given."""
        if self._numbered == self._end:
            self._numbered = min(self._known, end)
        self._end = end

    @property
    def are_current(self) -> bool:
        numbers = self._current()
        return numbers is self._numbers and not self._outdated(numbers)

    def renumber(self, cursor: duckdb.DuckDBPyConnection) -> None:
        """Give rows the turns that were told, or changed, since they were made."""
        numbers = self.numbers()
        outdated = self._outdated(numbers)
        self._numbered = max(self._numbered, min(self._known, self._end))
        self._changes = len(numbers.changed)
        if not outdated:
            return
        turns = [numbers.of(seq) for seq in outdated]
        batch = {
            "seq": np.array(outdated, dtype=np.int64),
            "turn": np.ma.masked_array(
                [turn or 0 for turn in turns], [turn is None for turn in turns], dtype=np.int32
            ),
        }
        cursor.register("batch", batch)  # type: ignore[arg-type] - a dict of arrays will do
        cursor.execute(
            "UPDATE settled SET turn = batch.turn FROM batch WHERE settled.seq = batch.seq"
            " AND settled.turn IS DISTINCT FROM batch.turn"
        )
        cursor.unregister("batch")
        self.renumberings += 1

    def _outdated(self, numbers: TurnNumbers) -> list[int]:
        changed = [seq for seq in numbers.changed[self._changes :] if seq < self._numbered]
        return [*changed, *range(self._numbered, min(len(numbers), self._end))]
