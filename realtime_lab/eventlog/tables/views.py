"""The tables that follow from the events of a log, each a view in its database."""

from __future__ import annotations

from dataclasses import dataclass

import duckdb

from .rows import Column
from .sql import identifier

__all__ = ["View"]


@dataclass(frozen=True, slots=True)
class View:
    """A table made of others: its name, what one row is, its columns and the query for them."""

    name: str
    told: str
    columns: tuple[Column, ...]
    sql: str

    def define(self, cursor: duckdb.DuckDBPyConnection) -> None:
        """Make it, for all who ask the database."""
        columns = ", ".join(
            f"CAST({identifier(column.name)} AS {column.type}) AS {identifier(column.name)}"
            for column in self.columns
        )
        cursor.execute(f"CREATE VIEW {self.name} AS SELECT {columns} FROM ({self.sql})")
