"""Events of a session on their way: written down, encoded, sent in order; and back."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Iterator

from ..errors import InvalidEvent, SessionClosed
from ..eventlog import EventLog, LogEntry
from ..protocol import UNSET, ClientEvent, Dialect
from .lockstep import LockStep
from .transport import Transport

__all__ = ["Wire"]


class Wire:
    """Speaks a dialect over a transport and logs every event in both directions.

    `send` never blocks: a task of its own writes to the transport.
    """

    def __init__(
        self,
        transport: Transport,
        dialect: Dialect,
        log: EventLog,
        lockstep: LockStep | None = None,
        numbers: Iterator[int] | None = None,
    ) -> None:
        self._transport = transport
        self._dialect = dialect
        self._log = log
        self._lockstep = lockstep
        self._outgoing: asyncio.Queue[bytes] = asyncio.Queue()
        self._numbers = itertools.count(1) if numbers is None else numbers
        self._writer: asyncio.Task[None] | None = None

    def successor(self, transport: Transport, dialect: Dialect) -> Wire:
        """Another connection of the same session: same log, and no id of an event comes twice."""
        return Wire(transport, dialect, self._log, numbers=self._numbers)

    def start(self) -> None:
        """Begin to send what is queued; must be called on the session's loop."""
        if self._writer is None:
            self._writer = asyncio.get_running_loop().create_task(self._write())

    def send(self, event: ClientEvent) -> LogEntry:
        """Log an event and queue it; gives it an ``event_id`` unless it has one.

        Raises:
            InvalidEvent: if it holds text that cannot be sent.
        """
        if event.event_id is UNSET:
            event.event_id = self.new_event_id()
        try:
            data = self._dialect.encode_client(event)
        except UnicodeEncodeError as error:
            raise InvalidEvent(
                f"the text holds {error.object[error.start]!a}, which is half a character and "
                "cannot be sent; check how the text was read"
            ) from None
        self._outgoing.put_nowait(data)
        if self._lockstep is not None:
            self._outgoing.put_nowait(self._lockstep.probe())
            self._lockstep.clock.sent(event)
        return self._log.record("sent", event, data)

    def new_event_id(self) -> str:
        """An id that no other event of this session has."""
        return f"event_client_{next(self._numbers)}"

    async def receive(self) -> LogEntry:
        """The next event of the service, logged.

        Raises:
            SessionClosed: at the end of the connection.
        """
        data = await self._transport.receive()
        while self._lockstep is not None and self._lockstep.takes(data):
            data = await self._transport.receive()
        event = self._dialect.decode_server(data)
        if self._lockstep is not None:
            self._lockstep.clock.received(event)
        return self._log.record("received", event, data)

    async def settled(self, *, run_on: bool = False) -> None:
        """In lockstep, wait until all has come that was set off; otherwise return at once.

        ``run_on`` tells the service that no audio follows for now. Marks ``lab.out_of_step`` where
        the service does not tell any more: the log may then not be the same again.
        """
        if self._lockstep is None:
            return
        if run_on:
            self._outgoing.put_nowait(self._lockstep.probe(run_on=True))
        if not await self._lockstep.settled():
            self._log.mark("lab.out_of_step")

    async def _write(self) -> None:
        try:
            while True:
                await self._transport.send(await self._outgoing.get())
        except SessionClosed:
            return

    def end(self) -> None:
        """The connection is over."""
        if self._writer is not None:
            self._writer.cancel()
        if self._lockstep is not None:
            self._lockstep.end()

    async def close(self) -> None:
        """End the connection; `receive` or `drain` must go on meanwhile."""
        await self._transport.close()

    async def retire(self) -> None:
        """End a connection that nobody receives from any more, whatever state it is in."""
        try:
            draining = asyncio.gather(self.drain(), return_exceptions=True)
            await self.close()
            await draining
        finally:
            self.end()

    async def drain(self) -> None:
        """Throw away what still comes until the end of the connection.

        Raises:
            SessionClosed: at that end, always.
        """
        while True:
            await self._transport.receive()
