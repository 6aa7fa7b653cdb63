"""How events travel: a WebSocket, behind a small interface."""

from __future__ import annotations

import asyncio
import logging
import socket
import ssl
import sys
from typing import Any, Protocol

from ..errors import (
    AuthenticationError,
    ConnectError,
    EndpointError,
    Unreachable,
)
from .endpoints import Endpoint
from .failures import Refusal, refusal_failure
from .incoming import Ended, Take
from .route import Proxy
from .secret import HIDDEN, without_keys

__all__ = ["Transport", "connect_failure", "open_websocket", "turned_away"]

CLOSE_SECONDS = 1.0
PING_SHARE = 0.4
"""The part of the time until a silent connection is given up that passes before a ping."""
SECRET_HEADERS = frozenset(
    {"api-key", "authorization", "cookie", "proxy-authorization", "set-cookie"}
)


class Transport(Protocol):
    """Carries whole events as JSON text, in order, both ways.

    What comes is handed to whoever listens, at once; while nobody does, it is kept.
    """

    def send(self, data: bytes) -> None:
        """Send one event; never blocks.

        Raises:
            SessionClosed: if the connection is gone, or about to be.
        """
        ...

    def listen(self, take: Take, ended: Ended) -> None:
        """Hand each event to ``take`` from now on, and to ``ended`` how the connection ended.

        What was kept comes first, in this call. Neither may raise.
        """
        ...

    def pause(self) -> None:
        """Nobody listens for now."""
        ...

    async def receive(self) -> bytes:
        """The next event, where nobody listens.

        Raises:
            SessionClosed: at the end of the connection, however it came.
        """
        ...

    async def close(self) -> None:
        """End the connection."""
        ...


async def open_websocket(
    endpoint: Endpoint, *, timeout: float = 10.0, notice: float = 10.0
) -> Transport:
    """Connect to an endpoint: through its proxy, with its trust, showing its credential.

    A token that is refused is asked for once more, and shown afresh. A connection over which
    nothing comes for ``notice`` seconds, pings unanswered, is broken off.

    Raises:
        EndpointError: if nobody answers there, or not as this protocol does.
        AuthenticationError: if the key or token is refused, or there is none.
        ConnectError: for any other refusal; the classes are those of `failure_class`.
    """
    found = await _attempt(endpoint, timeout, notice)
    credential = endpoint.credential
    refused = isinstance(found, AuthenticationError) and found.status == 401
    if refused and credential and credential.renewable:
        found = await _attempt(endpoint, timeout, notice, renew=True)
    if isinstance(found, ConnectError):
        # Raised here, where the library's own frames, which know the headers, are not behind it.
        raise found
    from .websocket import WebSocketTransport

    return WebSocketTransport(found)


async def _attempt(
    endpoint: Endpoint, timeout: float, notice: float, *, renew: bool = False
) -> Any:
    """The connection, or the error that tells why there is none."""
    from .websocket import connect

    headers = await endpoint.credential.headers(renew=renew) if endpoint.credential else {}
    proxy = endpoint.route.proxy_to(endpoint.url)
    trust: dict[str, Any] = {}
    if endpoint.url.startswith("wss:"):
        # Reading the machine's certificates takes longer than an audio frame.
        trust["ssl"] = await asyncio.to_thread(endpoint.route.tls)
    try:
        return await connect(
            endpoint.url,
            additional_headers=headers,
            # Deflate costs four times the CPU and audio hardly shrinks.
            compression=None,
            max_size=None,
            # Where the library waits for room to write, its pings wait too, and a line that takes
            # nothing any more is never given up.
            write_limit=sys.maxsize,
            close_timeout=CLOSE_SECONDS,
            open_timeout=timeout,
            ping_interval=PING_SHARE * notice,
            ping_timeout=(1 - PING_SHARE) * notice,
            proxy=proxy.reveal() if proxy else None,
            logger=_quiet_logger(),
            **trust,
        )
    except Exception as error:
        return connect_failure(endpoint, proxy, error, timeout)


def turned_away(endpoint: Endpoint, close_code: int | None, code: str, said: str) -> ConnectError:
    """The error for a socket that was accepted and closed before a session began."""
    refusal = Refusal(close_code=close_code, code=code, message=said)
    return _refused(endpoint, refusal)


def _refused(endpoint: Endpoint, refusal: Refusal) -> ConnectError:
    credential = endpoint.credential
    return refusal_failure(
        refusal,
        host=endpoint.host,
        model=endpoint.model,
        api_version=endpoint.api_version,
        shown=credential.shown if credential else "",
        advice=credential.advice() if credential else "",
    )


