"""Events of a session on their way: encoded, sent, written down; and back."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Callable, Iterator

from ..errors import InvalidEvent, SessionClosed
from ..eventlog import EventLog, LogEntry
from ..protocol import UNSET, ClientEvent, Dialect
from .lockstep import LockStep
from .transport import Transport

__all__ = ["Wire"]


class Wire:
    """Speaks a dialect over a transport and logs every event in both directions."""

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
        self._numbers = itertools.count(1) if numbers is None else numbers
        self._is_closing = False

    def successor(self, transport: Transport, dialect: Dialect) -> Wire:
        """Another connection of the same session: same log, and no id of an event comes twice."""
        return Wire(transport, dialect, self._log, numbers=self._numbers)

    def send(self, event: ClientEvent) -> LogEntry:
        """Send an event and log it; gives it an ``event_id`` unless it has one. Never blocks.

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
        self._write(data)
        if self._lockstep is not None:
            self._write(self._lockstep.probe())
            self._lockstep.clock.sent(event)
        return self._log.record("sent", event, data)

    def new_event_id(self) -> str:
        """An id that no other event of this session has."""
        return f"event_client_{next(self._numbers)}"

    def listen(self, take: Callable[[LogEntry], None], over: asyncio.Future[SessionClosed]) -> None:
        """Hand each event of the service to ``take``, logged: first those kept, others at once.

        ``over`` will tell how the connection ended; it fails with what ``take`` raises.
        """

        def received(data: bytes) -> None:
            try:
                entry = self._logged(data)
                if entry is not None:
                    take(entry)
            except Exception as error:  # the transport cannot handle it; who waits for the end can
                self.pause()
                over.set_exception(error)

        def ended(closed: SessionClosed) -> None:
            if not over.done():
                over.set_result(closed)

        self._transport.listen(received, ended)

    def pause(self) -> None:
        """Take in nothing for now; what comes is kept."""
        self._transport.pause()

    async def receive(self) -> LogEntry:
        """The next event of the service, logged, where nobody listens.

        Raises:
            SessionClosed: at the end of the connection.
        """
        while True:
            entry = self._logged(await self._transport.receive())
            if entry is not None:
                return entry

    async def settled(self, *, run_on: bool = False) -> None:
        """In lockstep, wait until all has come that was set off; otherwise return at once.

        ``run_on`` tells the service that no audio follows for now. Marks ``lab.out_of_step`` where
        the service does not tell any more: the log may then not be the same again.
        """
        if self._lockstep is None:
            return
        if run_on:
            self._write(self._lockstep.probe(run_on=True))
        if not await self._lockstep.settled():
            self._log.mark("lab.out_of_step")

    def end(self) -> None:
        """The connection is over."""
        if self._lockstep is not None:
            self._lockstep.end()

    async def close(self) -> None:
        """End the connection. What still comes is thrown away."""
        self._is_closing = True
        await self._transport.close()

    async def retire(self) -> None:
        """End a connection that nobody receives from any more, whatever state it is in."""
        try:
            await self.close()
        finally:
            self.end()

    def _write(self, data: bytes) -> None:
        try:
            self._transport.send(data)
        except SessionClosed:
            # It is lost as if it had been on its way; whoever receives learns of the end.
            return

    def _logged(self, data: bytes) -> LogEntry | None:
        """What was received as an entry; ``None`` for what is no part of the session."""
        if self._is_closing or (self._lockstep is not None and self._lockstep.takes(data)):
            return None
        event = self._dialect.decode_server(data)
        if self._lockstep is not None:
            self._lockstep.clock.received(event)
        return self._log.record("received", event, data)
