"""Where a log comes from."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Origin"]


@dataclass(slots=True)
class Origin:
    """What the log is: the dialect spoken, and what outlasts a session in it.

    ``wall`` is the time of day, in seconds since 1970, at which the log began; ``None`` where
    nobody knows. ``has_marks`` says that its client writes marks of what it does, ``moving`` that
    this client has opened its next connection while it still uses the one before. ``has_gaps`` says
    that events are missing.
    """

    dialect: str = "ga"
    wall: float | None = None
    has_marks: bool = False
    moving: bool = False
    has_gaps: bool = False
