"""The bridge: a WebSocket from a browser tab straight into the session's thread.

It listens on the loopback address only. Whoever opens it must come from a page that asked for it
over the notebook's own channel (checked by ``Origin``), and must say the token in the first
message, where no server log shows it.
"""

from __future__ import annotations

import asyncio
import contextlib
import hmac
import secrets
from collections import deque
from collections.abc import Iterable
from http import HTTPStatus
from typing import Protocol

from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response
from websockets.typing import Subprotocol

from ..errors import ProtocolError
from .framing import Frame, decode_frame, encode_frame

__all__ = ["SUBPROTOCOL", "Bridge", "Link", "LinkHandler"]

SUBPROTOCOL = "realtime-lab"

_MAX_MESSAGE = 64 * 1024
"""Bytes; a microphone frame has 1,000, typed text at most some thousands."""
_HELLO_SECONDS = 5.0
_CLOSE_SECONDS = 0.5
"""A page in the background may take its time; the session does not wait for it."""


class Link(Protocol):
    """One open way to a page."""

    def send(self, frame: Frame) -> None:
        """Send a frame, in order, without waiting."""
        ...

    def drop_audio(self) -> None:
        """Forget audio that has not been sent yet."""
        ...


class LinkHandler(Protocol):
    """Who answers the pages; all of it is called on the bridge's loop."""

    def opened(self, link: Link) -> None: ...

    def received(self, link: Link, frame: Frame) -> None: ...

    def closed(self, link: Link) -> None: ...


class Bridge:
    """A WebSocket server on 127.0.0.1 and a free port, for pages that hold its token.

    ``origins`` are pages that may connect beside those named to `allow_origin`.
    """

    def __init__(self, handler: LinkHandler, *, origins: Iterable[str] = ()) -> None:
        self.token = secrets.token_urlsafe(32)
        self._handler = handler
        self._origins = set(origins)
        self._server: Server | None = None
        self._starting = asyncio.Lock()

    def allow_origin(self, origin: str) -> None:
        """Let pages of `origin` (scheme, host and port) connect."""
        self._origins.add(origin)

    async def start(self) -> int:
        """Listen, unless it does so already; returns the port."""
        async with self._starting:
            if self._server is None:
                self._server = await serve(
                    self._serve,
                    "127.0.0.1",
                    0,
                    process_request=self._check_origin,
                    subprotocols=[Subprotocol(SUBPROTOCOL)],
                    compression=None,  # PCM hardly shrinks, and deflate costs 4 times the CPU
                    max_size=_MAX_MESSAGE,
                    close_timeout=_CLOSE_SECONDS,
                )
        return next(iter(self._server.sockets)).getsockname()[1]

    async def close(self) -> None:
        """Close every connection and stop listening."""
        if self._server is not None:
            self._server.close()
            await self._server.wait_closed()

    def _check_origin(self, connection: ServerConnection, request: Request) -> Response | None:
        if request.headers.get("Origin") in self._origins:
            return None
        return connection.respond(HTTPStatus.FORBIDDEN, "this page may not connect here\n")

    async def _serve(self, connection: ServerConnection) -> None:
        if not await self._is_known(connection):
            await connection.close(1008, "wrong token")
            return
        link = _SocketLink(connection)
        writer = asyncio.create_task(link.write())
        self._handler.opened(link)
        try:
            # Reading goes on while the connection closes: with unread messages, closing stalls.
            async for message in connection:
                self._handler.received(link, _decode(message))
        except ConnectionClosed:
            pass
        except ProtocolError as error:
            await connection.close(1007, str(error)[:120])
        finally:
            writer.cancel()
            self._handler.closed(link)

    async def _is_known(self, connection: ServerConnection) -> bool:
        try:
            async with asyncio.timeout(_HELLO_SECONDS):
                hello = _decode(await connection.recv())
        except (TimeoutError, ProtocolError, ConnectionClosed):
            return False
        token = str(hello.header.get("token", ""))
        return hello.type == "hello" and hmac.compare_digest(token.encode(), self.token.encode())


class _SocketLink:
    """Sends frames in order; never lets the session wait for a slow page."""

    def __init__(self, connection: ServerConnection) -> None:
        self._connection = connection
        self._waiting: deque[Frame] = deque()
        self._filled = asyncio.Event()

    def send(self, frame: Frame) -> None:
        self._waiting.append(frame)
        self._filled.set()

    def drop_audio(self) -> None:
        self._waiting = deque(frame for frame in self._waiting if not frame.pcm)

    async def write(self) -> None:
        while True:
            await self._filled.wait()
            self._filled.clear()
            with contextlib.suppress(ConnectionClosed):  # the reader finds out and ends the link
                while self._waiting:
                    await self._connection.send(encode_frame(self._waiting.popleft()))


def _decode(message: str | bytes) -> Frame:
    if isinstance(message, str):
        raise ProtocolError("a text message arrived where only binary frames are spoken")
    return decode_frame(message)
