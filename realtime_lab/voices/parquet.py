"""Columns as a Parquet file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from ..errors import LogError

__all__ = ["parquet_of"]


def parquet_of(columns: Mapping[str, tuple[str, Sequence[Any]]]) -> bytes:
    """The bytes of the file; each column is its type, as SQL has it, and its values.

    Raises:
        LogError: if there is no room to make it.
    """
    import duckdb

    declared = ", ".join(f'"{name}" {kind}' for name, (kind, _) in columns.items())
    marks = ", ".join("?" * len(columns))
    rows = [list(row) for row in zip(*(values for _, values in columns.values()), strict=True)]
    try:
        with TemporaryDirectory() as folder, duckdb.connect() as database:
            file = Path(folder) / "table.parquet"
            database.execute("SET enable_progress_bar = false")
            database.execute(f"CREATE TABLE rows ({declared})")
            if rows:
                database.executemany(f"INSERT INTO rows VALUES ({marks})", rows)
            database.execute(
                "COPY rows TO $file (FORMAT parquet, COMPRESSION zstd)", {"file": str(file)}
            )
            return file.read_bytes()
    except (OSError, duckdb.Error) as error:
        raise LogError(f"the table cannot be written as Parquet: {error}") from None
