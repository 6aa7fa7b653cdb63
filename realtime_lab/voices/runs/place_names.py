"""Sentences without the addresses and paths that are in them."""

from __future__ import annotations

import re

__all__ = ["without_places"]

_PLACE = re.compile(
    r"\w+://[^\s,;)'\"]+"
    r"|\b\d{1,3}(?:\.\d{1,3}){3}\b"
    r"|(?<![\w.-])(?:[\w-]+\.){2,}[a-z]{2,}\b"
    r"|(?<![\w/.])(?:~|[A-Za-z]:)?[/\\][^\s,;:)'\"]+",
    re.IGNORECASE,
)
"""Addresses with a scheme, numbers of machines, names of machines, and whole paths."""


def without_places(told: str) -> str:
    """A sentence with each address and path in it replaced by ``…``."""
    return _PLACE.sub("…", told)
