"""Rows of a log as they travel to a page: columns, and each name of a type once."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ..eventlog import EventRow

__all__ = ["WORDS_SHOWN", "columns"]

WORDS_SHOWN = 160
"""Characters of a row's words: a wide screen shows no more."""
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


def _shortened(words: str | None) -> str:
    words = words or ""
    return words if len(words) <= WORDS_SHOWN else words[: WORDS_SHOWN - 1] + "…"
