"""Holds many sessions of one service while it has no room for another."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable

__all__ = ["Pace"]


class Pace:
    """When the next session may begin; ``clock`` gives seconds, ``sleep`` waits for some.

    Each session sees what the service tells it alone; here they share it.
    """

    def __init__(
        self,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        self._clock = clock
        self._sleep = sleep
        self._until = float("-inf")

    def hold(self, seconds: float) -> None:
        """Begin no session before so many seconds have passed."""
        self._until = max(self._until, self._clock() + seconds)

    async def room(self) -> None:
        """Wait until a session may begin."""
        while (wait := self._until - self._clock()) > 0:
            await self._sleep(wait)
