"""What comes over a connection, up to its end: for whoever listens, or asks for the next."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from copy import copy

from ..errors import SessionClosed

__all__ = ["Ended", "Incoming", "Take"]

Take = Callable[[bytes], None]
"""Takes an event as it came."""
Ended = Callable[[SessionClosed], None]
"""Is told how a connection ended."""


class Incoming:
    """Hands events on in the call that brings them; keeps them, in order, while nobody listens."""

    def __init__(self) -> None:
        self._kept: deque[bytes] = deque()
        self._closed: SessionClosed | None = None
        self._take: Take | None = None
        self._ended: Ended | None = None
        self._came = asyncio.Event()

    def put(self, data: bytes) -> None:
        """An event has come."""
        if self._take is not None and not self._kept:
            self._take(data)
        else:
            self._kept.append(data)
            self._came.set()

    def end(self, closed: SessionClosed) -> None:
        """Nothing more comes."""
        self._closed = closed
        self._came.set()
        self._tell_end()

    def listen(self, take: Take, ended: Ended) -> None:
        """Hand everything to ``take`` from now on, first what was kept, and the end to ``ended``.

        Whoever listened before does not any more.
        """
        self._take, self._ended = take, ended
        while self._kept and self._take is take:
            take(self._kept.popleft())
        self._tell_end()

    def pause(self) -> None:
        """Nobody listens for now."""
        self._take = self._ended = None

    async def receive(self) -> bytes:
        """The next event, where nobody listens.

        Raises:
            SessionClosed: when none comes any more.
        """
        while not self._kept:
            if self._closed is not None:
                # A copy: an exception that is raised twice gathers the tracebacks of both.
                raise copy(self._closed)
            self._came.clear()
            await self._came.wait()
        return self._kept.popleft()

    def _tell_end(self) -> None:
        if self._closed is not None and self._ended is not None and not self._kept:
            self._ended(self._closed)
