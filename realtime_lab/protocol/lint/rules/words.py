"""How things are called in the sentences of findings."""

from __future__ import annotations

from collections.abc import Iterable

__all__ = ["code_of", "listed"]


def code_of(type: object, code: object) -> str:
    """An error in a few words: its code, or its type where it has none."""
    if isinstance(code, str) and code:
        return code
    return f"{type}, no code" if isinstance(type, str) and type else "no code told"


def listed(names: Iterable[str]) -> str:
    """``a, b and c``."""
    words = list(names)
    return " and ".join(filter(None, (", ".join(words[:-1]), *words[-1:])))
