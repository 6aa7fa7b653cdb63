"""Takes in what comes from a session's connections, one connection after the other."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from ..errors import SessionClosed
from ..eventlog import LogEntry
from .wire import Wire

__all__ = ["Pump"]


class Pump:
    """Hands every event to ``take`` until a connection ends that no other has replaced."""

    def __init__(self, wire: Wire, take: Callable[[LogEntry], None]) -> None:
        self.wire = wire
        self._take = take
        self._over: asyncio.Future[SessionClosed] | None = None
        self._may_take = asyncio.Event()
        self._may_take.set()

    async def run(self) -> SessionClosed:
        """Pump; returns how the connection ended."""
        while True:
            await self._may_take.wait()
            wire = self.wire
            over = self._over = asyncio.get_running_loop().create_future()
            wire.listen(self._take, over)
            try:
                await asyncio.wait({over})
            finally:
                wire.pause()
            if not over.cancelled():
                return over.result()

    def pause(self) -> None:
        """Take in nothing more for now; what comes meanwhile is not lost."""
        self._may_take.clear()
        self.wire.pause()
        if self._over is not None:
            self._over.cancel()

    def resume(self, wire: Wire) -> None:
        """Go on, with this connection."""
        self.wire = wire
        self._may_take.set()

    async def close(self) -> None:
        """End the connection. What still comes is thrown away."""
        self._may_take.set()
        await self.wire.close()
