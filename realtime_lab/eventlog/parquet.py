"""Rows of a log into a Parquet file."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path

import duckdb

from .rows import COLUMNS, Rows

__all__ = ["create_events", "insert", "write_parquet"]

ROW_GROUP = 50_000
"""Rows that are compressed together: a page of rows is read from one or two such groups."""
BATCH = "batch"
SINGLE, DOUBLE = "'", '"'


def write_parquet(
    path: str | Path,
    batches: Iterable[Rows],
    *,
    started: datetime,
    metadata: Mapping[str, str] | None = None,
) -> None:
    """Write the rows of a log, in order, as a Parquet file with the columns of `COLUMNS`.

    ``started`` is the time of day at the start of the log; ``metadata`` goes into the file as its
    key-value metadata. The file is for its owner alone (mode 0600).

    Raises:
        OSError: if the file cannot be written.
    """
    path = Path(path)
    os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600))
    path.chmod(0o600)
    with duckdb.connect(":memory:") as database:
        create_events(database)
        for batch in batches:
            insert(database, batch, started)
        pairs = ", ".join(
            f"{_quoted(key, DOUBLE)}: {_quoted(value)}" for key, value in (metadata or {}).items()
        )
        told = f", KV_METADATA {{{pairs}}}" if pairs else ""
        try:
            database.execute(
                f"COPY (SELECT * FROM events ORDER BY seq) TO {_quoted(str(path))} (FORMAT parquet,"
                f" COMPRESSION zstd, ROW_GROUP_SIZE {ROW_GROUP}, USE_TMP_FILE false{told})"
            )
        except duckdb.IOException as error:
            raise OSError(str(error)) from error


def create_events(database: duckdb.DuckDBPyConnection) -> None:
    """Make the empty table ``events``."""
    columns = ", ".join(f'"{column.name}" {column.type}' for column in COLUMNS)
    database.execute("SET TimeZone = 'UTC'")
    database.execute(f"CREATE TABLE events ({columns})")


def insert(database: duckdb.DuckDBPyConnection, rows: Rows, started: datetime) -> None:
    """Append rows to the table ``events``: thousands at a time cost little more than one."""
    database.register(BATCH, rows.arrays())  # type: ignore[arg-type] - a dict of arrays will do
    try:
        columns = ", ".join(_INSERTED.get(column.name, f'"{column.name}"') for column in COLUMNS)
        database.execute(f"INSERT INTO events SELECT {columns} FROM {BATCH}", {"started": started})
    finally:
        database.unregister(BATCH)


_INSERTED = {
    # As precise as a journal has it, so that a log and its file give the same answers.
    "at": """round("at", 6)""",
    "wall": """$started + to_microseconds(CAST(round("at" * 1e6) AS BIGINT))""",
}


def _quoted(text: str, sign: str = SINGLE) -> str:
    return sign + text.replace(sign, 2 * sign) + sign
