"""The tables of a log as comma-separated values (RFC 4180)."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from ...errors import LogError
from ..timeline.timeline import timeline

if TYPE_CHECKING:
    from ..log import EventLog

__all__ = ["csv_table"]

_TABLES = {
    "events": "SELECT * EXCLUDE (event) FROM events ORDER BY seq",
    "turns": "SELECT * FROM turns ORDER BY turn",
    "latencies": "SELECT * FROM latencies ORDER BY turn",
    "tools": "SELECT * FROM tools",
    "usage": "SELECT * FROM usage",
}
_SPANS = ("lane", "start", "end", "text", "turn", "item_id", "response_id")
_AT_ONCE = 1000


def csv_table(log: EventLog, *, table: str = "events", json: bool = False) -> Iterator[bytes]:
    """One table with a line of names above it; what is not known is empty, times are in seconds.

    ``table`` is one of those that `EventLog.query` knows (``events``, ``turns``, ``latencies``,
    ``tools``, ``usage``), or ``spans``, those of the `timeline`. ``json`` adds to ``events`` the
    JSON of each, without samples.

    Raises:
        LogError: for a table that there is not.
    """
    if table == "spans":
        line = timeline(log, shown=True)
        rows: Iterable[Sequence[Any]] = (
            [getattr(span, name) for name in _SPANS] for span in line.spans
        )
        return _written(_SPANS, rows)
    if table not in _TABLES:
        raise LogError(f"there is no table {table!r}; there are {', '.join(_TABLES)} and spans")
    sql = _TABLES[table].replace(" EXCLUDE (event)", "") if json else _TABLES[table]
    found = log.query(sql)
    return _written(found.columns, (list(row.values()) for row in found))


def _written(names: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[bytes]:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(names)
    for number, row in enumerate(rows, start=1):
        writer.writerow([_cell(value) for value in row])
        if number % _AT_ONCE == 0:
            yield text.getvalue().encode()
            text.seek(0)
            text.truncate()
    yield text.getvalue().encode()


def _cell(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value
