"""The index of a log: every question to a million events in milliseconds."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np

from ..entry import LogEntry
from ..meaning import Meaning
from ..recording.listing import listed
from .causes import Causes
from .database import Database
from .event_rows import EventRow, Histogram, Related
from .filters import EventFilter
from .overview import histogram, types
from .schema import define_views
from .selections import RowSource, Selections
from .table import Table

__all__ = ["ALL", "EventIndex"]

ALL = EventFilter()
_AROUND = 400
"""Rows before and after an event among which its causes and consequences are looked for."""


class EventIndex:
    """Answers questions to a log, from any thread.

    It brings itself up to date with a log that grows at each question, on the thread that asks.
    What it gives is redacted as the log's `redaction` said when it was made: nothing else is in
    it. `EventLog.index` is the one to use.

    ``source`` makes what keeps the rows; ``files`` are those that it reads; ``dialect`` is the one
    that the log begins with.
    """

    def __init__(
        self, source: Callable[[], RowSource], *, dialect: str, files: Sequence[Path] = ()
    ) -> None:
        self._make_source = source
        self._files = files
        self._dialect = dialect
        self._lock = threading.RLock()
        self._begin()

    def _begin(self) -> None:
        self._source = self._make_source()
        self._database = Database(self._files)
        self._selections = Selections(self._database, self._source)
        with self._database.reading() as cursor:
            self._source.define(cursor)
        self._has_views = False
        self._is_broken = False

    # -- rows by number ---------------------------------------------------------------------------

    def count(self, filter: EventFilter = ALL) -> int:
        """How many rows the filter leaves."""
        return len(self._keys(filter))

    def page(self, filter: EventFilter, first: int, count: int) -> list[EventRow]:
        """Rows that the filter leaves, from number ``first`` (from 0) on."""
        keys = self._keys(filter)[max(0, first) : max(0, first) + max(0, count)]
        return listed(self._database, keys, filter)

    def position(self, filter: EventFilter, seq: int) -> int:
        """The number of the row with an event, or of the last one before; -1 if there is none."""
        keys = self._keys(filter)
        if filter.folded:
            found = self._database.rows("SELECT head FROM events WHERE seq = $seq", {"seq": seq})
            seq = found[0][0] if found else seq
        return int(np.searchsorted(keys, seq, side="right")) - 1

    def find(
        self, filter: EventFilter, text: str, after: int, *, backwards: bool = False
    ) -> int | None:
        """The next event with a text in it, of those that the filter leaves.

        ``after`` is the ``seq`` to look from, not included: -1 finds the first one. ``text`` is
        looked for as in an `EventFilter`. ``None`` if there is none.
        """
        found = self.seqs(EventFilter(text=text))
        left = self.seqs(filter)
        places = np.searchsorted(left, found)
        there = places < left.size
        found = found[there][left[places[there]] == found[there]]
        if backwards:
            place = int(np.searchsorted(found, after, side="left")) - 1
        else:
            place = int(np.searchsorted(found, after, side="right"))
        return int(found[place]) if 0 <= place < found.size else None

    def seqs(self, filter: EventFilter) -> np.ndarray:
        """The ``seq`` of every event that the filter leaves, in order."""
        return self._keys(_unfolded(filter))

    def at(self, seconds: float) -> int | None:
        """The ``seq`` of the last event not later than that; ``None`` if there is none."""
        self._update()
        sql = 'SELECT max(seq) FROM events WHERE "at" <= $seconds'
        return self._database.rows(sql, {"seconds": seconds})[0][0]

    def forget(self) -> None:
        """Free what is remembered of the filters that were asked for lately."""
        with self._lock:
            self._selections.forget()

    # -- overview ---------------------------------------------------------------------------------

    def types(self, filter: EventFilter = ALL) -> dict[str, int]:
        """How many events of each type there are, the most frequent first."""
        self._update()
        return types(self._database, filter)

    def histogram(self, filter: EventFilter, bins: int) -> Histogram:
        """How many events there were over time, from the start of the log to its last event.

        Pieces count one by one, folded or not.
        """
        self._update()
        return histogram(self._database, filter, bins)

    # -- single events ----------------------------------------------------------------------------

    def rows(self, seqs: Sequence[int]) -> list[EventRow]:
        """The rows of some events, in order."""
        self._update()
        keys = np.unique(np.asarray(seqs, dtype=np.int64))
        return listed(self._database, keys, ALL)

    def related(self, seq: int) -> Related:
        """What made an event happen and what it made happen; of pieces the first of a run stands.

        They are looked for among the rows near it.
        """
        folded = EventFilter(folded=True)
        keys = self._keys(folded)
        place = self.position(folded, seq)
        around = keys[max(0, place - _AROUND) : place + _AROUND + 1]
        if not around.size:
            return Related([], [])
        causes = Causes()
        for entry in self._entries(around, seq):
            causes.apply(entry)
        return Related(self.rows(causes.of(seq)), self.rows(causes.consequences(seq)))

    def _entries(self, keys: np.ndarray, seq: int) -> list[LogEntry]:
        begin, end = int(keys[0]), int(max(keys[-1], seq))
        connected = self._database.rows(
            "SELECT event FROM events WHERE type = 'lab.connected' AND seq < $begin"
            " ORDER BY seq DESC LIMIT 1",
            {"begin": begin},
        )
        meaning = Meaning.after(self._dialect, connected[0][0].encode() if connected else None)
        found = self._database.rows(
            'SELECT seq, "at", direction, event FROM events'
            " WHERE seq BETWEEN $begin AND $end AND (head = seq OR seq = $seq) ORDER BY seq",
            {"begin": begin, "end": end, "seq": seq},
        )
        return [meaning.entry(*row) for row in found]

    # -- tables -----------------------------------------------------------------------------------

    def query(self, sql: str) -> Table:
        """The answer to one SELECT; see `EventLog.query`.

        Raises:
            LogError: unless it is one ``SELECT`` that can be answered.
        """
        self._bring_tables_up_to_date()
        return self._database.asked(sql)

    def table(self, name: str) -> Table:
        """All rows of a table or view."""
        self._bring_tables_up_to_date()
        return self._database.table(f"FROM {name}")

    def events(self, seqs: np.ndarray) -> Table:
        """The rows of the table ``events`` with these numbers."""
        self._update()
        cursor = self._database.cursor
        cursor.register("wanted", {"seq": np.asarray(seqs, dtype=np.int64)})  # type: ignore[arg-type]
        try:
            return self._database.table(
                "SELECT * FROM events WHERE seq IN (SELECT seq FROM wanted) ORDER BY seq"
            )
        finally:
            cursor.unregister("wanted")

    # -- inside -----------------------------------------------------------------------------------

    def _update(self) -> None:
        with self._lock, self._made_whole():
            self._source.update(self._database.cursor)

    @contextmanager
    def _made_whole(self) -> Iterator[None]:
        """What ends in the midst, so that half of it may be there, is begun anew the next time."""
        if self._is_broken:
            self._begin()
        try:
            yield
        except BaseException:
            self._is_broken = True
            raise

    def _bring_tables_up_to_date(self) -> None:
        with self._lock:
            self._update()
            if not self._has_views:
                with self._made_whole(), self._database.reading() as cursor:
                    define_views(cursor)
                    self._has_views = True

    def _keys(self, filter: EventFilter) -> np.ndarray:
        with self._lock:
            self._update()
            return self._selections.keys(filter)


def _unfolded(filter: EventFilter) -> EventFilter:
    return filter if not filter.folded else replace(filter, folded=False)
