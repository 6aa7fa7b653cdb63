"""A take that there is not."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from ...errors import RealtimeLabError
from .design import Planned

__all__ = ["Gap", "gaps_after"]


class Gap(NamedTuple):
    """What a voice was asked to say and did not say, and why: ``error`` is the kind of failure."""

    source: str
    voice: str
    repeat: int
    line: int
    asked: str
    error: str
    told: str
    follows: bool = False
    """Whether it was not asked, as a line before it in the same session failed."""


def gaps_after(
    planned: Planned, lines: Sequence[str], said: int, error: RealtimeLabError
) -> list[Gap]:
    """The lines of a session from the one on that failed; those before it were said."""
    kind = type(error).__name__
    gaps = []
    for line in range(said, len(lines)):
        follows = line > said
        told = f"not asked, as line {said + 1} failed" if follows else str(error)
        gaps.append(Gap(*planned, line, lines[line], kind, told, follows))
    return gaps
