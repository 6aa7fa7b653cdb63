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

from ...protocol import ItemCreate, ItemRetrieved
from ..tables.rows import COLUMNS, Rows
from ..tables.sql import identifier, literal, literals

__all__ = ["DERIVED", "create_events", "insert", "read_sql", "write_parquet"]

ROW_GROUP = 50_000
"""Rows that are compressed together: a page of rows is read from one or two such groups."""
MEMORY = "400MB"
"""What the making of a file may take of it; beyond that it waits on disk."""
LEVEL = 9
"""Of zstd: a fifth smaller than at the usual 3, in the same time to a tenth of a second."""
_SAMPLES, _NO_SAMPLES = r'("audio"\s*:\s*)"[A-Za-z0-9+/=\\]*"', r'\1""'
_WITHOUT_SAMPLES = (
    f"CASE WHEN type IN ({literals((ItemCreate.type, ItemRetrieved.type))}) THEN"
    f" regexp_replace(event, {literal(_SAMPLES)}, {literal(_NO_SAMPLES)}, 'g') ELSE event END"
)
"""The JSON of an event without samples in the parts of an item; a file has it as on the wire."""
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
        database.execute("SET enable_progress_bar = false")  # which it has in a notebook
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
    read = {name: sql.format(started=since) for name, sql in DERIVED.items()}
    read["event"] = _WITHOUT_SAMPLES
    return f"SELECT {_selected(read)} FROM read_parquet({literal(str(path))})"


def create_events(database: duckdb.DuckDBPyConnection, table: str = "events") -> None:
    """Make an empty table with the columns of `COLUMNS`."""
    columns = ", ".join(f"{identifier(column.name)} {column.type}" for column in COLUMNS)
    database.execute(f"CREATE TABLE {table} ({columns})")


def insert(
    database: duckdb.DuckDBPyConnection,
    rows: Rows,
    started: datetime,
    table: str = "events",
    *,
    samples: bool = True,
) -> None:
    """Append rows to such a table: thousands at a time cost little more than one.

    Without ``samples``, those that are in the JSON of an item are left out.
    """
    database.register(_BATCH, rows.arrays())  # type: ignore[arg-type] - a dict of arrays will do
    try:
        made = _INSERTED if samples else {**_INSERTED, "event": _WITHOUT_SAMPLES}
        database.execute(
            f"INSERT INTO {table} SELECT {_selected(made)} FROM {_BATCH}", {"started": started}
        )
    finally:
        database.unregister(_BATCH)


def _selected(made: Mapping[str, str]) -> str:
    """All columns of ``events``, of which some are made of others."""
    names = (column.name for column in COLUMNS)
    return ", ".join(f"{made.get(name, identifier(name))} AS {identifier(name)}" for name in names)
