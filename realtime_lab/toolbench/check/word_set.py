"""Sets of words, written as a text."""

from __future__ import annotations

__all__ = ["word_set"]


def word_set(text: str) -> frozenset[str]:
    """The words between the blanks of a text."""
    return frozenset(text.split())
