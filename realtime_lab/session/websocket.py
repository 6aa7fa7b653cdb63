"""A connection of the ``websockets`` library that is driven without waiting.

The library shakes hands, goes through proxies and TLS, frames, masks, pings and closes. Its own
`recv` and `send` cost a task switch and a turn of the event loop for each message: at the rates of
speech, more than all else. So whole messages are handed on where they are read from the socket,
and what is sent is written to it at once.
"""

from __future__ import annotations

from typing import Any

from websockets.asyncio import client
from websockets.exceptions import InvalidState
from websockets.frames import DATA_OPCODES, Opcode

from ..errors import SessionClosed, TransportLost
from .failures import close_failure
from .incoming import Incoming

__all__ = ["WebSocketTransport", "connect"]

PING_UNANSWERED = 1011
"""The code with which the library itself closes a connection that answers no ping."""


class connect(client.connect):  # noqa: N801 - as in the library
    """Connects without following redirects."""

    def __init__(self, uri: str, **options: Any) -> None:
        super().__init__(uri, create_connection=Connection, **options)

    def process_redirect(self, exc: Exception) -> Exception | str:
        # The key would go along, to whatever machine the answer names.
        return exc


class Connection(client.ClientConnection):
    """Puts each message into ``incoming`` as soon as it is there."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.incoming = Incoming()
        self._fragments: list[bytes] = []

    def process_event(self, event: Any) -> None:
        if self.response is None:  # the answer to the handshake
            super().process_event(event)
        elif event.opcode not in DATA_OPCODES:
            super().process_event(event)
            if event.opcode is Opcode.CLOSE and self.close_timeout is not None:
                # It is the service's turn to hang up, and some do not.
                self.loop.call_later(self.close_timeout, self.transport.abort)
        elif event.fin and not self._fragments:
            self.incoming.put(bytes(event.data))
        else:
            self._fragments.append(event.data)
            if event.fin:
                whole, self._fragments = b"".join(self._fragments), []
                self.incoming.put(whole)

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        self.incoming.end(closed(self.protocol))


class WebSocketTransport:
    """A `Transport` over such a connection."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        incoming = connection.incoming
        self.listen, self.pause, self.receive = incoming.listen, incoming.pause, incoming.receive

    def send(self, data: bytes) -> None:
        connection = self._connection
        try:
            connection.protocol.send_text(data)
        except InvalidState:
            raise closed(connection.protocol) from None
        connection.send_data()

    async def close(self) -> None:
        await self._connection.close()


def closed(protocol: Any) -> SessionClosed:
    """How a connection ended, or is about to."""
    received, sent = protocol.close_rcvd, protocol.close_sent
    if received is None and sent is not None and sent.code == PING_UNANSWERED:
        lost = TransportLost.advice
        return TransportLost(f"the connection fell silent: no ping is answered; {lost}", code=1006)
    frame = received or sent
    return close_failure(frame.code, frame.reason or "") if frame else close_failure(None)
