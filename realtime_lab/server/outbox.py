"""What the server says, in order: stamped, entered into the conversation, written, sent."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable

from ..errors import InvalidEvent
from ..protocol import Conversation, Dialect, ErrorDetails, ErrorEvent, ServerEvent
from .ids import Ids

__all__ = ["Outbox"]

_AHEAD = 512 * 1024
"""Characters waiting for the socket beyond which a maker of events should wait."""


class Outbox:
    """The one way from the server to a client.

    `emit` never waits, so a group of events emitted together stays together. The socket is read
    from the other end by `deliver`; a maker of many events awaits `room` between them.
    """

    def __init__(self, dialect: Dialect, ids: Ids, conversation: Conversation) -> None:
        self._dialect = dialect
        self._ids = ids
        self._conversation = conversation
        self._waiting: deque[str] = deque()
        self._size = 0
        self._changed = asyncio.Event()
        self._has_room = asyncio.Event()
        self._has_room.set()
        self._sent = asyncio.Event()

    def emit(self, *events: ServerEvent) -> None:
        """Say these events next, in this order."""
        for event in events:
            event.event_id = self._ids("event")
            self._conversation.apply(event)
            data = self._dialect.encode_server(event)
            if data is not None:
                self._waiting.append(data.decode())
                self._size += len(data)
        if self._size > _AHEAD:
            self._has_room.clear()
        self._sent.clear()
        self._changed.set()

    def refuse(self, refusal: InvalidEvent) -> None:
        """Say that a client's event was refused."""
        worded = self._dialect.refusal(refusal)
        self.emit(
            ErrorEvent(
                error=ErrorDetails(
                    type=worded.type,
                    message=worded.message,
                    code=worded.code,
                    param=worded.param,
                    event_id=refusal.event_id,
                )
            )
        )

    async def room(self) -> None:
        """Wait until the client has taken most of what was said."""
        await self._has_room.wait()

    async def empty(self) -> None:
        """Wait until everything said was sent."""
        await self._sent.wait()

    async def deliver(self, send: Callable[[str], Awaitable[None]]) -> None:
        """Hand everything to ``send``, until cancelled."""
        while True:
            while self._waiting:
                text = self._waiting.popleft()
                self._size -= len(text)
                if self._size <= _AHEAD:
                    self._has_room.set()
                await send(text)
            self._sent.set()
            self._changed.clear()
            await self._changed.wait()