def connect_failure(
    endpoint: Endpoint, proxy: Proxy | None, error: Exception, timeout: float
) -> ConnectError:
    """What it means that connecting ended in an error of the library or of the system."""
    from websockets import exceptions as ws

    if isinstance(error, ws.InvalidStatus):
        response = error.response
        refusal = Refusal.of_response(
            response.status_code, dict(response.headers.raw_items()), bytes(response.body or b"")
        )
        return _refused(endpoint, refusal)
    if isinstance(error, ws.InvalidURI):
        return EndpointError(f"{endpoint.url} is no WebSocket address; check it")
    if isinstance(error, ws.InvalidProxyStatus):
        return _refused_by_proxy(endpoint, proxy, error.response.status_code)
    if isinstance(error, TimeoutError):
        through = f" through the proxy {proxy.shown}" if proxy else ""
        return Unreachable(
            f"{endpoint.host} did not answer within {timeout:g} s{through}; check the address and "
            "the network"
        )
    if isinstance(error, ssl.SSLError):
        return _untrusted(endpoint, error)
    first = proxy.shown if proxy else _address(endpoint)
    host = proxy.host if proxy else endpoint.host
    if isinstance(error, socket.gaierror):
        return Unreachable(
            f"no machine is called {host} ({_reason(error)}); check the name"
            + (" of the proxy" if proxy else ", and whether this network knows it"),
            stage="dns",
        )
    if proxy and isinstance(error, OSError | ws.ProxyError | ws.InvalidProxy):
        return Unreachable(
            f"the proxy {first} (from {proxy.source}) gives no connection to {endpoint.host} "
            f"({_reason(error)}); check the proxy, or pass proxy=False for the straight way",
            stage="proxy",
        )
    if proxy and isinstance(error, ImportError):
        return Unreachable(
            f"a SOCKS proxy such as {first} needs python-socks: pip install python-socks",
            stage="proxy",
        )
    if isinstance(error, ws.InvalidHandshake | ws.InvalidMessage):
        return Unreachable(
            f"what answers at {_address(endpoint)} does not speak WebSocket ({_reason(error)}); "
            "check the address and its scheme",
            stage="http",
        )
    return Unreachable(
        f"nobody answers at {_address(endpoint)} ({_reason(error)}); check the address, and that "
        "the server is running"
    )


def _refused_by_proxy(endpoint: Endpoint, proxy: Proxy | None, status: int) -> ConnectError:
    if status == 407:
        return _refused(endpoint, Refusal(status=status))
    shown = proxy.shown if proxy else "the proxy"
    return Unreachable(
        f"the proxy {shown} lets nobody through to {endpoint.host} (HTTP {status}); ask who runs "
        "it to allow that host, or pass proxy=False for the straight way",
        stage="proxy",
        status=status,
    )


def _untrusted(endpoint: Endpoint, error: ssl.SSLError) -> Unreachable:
    reason = getattr(error, "verify_message", "") or error.reason or _reason(error)
    if isinstance(error, ssl.SSLCertVerificationError):
        return Unreachable(
            f"the certificate of {endpoint.host} is not trusted ({reason}); if a company's own "
            "authority signed it, pass that one's file as ca=, or name it in SSL_CERT_FILE",
            stage="tls",
        )
    return Unreachable(
        f"no encrypted connection to {endpoint.host} came about ({reason}); check that the port "
        "speaks TLS, or whether something in between breaks it",
        stage="tls",
    )


class _HideSecrets(logging.Filter):
    """Keeps keys out of the library's log of what it sends, which has every header."""

    def filter(self, record: logging.LogRecord) -> bool:
        if record.msg == "> %s: %s" and isinstance(record.args, tuple) and len(record.args) == 2:
            name, value = record.args
            hides = str(name).lower() in SECRET_HEADERS
            record.args = (name, HIDDEN if hides else value)
        return True


def _quiet_logger() -> logging.Logger:
    """A logger of ours below the library's, so that its level and handlers are in force."""
    logger = logging.getLogger("websockets.client.realtime_lab")
    if not any(isinstance(known, _HideSecrets) for known in logger.filters):
        logger.addFilter(_HideSecrets())
    return logger


def _address(endpoint: Endpoint) -> str:
    return endpoint.url.partition("?")[0]


def _reason(error: Exception) -> str:
    # `msg` comes first: where the address of a proxy is wrong, the whole text repeats it.
    told = getattr(error, "strerror", None) or getattr(error, "msg", None) or str(error)
    told = told or type(error).__name__
    return without_keys(told)
