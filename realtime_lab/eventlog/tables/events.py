"""Some of the entries of a log, and what can be made of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Self, overload

import numpy as np

from ..entries import Entries, with_seq
from ..entry import LogEntry

if TYPE_CHECKING:
    import pandas
    import polars
    import pyarrow

    from .index import EventIndex
    from .table import Table

__all__ = ["Events"]


class Events(Sequence[LogEntry]):
    """Entries of a log that fit a question, read from it when they are looked at.

    The entries have what was said; what is shown of them (HTML) and the tables that they are turned
    into (`table`, `pandas`, `polars`, `arrow`) are redacted as the log's `redaction` says.
    """

    def __init__(
        self, entries: Entries, seqs: Sequence[int] | np.ndarray, index: Callable[[], EventIndex]
    ) -> None:
        self._entries = entries
        self._seqs = seqs
        self._index = index

    def __len__(self) -> int:
        return len(self._seqs)

    @overload
    def __getitem__(self, wanted: int) -> LogEntry: ...
    @overload
    def __getitem__(self, wanted: slice) -> Self: ...
    def __getitem__(self, wanted: int | slice) -> LogEntry | Self:
        if isinstance(wanted, slice):
            return type(self)(self._entries, self._seqs[wanted], self._index)
        return self._entry(int(self._seqs[wanted]))

    def __iter__(self) -> Iterator[LogEntry]:
        return (self._entry(int(seq)) for seq in self._seqs)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Sequence) or len(other) != len(self):
            return NotImplemented if not isinstance(other, Sequence) else False
        return all(one == another for one, another in zip(self, other, strict=True))

    __hash__ = None  # type: ignore[assignment] - as of a list

    def table(self) -> Table:
        """Their rows, with all columns of ``events``."""
        return self._index().events(np.asarray(self._seqs, dtype=np.int64))

    def pandas(self) -> pandas.DataFrame:
        """Their rows as a pandas DataFrame; see `Table.pandas`."""
        return self.table().pandas()

    def polars(self) -> polars.DataFrame:
        """Their rows as a Polars DataFrame; see `Table.polars`."""
        return self.table().polars()

    def arrow(self) -> pyarrow.Table:
        """Their rows as an Arrow table; see `Table.arrow`."""
        return self.table().arrow()

    def _entry(self, seq: int) -> LogEntry:
        entry = with_seq(self._entries, seq)
        assert entry is not None
        return entry

    def __repr__(self) -> str:
        # Without their content, as of a single entry.
        return f"<Events: {len(self):,} of {len(self._entries):,}>"

    def _repr_html_(self) -> str:
        from ..html import events_html

        return events_html(self._seqs, len(self._entries), self._index())
