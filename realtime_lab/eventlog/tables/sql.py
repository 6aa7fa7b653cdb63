"""Words of SQL."""

from __future__ import annotations

from collections.abc import Iterable

__all__ = ["identifier", "literal", "literals"]


def identifier(name: str) -> str:
    """A name of a column or the like, whatever is in it."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """A text as a constant."""
    return "'" + text.replace("'", "''") + "'"


def literals(texts: Iterable[str]) -> str:
    """Several, separated by commas."""
    return ", ".join(literal(text) for text in texts)
