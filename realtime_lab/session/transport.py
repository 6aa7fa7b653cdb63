"""How events travel: a WebSocket, behind a small interface."""

from __future__ import annotations

import contextlib
import json
from typing import Any, Protocol

from ..errors import AuthenticationError, ConnectError, EndpointError, SessionClosed
from .endpoints import LOOPBACK, Endpoint

__all__ = ["Transport", "WebSocketTransport", "open_websocket"]

CLOSE_SECONDS = 1.0


class Transport(Protocol):
    """Carries whole events as JSON text, in order, both ways."""

    async def send(self, data: bytes) -> None:
        """Send one event.

        Raises:
            SessionClosed: if the connection is gone.
        """
        ...

    async def receive(self) -> bytes:
        """The next event.

        Raises:
            SessionClosed: at the end of the connection, however it came.
        """
        ...

    async def close(self) -> None:
        """End the connection. Somebody must go on receiving until it is closed."""
        ...


class WebSocketTransport:
    """A `Transport` over a connection of the ``websockets`` library."""

    def __init__(self, connection: Any) -> None:
        from websockets.exceptions import ConnectionClosed

        self._connection = connection
        self._closed = ConnectionClosed

    async def send(self, data: bytes) -> None:
        try:
            await self._connection.send(data, text=True)
        except self._closed as closed:
            raise _closed(closed) from None

    async def receive(self) -> bytes:
        try:
            return await self._connection.recv(decode=False)
        except self._closed as closed:
            raise _closed(closed) from None

    async def close(self) -> None:
        await self._connection.close()


async def open_websocket(endpoint: Endpoint, *, timeout: float = 10.0) -> WebSocketTransport:
    """Connect to an endpoint.

    Raises:
        EndpointError: if nobody answers there, or not as this protocol does.
        AuthenticationError: if the key is refused.
    """
    from websockets.asyncio.client import connect as following_connect
    from websockets.exceptions import InvalidHandshake, InvalidStatus, InvalidURI

    class connect(following_connect):  # noqa: N801
        def process_redirect(self, exc: Exception) -> Exception | str:
            # The key would go along, to whatever machine the answer names.
            return exc

    try:
        connection = await connect(
            endpoint.url,
            additional_headers=dict(endpoint.headers()),
            # Deflate costs four times the CPU and audio hardly shrinks.
            compression=None,
            max_size=None,
            # A full receive queue stalls the closing handshake for its whole time-out; the session
            # reads all the time, so the queue needs no bound.
            max_queue=None,
            close_timeout=CLOSE_SECONDS,
            open_timeout=timeout,
            # Audio must not pass a proxy on its way to this machine itself.
            proxy=None if endpoint.host in LOOPBACK else True,
        )
    except InvalidStatus as error:
        raise _refused(endpoint, error) from None
    except InvalidURI:
        raise EndpointError(f"{endpoint.url} is no WebSocket address; check it") from None
    except TimeoutError:
        raise EndpointError(
            f"{endpoint.host} did not answer within {timeout:g} s; check the address and the "
            "network"
        ) from None
    except (OSError, InvalidHandshake) as error:
        raise EndpointError(
            f"nobody answers at {_address(endpoint)} ({_reason(error)}); check the address, and "
            "that the server is running"
        ) from None
    return WebSocketTransport(connection)


def _refused(endpoint: Endpoint, error: Any) -> ConnectError:
    status = error.response.status_code
    body = _what_it_said(error.response.body or b"").strip().rstrip(".")
    said = f": {body}" if body else ""
    if status in (401, 403):
        return AuthenticationError(
            f"{endpoint.host} refused the key (HTTP {status}){said}; check the key and that it "
            "belongs to this resource"
        )
    if status == 404:
        return EndpointError(
            f"{endpoint.host} knows no realtime deployment {endpoint.model!r} (HTTP 404){said}; "
            "check the deployment's name and the address"
        )
    if status == 429:
        return ConnectError(
            f"{endpoint.host} has no capacity for this session (HTTP 429){said}; wait and retry"
        )
    if 300 <= status < 400:
        return EndpointError(
            f"{endpoint.host} redirects to another address (HTTP {status}), which is not followed "
            "as the key would go along; connect to that address itself"
        )
    return EndpointError(f"{endpoint.host} refused the session (HTTP {status}){said}")


def _what_it_said(body: bytes) -> str:
    """The message in the body of a refusal, or its beginning where it is not built as usual."""
    with contextlib.suppress(ValueError, LookupError, TypeError):
        return str(json.loads(body)["error"]["message"])
    return body.decode(errors="replace")[:300]


def _closed(closed: Any) -> SessionClosed:
    frame = closed.rcvd or closed.sent
    if frame is None:
        return SessionClosed("the connection broke off; connect again", code=1006)
    reason = f" ({frame.reason})" if frame.reason else ""
    if frame.code in (1000, 1001) and not frame.reason:
        return SessionClosed("the session was closed; connect again", code=frame.code)
    return SessionClosed(
        f"the service closed the session with code {frame.code}{reason}; connect again",
        code=frame.code,
    )


def _address(endpoint: Endpoint) -> str:
    return endpoint.url.partition("?")[0]


def _reason(error: Exception) -> str:
    return getattr(error, "strerror", None) or str(error) or type(error).__name__
