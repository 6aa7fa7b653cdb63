"""The day and the time, where there is a clock."""

# ruff: noqa: E501 -- patterns and word lists read better on one line
from __future__ import annotations

import re

from ..context import Answer, Context

__all__ = ["time_of_day"]

_TIME = re.compile(
    r"\b(?:what time|what is the time|the time (?:is it|please)|tell me the time|current time)\b"
)
_DAY = re.compile(
    r"\b(?:what|which) (?:day|date|month|year)\b|\bwhat is (?:the|today) (?:s )?(?:date|day)|\btoday's date\b|\bwhat is the date\b"
)


def time_of_day(context: Context) -> Answer | None:
    """Tells the time or the date, or that there is no clock."""
    asks_time = _TIME.search(context.words)
    if not asks_time and not _DAY.search(context.words):
        return None
    if context.now is None:
        return Answer("I can't tell: I have no clock in this session.", 0.78, word="Unknown")
    now = context.now()
    if asks_time:
        return Answer(
            f"It is {now.hour}:{now.minute:02d}.", 0.8, word=f"{now.hour}:{now.minute:02d}"
        )
    return Answer(f"Today is {now:%A}, {now:%B} {now.day}, {now.year}.", 0.8, word=f"{now:%A}")
