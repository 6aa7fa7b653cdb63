"""Saying plainly what cannot be done."""

from __future__ import annotations

import re

from ..context import Answer, Context
from ..phrases import CANNOT

__all__ = ["cannot"]


def cannot(context: Context) -> Answer | None:
    """Declines what needs a service that the session does not give."""
    for pattern, what, why in CANNOT:
        if re.search(pattern, context.words):
            remedy = "" if context.tools else " A session with a tool for it could."
            return Answer(f"I can't {what}: {why}.{remedy}", 0.6, word="No")
    return None
