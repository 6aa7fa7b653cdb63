"""The rows of a log that has ended, in its Parquet file."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import duckdb

from .parquet import read_sql

__all__ = ["SealedRows"]


class SealedRows:
    """The table ``events`` of a database as a view of a file: nothing is copied.

    ``started`` is the time of day at the start of the log.
    """

    end = 1 << 62
    """Rows of events before this ``seq`` are final: all."""
    has_tail = False
    renumberings = 0

    def __init__(self, path: Path, started: datetime) -> None:
        self._sql = read_sql(path, started)

    def define(self, cursor: duckdb.DuckDBPyConnection) -> None:
        """Make the view."""
        cursor.execute(f"CREATE VIEW events AS {self._sql}")

    def update(self, cursor: duckdb.DuckDBPyConnection) -> None:
        """There is nothing to take in."""
