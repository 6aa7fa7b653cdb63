"""What the server says, in order: stamped, entered into the conversation, written, sent."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Iterable

from ..errors import InvalidEvent
from ..protocol import Conversation, Dialect, ErrorDetails, ErrorEvent, ServerEvent
from .fault_line import ConnectionFaultError, FaultLine, Late
from .ids import Ids

__all__ = ["Outbox"]

_AHEAD = 512 * 1024
"""Characters waiting for the socket beyond which a maker of events should wait."""
_MOST = 16 * 1024 * 1024
"""The same beyond which the client is not listened to."""


class Outbox:
    """The one way from the server to a client.

    `emit` never waits, so a group of events emitted together stays together. The socket is read
    from the other end by `deliver`; a maker of many events awaits `room` between them, and whoever
    listens to the client awaits `patience`, so that little is kept for one that does not read.
    ``count`` is told every event and its bytes. ``line``, while there is one, decides what becomes
    of each event on its way.
    """

    def __init__(
        self,
        dialect: Dialect,
        ids: Ids,
        conversation: Conversation,
        count: Callable[[ServerEvent, int], None],
        *,
        is_bounded: bool = True,
    ) -> None:
        self._dialect = dialect
        self._count = count
        self._is_bounded = is_bounded
        self._ids = ids
        self._conversation = conversation
        self.line: FaultLine | None = None
        self._waiting: deque[str | Late] = deque()
        self._size = 0
        self._changed = asyncio.Event()
        self._has_room = asyncio.Event()
        self._has_room.set()
        self._has_patience = asyncio.Event()
        self._has_patience.set()
        self._is_over = False
        self._sent = asyncio.Event()

    def emit(self, *events: ServerEvent) -> None:
        """Say these events next, in this order."""
        for event in events:
            event.event_id = self._ids("event")
            self._conversation.apply(event)
            data = self._dialect.encode_server(event)
            if data is not None:
                self._count(event, len(data))
                text = data.decode()
                if self.line is None:
                    self._waiting.append(text)
                    self._size += len(text)
                else:
                    self.put(self.line.passed(event.type, text))
        if self._size > _AHEAD and self._is_bounded:
            self._has_room.clear()
        if self._size > _MOST and not self._is_over:
            self._has_patience.clear()
        self._sent.clear()
        self._changed.set()

    def put(self, passed: Iterable[str | Late]) -> None:
        """Let these go out next, as faults have them."""
        for one in passed:
            self._waiting.append(one)
            self._size += len(one if isinstance(one, str) else one.text)
        self._sent.clear()
        self._changed.set()

    def refuse(self, refusal: InvalidEvent, *, is_worded: bool = False) -> None:
        """Say that a client's event was refused; ``is_worded`` if it is in the dialect's words."""
        worded = refusal if is_worded else self._dialect.refusal(refusal)
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

    async def patience(self) -> None:
        """Wait until the client has taken so much that more of its events can be answered.

        Returns when nothing is delivered any more: then the client may be gone.
        """
        await self._has_patience.wait()

    async def empty(self) -> None:
        """Wait until everything said was sent."""
        await self._sent.wait()

    async def deliver(self, send: Callable[[str], Awaitable[None]]) -> None:
        """Hand everything to ``send``, until cancelled.

        Raises:
            ConnectionFaultError: where a fault ends the connection.
        """
        try:
            while True:
                while self._waiting:
                    await self._send_next(send)
                self._sent.set()
                self._changed.clear()
                await self._changed.wait()
        finally:
            self._is_over = True
            self._has_patience.set()

    async def _send_next(self, send: Callable[[str], Awaitable[None]]) -> None:
        waiting = self._waiting.popleft()
        text = waiting if isinstance(waiting, str) else await _in_time(waiting)
        self._size -= len(text)
        if self._size <= _AHEAD:
            self._has_room.set()
        if self._size <= _MOST:
            self._has_patience.set()
        await send(text)


async def _in_time(late: Late) -> str:
    wait = late.due - asyncio.get_running_loop().time()
    if wait > 0:
        await asyncio.sleep(wait)
    if late.end is not None:
        raise ConnectionFaultError(late.end)
    return late.text
