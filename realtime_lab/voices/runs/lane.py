"""How many sessions of one endpoint run at once, and when the next may begin, if any may."""

from __future__ import annotations

import asyncio

from ...errors import RealtimeLabError
from ...session import Pace

__all__ = ["Lane"]


class Lane:
    """What lets the sessions of an endpoint through.

    ``places`` are for ``width`` of them at once, first come first served; ``pace`` says when one
    may begin; ``closed`` is why none does any more.
    """

    def __init__(self, width: int, *, closed: RealtimeLabError | None = None) -> None:
        self.places = asyncio.Semaphore(width)
        self.pace = Pace()
        self.closed = closed
