"""How many events of which kind there were, and when."""

from __future__ import annotations

from .database import Database
from .event_rows import Histogram, class_of
from .filters import EventFilter

__all__ = ["histogram", "types"]


def types(database: Database, filter: EventFilter) -> dict[str, int]:
    """How many events of each type the filter leaves, the most frequent first."""
    condition, values = filter.sql()
    return dict(
        database.rows(
            f"SELECT type, count(*) AS n FROM events WHERE {condition} GROUP BY type"
            " ORDER BY n DESC, type",
            values,
        )
    )


def histogram(database: Database, filter: EventFilter, bins: int) -> Histogram:
    """How many events the filter leaves in each of some bins of the time of the log."""
    condition, values = filter.sql()
    end = database.rows('SELECT max("at") FROM events')[0][0] or 0.0
    width = end / bins if end else 1.0
    found = database.rows(
        f'SELECT type, least(CAST(floor("at" / {width!r}) AS INTEGER), {bins - 1}) AS bin,'
        f" count(*) FROM events WHERE {condition} GROUP BY ALL",
        values,
    )
    counts: dict[str, list[int]] = {}
    for type, place, count in found:
        of_class = counts.setdefault(class_of(type), [0] * bins)
        of_class[max(0, place)] += count
    return Histogram(0.0, end, dict(sorted(counts.items())))
