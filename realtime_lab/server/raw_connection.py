"""The TCP connection below a WebSocket, for what no WebSocket server does by itself."""

from __future__ import annotations

from typing import Any

from uvicorn._types import ASGISendEvent
from uvicorn.protocols.utils import ClientDisconnected
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

__all__ = ["RawConnection", "raw_connection"]

_NAME = "realtime_lab.connection"
_SHORT = 16 * 1024
_AHEAD = 8
"""So many short messages may wait for the application while the connection is read on."""


class RawConnection(WebSocketsSansIOProtocol):
    """A WebSocket connection of uvicorn that can break off and fall silent.

    It reads ahead of the application, a little: uvicorn itself stops reading after each message and
    goes on when that was taken, which at real time costs more than the message.
    """

    _silent = False

    def break_off(self) -> None:
        """End the TCP connection without a close frame; what was not sent yet is lost."""
        self.stop_keepalive()
        self.transport.abort()

    def fall_silent(self) -> None:
        """Neither read nor write any more; the TCP connection stays."""
        self._silent = True
        self.stop_keepalive()
        self.transport.pause_reading()

    def data_received(self, data: bytes) -> None:
        if not self._silent:
            super().data_received(data)

    def send_receive_event_to_app(self) -> None:
        is_short = sum(map(len, self.frames)) <= _SHORT
        if self.read_paused or not is_short or self.queue.qsize() >= _AHEAD:
            super().send_receive_event_to_app()
        else:
            self.read_paused = True  # says that there is nothing to be stopped
            super().send_receive_event_to_app()
            self.read_paused = False

    async def send(self, message: ASGISendEvent) -> None:
        if self._silent:
            raise ClientDisconnected
        await super().send(message)

    def shutdown(self) -> None:
        if self._silent:
            self.break_off()
        else:
            super().shutdown()

    async def run_asgi(self) -> None:
        self.scope["extensions"] = {**(self.scope.get("extensions") or {}), _NAME: {"raw": self}}
        await super().run_asgi()


def raw_connection(scope: Any) -> RawConnection | None:
    """The connection of a WebSocket's scope; ``None`` where another server serves it."""
    return scope.get("extensions", {}).get(_NAME, {}).get("raw")
