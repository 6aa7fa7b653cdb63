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
        self._reading: asyncio.Task[None] | None = None
        self._may_read = asyncio.Event()
        self._may_read.set()
        self._closing = False

    async def run(self) -> SessionClosed:
        """Pump; returns how the connection ended."""
        while True:
            await self._may_read.wait()
            # A task, so that another connection can take over while this one is silent.
            reading = self._reading = asyncio.create_task(self._read(self.wire))
            try:
                await asyncio.wait({reading})
            finally:
                reading.cancel()
            if reading.cancelled():
                continue
            error = reading.exception()
            if isinstance(error, SessionClosed):
                return error
            assert error is not None
            raise error

    def pause(self) -> None:
        """Take in nothing more for now; what comes meanwhile is not lost."""
        self._may_read.clear()
        if self._reading is not None:
            self._reading.cancel()

    def resume(self, wire: Wire) -> None:
        """Go on, with this connection."""
        self.wire = wire
        self._may_read.set()

    async def close(self) -> None:
        """End the connection. What still comes is thrown away."""
        self._closing = True
        self._may_read.set()
        await self.wire.close()

    async def _read(self, wire: Wire) -> None:
        wire.start()
        while not self._closing:
            self._take(await wire.receive())
        # Reading on is what lets the closing handshake end at once.
        await wire.drain()
