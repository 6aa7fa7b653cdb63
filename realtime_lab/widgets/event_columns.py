"""Rows and spans of a log as they travel to a page: a column for each field."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from .lane_spans import ShownSpan

if TYPE_CHECKING:
    from ..eventlog import EventRow

__all__ = ["WORDS_SHOWN", "columns", "span_columns"]

WORDS_SHOWN = 160
"""Characters of a row's words: a wide screen shows no more."""
TEXT_SHOWN = 300
"""Characters of a span's text: as many as are read in passing."""
_LETTERS = {"sent": "s", "received": "r", "local": "l"}


def columns(rows: Iterable[EventRow]) -> dict[str, Any]:
    """The rows of a page, as ``frontend/src/inspector/messages.ts`` reads them."""
    rows = list(rows)
    numbers: dict[str, int] = {}
    types = [numbers.setdefault(row.type, len(numbers)) for row in rows]
    return {
        "types": list(numbers),
        "type": types,
        "seq": [row.seq for row in rows],
        "at": [round(row.at, 6) for row in rows],
        "direction": "".join(_LETTERS[row.direction] for row in rows),
        "words": [_shortened(row.words) for row in rows],
        "size": [row.size for row in rows],
        "turn": [row.turn for row in rows],
        "response": [row.response_id or "" for row in rows],
        "pieces": [row.pieces for row in rows],
        "until": [round(row.until, 6) for row in rows],
    }


def span_columns(spans: Iterable[ShownSpan]) -> dict[str, Any]:
    """Spans of a timeline in the same way. What is made of several has no text and no ids."""
    spans = list(spans)
    alone = [shown.span if shown.merged == 1 else None for shown in spans]
    return {
        "lane": [shown.span.lane for shown in spans],
        "start": [round(shown.span.start, 6) for shown in spans],
        "end": [round(shown.end, 6) for shown in spans],
        "open": [n for n, shown in enumerate(spans) if shown.span.end is None],
        "text": [span.text[:TEXT_SHOWN] if span else "" for span in alone],
        "turn": [shown.span.turn for shown in spans],
        "item": [span.item_id or "" if span else "" for span in alone],
        "response": [span.response_id or "" if span else "" for span in alone],
        "seq": [shown.span.seq for shown in spans],
        "merged": [shown.merged for shown in spans],
    }


def _shortened(words: str) -> str:
    return words if len(words) <= WORDS_SHOWN else words[: WORDS_SHOWN - 1] + "…"
