"""How many sessions of one endpoint run at once, and when the next may begin, if any may."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from ...errors import RealtimeLabError

__all__ = ["Lane"]


class Lane:
    """Lets ``width`` sessions through at once, first come first served.

    When one of them was told that the service has no room (`hold`), none begins before it has.
    ``closed`` is why none begins any more; ``clock`` gives seconds.
    """

    def __init__(
        self,
        width: int,
        *,
        closed: RealtimeLabError | None = None,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        self.closed = closed
        self._places = asyncio.Semaphore(width)
        self._clock = clock
        self._sleep = sleep
        self._until = clock()

    @asynccontextmanager
    async def place(self) -> AsyncIterator[None]:
        """Wait for a place, and keep it."""
        async with self._places:
            yield

    async def room(self) -> None:
        """Wait until the service has room, as far as it said when."""
        while (wait := self._until - self._clock()) > 0:
            await self._sleep(wait)

    def hold(self, seconds: float) -> None:
        """The service has room in so many seconds."""
        self._until = max(self._until, self._clock() + seconds)
