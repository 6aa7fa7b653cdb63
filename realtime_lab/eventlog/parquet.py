"""The rows of a log in a Parquet file.

The file has the columns of `COLUMNS` but for those that follow from others (`DERIVED`): random ids
and times are most of what is left when all else is compressed, so each is there once. `read_sql`
gives all columns.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb

from .rows import COLUMNS, Rows
from .sql import identifier, literal

__all__ = ["DERIVED", "create_events", "insert", "read_sql", "write_parquet"]

ROW_GROUP = 50_000
"""Rows that are compressed together: a page of rows is read from one or two such groups."""
MEMORY = "400MB"
"""What the making of a file may take of it; beyond that it waits on disk."""
LEVEL = 9
"""Of zstd: a fifth smaller than at the usual 3, in the same time to a tenth of a second."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_BATCH = "batch"
_INSERTED = {
    # As precise as a journal has it, so that a log and its file give the same answers.
    "at": """round("at", 6)""",
    "wall": """$started + to_microseconds(CAST(round("at" * 1e6) AS BIGINT))""",
}
DERIVED: Mapping[str, str] = {
    "at": "(epoch_us(wall) - {started}) / 1e6",
    "event_id": "nullif(event->>'$.event_id', '')",
}
"""The columns that a file does not have, and how they are found; ``started`` is the time of day at
the start of the log, in microseconds since 1970."""


def write_parquet(
    path: str | Path,
    batches: Iterable[Rows],
    *,
    started: datetime,
    metadata: Mapping[str, str] | None = None,
) -> None:
    """Write the rows of a log, in order.

    ``started`` is the time of day at the start of the log; ``metadata`` goes into the file as its
    key-value metadata. The file is for its owner alone (mode 0600). Rows wait on disk, beside it,
    not in memory.

    Raises:
        OSError: if the file cannot be written.
    """
    path = Path(path)
    os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600))
    path.chmod(0o600)
    with (
        TemporaryDirectory(prefix=f".{path.name}.", dir=path.parent) as folder,
        duckdb.connect(str(Path(folder) / "rows.db")) as database,
    ):
        database.execute("SET enable_progress_bar = false")
        database.execute(f"SET memory_limit = '{MEMORY}'")
        database.execute("SET TimeZone = 'UTC'")
        create_events(database)
        for batch in batches:
            insert(database, batch, started)
        copy_events(database, path, metadata or {})


def copy_events(
    database: duckdb.DuckDBPyConnection, path: Path, metadata: Mapping[str, str]
) -> None:
    """Write the table ``events`` of a database.

    Raises:
        OSError: if the file cannot be written.
    """
    columns = ", ".join(identifier(column.name) for column in COLUMNS if column.name not in DERIVED)
    pairs = ", ".join(f"{identifier(key)}: {literal(value)}" for key, value in metadata.items())
    told = f", KV_METADATA {{{pairs}}}" if pairs else ""
    try:
        database.execute(
            f"COPY (SELECT {columns} FROM events ORDER BY seq) TO {literal(str(path))}"
            f" (FORMAT parquet, PARQUET_VERSION v2, COMPRESSION zstd, COMPRESSION_LEVEL {LEVEL},"
            f" ROW_GROUP_SIZE {ROW_GROUP}, USE_TMP_FILE false{told})"
        )
    except duckdb.IOException as error:
        raise OSError(str(error)) from error


def read_sql(path: str | Path, started: datetime) -> str:
    """The query for all rows of a file with all columns of `COLUMNS`; its order is that of ``seq``.

    ``started`` is the time of day at the start of the log.
    """
    since = (started - _EPOCH) // timedelta(microseconds=1)
    columns = ", ".join(
        f"{DERIVED[column.name].format(started=since)} AS {identifier(column.name)}"
        if column.name in DERIVED
        else identifier(column.name)
        for column in COLUMNS
    )
    return f"SELECT {columns} FROM read_parquet({literal(str(path))})"


def create_events(database: duckdb.DuckDBPyConnection, table: str = "events") -> None:
    """Make an empty table with the columns of `COLUMNS`."""
    columns = ", ".join(f"{identifier(column.name)} {column.type}" for column in COLUMNS)
    database.execute(f"CREATE TABLE {table} ({columns})")


def insert(
    database: duckdb.DuckDBPyConnection, rows: Rows, started: datetime, table: str = "events"
) -> None:
    """Append rows to such a table: thousands at a time cost little more than one."""
    database.register(_BATCH, rows.arrays())  # type: ignore[arg-type] - a dict of arrays will do
    try:
        columns = ", ".join(
            _INSERTED.get(column.name, identifier(column.name)) for column in COLUMNS
        )
        database.execute(
            f"INSERT INTO {table} SELECT {columns} FROM {_BATCH}", {"started": started}
        )
    finally:
        database.unregister(_BATCH)
