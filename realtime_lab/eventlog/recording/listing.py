"""Rows of a listing, from the table of events."""

from __future__ import annotations

import numpy as np

from ..entry import Direction
from ..tables.database import Database
from ..tables.event_rows import EventRow
from ..tables.filters import EventFilter
from ..tables.rows import LONGEST_WORDS
from ..tables.words import joined, shortened

__all__ = ["listed"]


def listed(database: Database, keys: np.ndarray, filter: EventFilter) -> list[EventRow]:
    """The rows with these keys, which are some of those that the filter leaves, in order.

    A key is the ``seq`` of an event, or of a folded row the ``head`` of its run.
    """
    if not keys.size:
        return []
    key = "head" if filter.folded else "seq"
    begin, end = int(keys[0]), int(keys[-1])
    condition, values = filter.sql() if filter.folded else ("true", {})
    condition += f" AND {key} BETWEEN {begin} AND {end}"
    if end - begin >= keys.size:
        condition += f" AND {key} IN (SELECT unnest($keys))"
        values = {**values, "keys": keys.tolist()}
    sql = _FOLDED if filter.folded else _UNFOLDED
    return [_row(*found) for found in database.rows(sql.format(condition=condition), values)]


_UNFOLDED = """
SELECT seq, "at", direction, type, size, turn, response_id, item_id, 1, "at", words, NULL
FROM events WHERE {condition} ORDER BY seq
"""
_FOLDED = """
SELECT min(seq), min("at"), any_value(direction), any_value(type), sum(size)::BIGINT,
  arg_min(turn, seq), arg_min(response_id, seq), arg_min(item_id, seq), count(*), max("at"),
  string_agg(words, '' ORDER BY seq) FILTER (audio_bytes IS NULL), sum(audio_bytes)::BIGINT
FROM events WHERE {condition} GROUP BY head ORDER BY head
"""


def _row(
    seq: int,
    at: float,
    direction: Direction,
    type: str,
    size: int,
    turn: int | None,
    response_id: str | None,
    item_id: str | None,
    pieces: int,
    until: float,
    words: str | None,
    audio_bytes: int | None,
) -> EventRow:
    told = shortened(joined((words or "",), audio_bytes), LONGEST_WORDS)
    return EventRow(seq, at, direction, type, told, size, turn, response_id, item_id, pieces, until)
