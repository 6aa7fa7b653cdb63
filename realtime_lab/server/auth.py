"""Who may open a session: the key, wherever a client can put it, and the page it comes from."""

from __future__ import annotations

import hmac
from collections.abc import Iterator, Mapping, Sequence
from urllib.parse import urlsplit

from .handshake import HandshakeError

__all__ = ["check_key", "check_origin"]

_KEY_PROTOCOL = "openai-insecure-api-key."
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


def check_key(
    key: str,
    headers: Mapping[str, str],
    query: Mapping[str, str],
    subprotocols: Sequence[str],
) -> None:
    """Let pass whoever shows ``key``.

    Looked for where clients of both services put it: ``Authorization: Bearer``, the ``api-key``
    header, the same two in the query (for browsers), and the ``openai-insecure-api-key.…``
    subprotocol.

    Raises:
        HandshakeError: 401, in Azure's words.
    """
    expected = key.encode()
    # Every candidate is compared, so that the time taken tells nothing about the key.
    shown = list(_keys_shown(headers, query, subprotocols))
    matches = [hmac.compare_digest(candidate.encode(), expected) for candidate in shown]
    if not any(matches):
        raise HandshakeError(
            401,
            "401",
            "Access denied due to invalid subscription key or wrong API endpoint. "
            "Make sure to provide a valid key for an active subscription and use a correct "
            "regional API endpoint for your resource.",
        )


def _keys_shown(
    headers: Mapping[str, str], query: Mapping[str, str], subprotocols: Sequence[str]
) -> Iterator[str]:
    for place in (headers, query):
        yield place.get("api-key", "")
    for authorization in (headers.get("authorization", ""), query.get("Authorization", "")):
        scheme, _, token = authorization.partition(" ")
        if scheme.lower() == "bearer":
            yield token.strip()
    for protocol in subprotocols:
        if protocol.startswith(_KEY_PROTOCOL):
            yield protocol.removeprefix(_KEY_PROTOCOL)


def check_origin(origin: str | None) -> None:
    """Let pass programs (which send no ``Origin``) and pages of this machine.

    Raises:
        HandshakeError: 403 for a page from anywhere else.
    """
    if origin is None:
        return
    try:
        host = urlsplit(origin).hostname
    except ValueError:
        host = None
    if host not in _LOOPBACK:
        raise HandshakeError(
            403, "403", "Pages from this origin may not connect; open the page from localhost."
        )
