"""Finds the step at which a connection fails: name, network, proxy, certificate, access, session.

Nothing is said on the way: no audio, no text, no settings. The session that comes about at the end
is closed at once.
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
import ssl
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from ..errors import (
    ApiVersionRetired,
    AuthenticationError,
    BetaShapeDisabled,
    ConnectError,
    ConsentMissing,
    DeploymentNotFound,
    ModelNotRealtime,
    NetworkBlocked,
    RateLimitedConnect,
    RealtimeLabError,
    ServiceFailedConnect,
    SessionClosed,
    Unreachable,
)
from ..protocol import ErrorEvent, SessionCreated, dialect_named
from .consent import CONSENT
from .endpoints import Endpoint, EndpointSource
from .failures import CLOSED_FOR_REFUSAL
from .transport import Transport, connect_failure, open_websocket, turned_away

__all__ = ["Step", "probe"]

SECONDS = 10.0
STAGES = {"dns": "DNS", "tcp": "TCP", "proxy": "proxy", "tls": "TLS", "http": "HTTP"}
STEPS: tuple[tuple[type[ConnectError], str], ...] = (
    (AuthenticationError, "access"),
    (NetworkBlocked, "network rules"),
    (DeploymentNotFound, "deployment"),
    (ApiVersionRetired, "api-version"),
    (ModelNotRealtime, "model"),
    (BetaShapeDisabled, "dialect"),
    (RateLimitedConnect, "rate limit"),
    (ServiceFailedConnect, "service"),
    (ConsentMissing, "consent"),
)


@dataclass(frozen=True, slots=True)
class Step:
    """One step on the way to a session: its name, whether it was taken, and what there is to tell.

    ``failure`` is the error that `connect` would raise; ``warns`` marks what works still.
    """

    name: str
    told: str
    failure: RealtimeLabError | None = None
    warns: bool = False

    @property
    def is_taken(self) -> bool:
        return self.failure is None


async def probe(
    source: EndpointSource,
    *,
    agree: bool | None = None,
    seconds: float = SECONDS,
    clock: Callable[[], float] = time.monotonic,
) -> list[Step]:
    """Take every step up to ``session.created``; the last one in the list is the one that failed.

    A step may take ``seconds``. ``agree`` is the consent to connect to another machine; ``None``
    asks.
    """
    steps: list[Step] = []
    try:
        endpoint = await source.open()
        async for step in _steps(endpoint, agree, seconds, clock):
            steps.append(step)
    except RealtimeLabError as failure:
        steps.append(Step(_name_of(failure), str(failure), failure))
    return steps


async def _steps(
    endpoint: Endpoint, agree: bool | None, seconds: float, clock: Callable[[], float]
) -> AsyncIterator[Step]:
    yield Step("address", f"{endpoint.url} ({endpoint.dialect} dialect)")
    for retirement in endpoint.retirements:
        yield Step("retirement", str(retirement), warns=True)
    await asyncio.to_thread(CONSENT.require, endpoint, agree)
    proxy = endpoint.route.proxy_to(endpoint.url)
    if proxy is not None:
        yield Step("proxy", f"{proxy.shown} (from {proxy.source})")
    async for step in _reached(endpoint, seconds, clock):
        yield step
    credential = endpoint.credential
    begun = clock()
    transport = await open_websocket(endpoint, timeout=seconds)
    try:
        shown = credential.shown if credential else "nothing, and nothing was asked for"
        yield Step("access", f"HTTP 101 in {_ms(clock() - begun)}; shown was {shown}")
        begun = clock()
        yield Step("session", await _session(endpoint, transport, seconds, begun, clock))
    finally:
        await transport.close()


async def _reached(
    endpoint: Endpoint, seconds: float, clock: Callable[[], float]
) -> AsyncIterator[Step]:
    """Name, network and certificate, as far as they can be tried without the proxy's help."""
    proxy = endpoint.route.proxy_to(endpoint.url)
    parts = urlsplit(endpoint.url)
    secure = parts.scheme == "wss"
    host, port = endpoint.host, parts.port or (443 if secure else 80)
    if proxy is not None:
        host, port = proxy.host, proxy.port
    loop = asyncio.get_running_loop()
    try:
        async with asyncio.timeout(seconds):
            begun = clock()
            found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
            yield Step("DNS", f"{host} is {_listed(addresses)}")
            _, writer = await asyncio.open_connection(host, port)
            writer.close()
            yield Step("TCP", f"{host}:{port} answers in {_ms(clock() - begun)}")
            if secure and proxy is None:
                trust = await asyncio.to_thread(endpoint.route.tls)
                _, writer = await asyncio.open_connection(host, port, ssl=trust)
                told = _certificate(writer.get_extra_info("ssl_object"))
                writer.close()
                yield Step("TLS", told)
    except OSError as error:  # a time-out is one, too
        failure = connect_failure(endpoint, proxy, error, seconds)
    else:
        return
    raise failure


async def _session(
    endpoint: Endpoint,
    transport: Transport,
    seconds: float,
    begun: float,
    clock: Callable[[], float],
) -> str:
    """What the service says first.

    Raises:
        ConnectError: if it is not that a session begins.
    """
    dialect = dialect_named(endpoint.dialect)
    code, said = "", ""
    try:
        async with asyncio.timeout(seconds):
            while True:
                event = dialect.decode_server(await transport.receive())
                if isinstance(event, SessionCreated):
                    model = event.session.model or endpoint.model
                    return f"session.created in {_ms(clock() - begun)}: {model}"
                if isinstance(event, ErrorEvent):
                    code, said = event.error.code or "", event.error.message
    except TimeoutError:
        failure: ConnectError = Unreachable(
            f"{endpoint.host} accepted the connection but did not begin a session within "
            f"{seconds:g} s; check that it speaks the Realtime protocol",
            stage="http",
        )
    except SessionClosed as closed:
        if closed.code in CLOSED_FOR_REFUSAL:
            failure = turned_away(endpoint, closed.code, code, said)
        else:
            why = f": {said.rstrip('.')}" if said else ""
            failure = ConnectError(f"{closed}{why}; {ConnectError.advice}")
    raise failure


def _name_of(failure: RealtimeLabError) -> str:
    if isinstance(failure, Unreachable):
        return STAGES[failure.stage]
    return next((name for kind, name in STEPS if isinstance(failure, kind)), "session")


def _listed(addresses: list[str]) -> str:
    kinds = []
    for address in addresses[:4]:
        private = ipaddress.ip_address(address.partition("%")[0]).is_private
        kinds.append(f"{address} (private)" if private else address)
    more = f" and {len(addresses) - 4} more" if len(addresses) > 4 else ""
    return ", ".join(kinds) + more


def _certificate(tls: ssl.SSLObject) -> str:
    peer: Any = tls.getpeercert() or {}
    issuer = {name: value for part in peer.get("issuer", ()) for name, value in part}
    name = issuer.get("organizationName") or issuer.get("commonName") or "an unnamed authority"
    return f"{tls.version()}, certificate of {name}, good until {peer.get('notAfter', '?')}"


def _ms(seconds: float) -> str:
    return f"{1000 * seconds:.0f} ms"
