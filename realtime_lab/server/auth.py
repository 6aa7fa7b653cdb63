"""Who may open a session: the key, wherever a client can put it, and the page it comes from."""

from __future__ import annotations

import hmac
from collections.abc import Iterator
from typing import Protocol
from urllib.parse import urlsplit

from .handshake import HandshakeRefused

__all__ = ["check_key", "check_origin"]

_KEY_PROTOCOL = "openai-insecure-api-key."
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


class _Request(Protocol):
    """What is read of a handshake (a starlette ``WebSocket`` has it all)."""

    @property
    def headers(self) -> _Lookup: ...

    @property
    def query_params(self) -> _Lookup: ...

    @property
    def scope(self) -> dict: ...


class _Lookup(Protocol):
    def get(self, key: str, default: str = "") -> str: ...


def check_key(request: _Request, key: str) -> None:
    """Let pass whoever shows ``key``.

    Looked for where clients of both services put it: ``Authorization: Bearer``, the ``api-key``
    header, the same two in the query (for browsers), and the ``openai-insecure-api-key.…``
    subprotocol.

    Raises:
        HandshakeRefused: 401, in Azure's words.
    """
    expected = key.encode()
    # Every candidate is compared, so that the time taken tells nothing about the key.
    matches = [hmac.compare_digest(shown.encode(), expected) for shown in _keys_shown(request)]
    if not any(matches):
        raise HandshakeRefused(
            401,
            "401",
            "Access denied due to invalid subscription key or wrong API endpoint. "
            "Make sure to provide a valid key for an active subscription and use a correct "
            "regional API endpoint for your resource.",
        )


def _keys_shown(request: _Request) -> Iterator[str]:
    for place in (request.headers, request.query_params):
        yield place.get("api-key", "")
        scheme, _, token = place.get("authorization", "").partition(" ")
        if scheme.lower() == "bearer":
            yield token.strip()
    scheme, _, token = request.query_params.get("Authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        yield token.strip()
    for protocol in request.scope.get("subprotocols", ()):
        if protocol.startswith(_KEY_PROTOCOL):
            yield protocol.removeprefix(_KEY_PROTOCOL)


def check_origin(origin: str | None) -> None:
    """Let pass programs (which send no ``Origin``) and pages of this machine.

    Raises:
        HandshakeRefused: 403 for a page from anywhere else.
    """
    if origin is None:
        return
    try:
        host = urlsplit(origin).hostname
    except ValueError:
        host = None
    if host not in _LOOPBACK:
        raise HandshakeRefused(
            403, "403", "Pages from this origin may not connect; open the page from localhost."
        )
