"""Which rows a filter leaves, in order, so that any page of them is found at once."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Protocol

import duckdb
import numpy as np

from .database import Database
from .filters import EventFilter

__all__ = ["RowSource", "Selections"]

KEPT = 16
"""Filters whose rows are remembered."""


class RowSource(Protocol):
    """Keeps the table ``events`` of a database."""

    @property
    def end(self) -> int:
        """Rows of events before this ``seq`` are final, but for their turns."""
        ...

    @property
    def has_tail(self) -> bool:
        """Whether there are rows from there on, which are not."""
        ...

    @property
    def renumberings(self) -> int:
        """How often final rows got other turns."""
        ...

    def define(self, cursor: duckdb.DuckDBPyConnection) -> None:
        """Make the table."""
        ...

    def update(self, cursor: duckdb.DuckDBPyConnection) -> None:
        """Bring it up to date."""
        ...


@dataclass(slots=True)
class _Selection:
    keys: np.ndarray = field(default_factory=lambda: np.empty(0, dtype=np.int64))
    end: int = 0
    """It has all rows of events before this ``seq``."""
    renumberings: int = 0


class Selections:
    """The rows of filters that were asked for lately; those of a log that grows grow with it."""

    def __init__(self, database: Database, source: RowSource) -> None:
        self._database = database
        self._source = source
        self._kept: OrderedDict[EventFilter, _Selection] = OrderedDict()

    def keys(self, filter: EventFilter) -> np.ndarray:
        """The ``seq`` of every row; of a folded one the ``head`` of its run. In order."""
        selection = self._selection(filter)
        source = self._source
        if selection.end < source.end:
            fresh = self._found(filter, selection.end, source.end)
            selection.keys = _merged(selection.keys, fresh)
            selection.end = source.end
        if not source.has_tail:
            return selection.keys
        return _merged(selection.keys, self._found(filter, source.end, None))

    def forget(self) -> None:
        """Free what is remembered."""
        self._kept.clear()

    def _selection(self, filter: EventFilter) -> _Selection:
        selection = self._kept.get(filter)
        is_outdated = (
            selection is not None
            and filter.turn is not None
            and selection.renumberings != self._source.renumberings
        )
        if selection is None or is_outdated:
            selection = _Selection(renumberings=self._source.renumberings)
            self._kept[filter] = selection
        self._kept.move_to_end(filter)
        if len(self._kept) > KEPT:
            self._kept.popitem(last=False)
        return selection

    def _found(self, filter: EventFilter, begin: int, end: int | None) -> np.ndarray:
        condition, values = filter.sql()
        if begin:
            condition += f" AND seq >= {begin}"
        if end is not None and self._source.has_tail:
            condition += f" AND seq < {end}"
        column = "seq"
        if filter.folded and filter.is_of_whole_runs:
            condition += " AND head = seq"
        elif filter.folded:
            column = "DISTINCT head AS seq"
        found = self._database.arrays(f"SELECT {column} FROM events WHERE {condition}", values)
        keys = np.asarray(found["seq"], dtype=np.int64)
        # A scan gives rows in their order; it is cheaper to look than to have them sorted.
        return keys if _are_in_order(keys) else np.sort(keys)


def _merged(known: np.ndarray, fresh: np.ndarray) -> np.ndarray:
    if not fresh.size:
        return known
    if not known.size:
        return fresh
    if known[-1] < fresh[0]:
        return np.concatenate((known, fresh))
    return np.union1d(known, fresh)


def _are_in_order(keys: np.ndarray) -> bool:
    return bool(np.all(keys[1:] > keys[:-1]))
