"""Which index answers for a log: over its sealed file, or over rows made of its entries."""

from __future__ import annotations

import threading
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from ..entries import Entries
from ..recording.loading import Loaded
from ..redaction.redaction import Redaction
from ..turns.log_turns import LogTurns

if TYPE_CHECKING:
    from .index import EventIndex

__all__ = ["Indexing"]


class Indexing:
    """Makes the index of a log when it is asked for, and another when that answers no longer.

    ``start`` is the clock's reading at the start of the log, ``started`` the time of day then,
    ``dialect`` the one that it begins with, ``loaded`` what it was read from.
    """

    def __init__(
        self,
        entries: Entries,
        turns: LogTurns,
        *,
        start: float,
        started: datetime,
        dialect: str,
        loaded: Loaded | None = None,
    ) -> None:
        self._entries = entries
        self._turns = turns
        self._start = start
        self._started = started
        self._dialect = dialect
        self._loaded = loaded
        self._lock = threading.Lock()
        self._index: EventIndex | None = None
        self._made_for: tuple[Redaction, bool] | None = None

    def index(self, redaction: Redaction) -> EventIndex:
        """The index whose answers are redacted so."""
        file = self._file_for(redaction)
        wanted = redaction, file is not None
        with self._lock:
            if self._index is None or self._made_for != wanted:
                self._index = self._live(redaction) if file is None else self._over(file)
                self._made_for = wanted
            return self._index

    def _file_for(self, redaction: Redaction) -> Path | None:
        """The sealed file, if there is one with all that is in the log, and nothing to hide."""
        loaded = self._loaded
        if loaded is None or loaded.rows is None or len(self._entries) != loaded.count:
            return None
        is_clean = set(redaction.kinds) <= set(loaded.header.redacted or ())
        return loaded.rows.absolute() if is_clean else None

    # Imported here and not above: reading the database's library takes longer than all the rest.

    def _over(self, file: Path) -> EventIndex:
        from ..recording.sealed_rows import SealedRows
        from .index import EventIndex

        def rows() -> SealedRows:
            return SealedRows(file, self._started)

        return EventIndex(rows, dialect=self._dialect, files=[file])

    def _live(self, redaction: Redaction) -> EventIndex:
        from .index import EventIndex
        from .live_rows import LiveRows

        def rows() -> LiveRows:
            return LiveRows(
                self._entries,
                self._turns.current,
                start=self._start,
                started=self._started,
                dialect=self._dialect,
                redaction=redaction,
                is_saved=self._loaded is not None,
            )

        return EventIndex(rows, dialect=self._dialect)
