"""Who may open a session: the key, wherever a client can put it, and the page it comes from."""

from __future__ import annotations

import hmac
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from .handshake import Handshake, HandshakeError

__all__ = ["Access", "Grant", "check_origin"]

_KEY_PROTOCOL = "openai-insecure-api-key."
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


@dataclass(frozen=True, slots=True)
class Grant:
    """What a client may do: open a session, with the settings that its key was made for."""

    session: dict[str, Any] | None = None


class Access:
    """Decides who may open a session.

    ``key`` is the resource key. It is looked for where clients of both services put it:
    ``Authorization: Bearer``, the ``api-key`` header, the same two in the query (for browsers),
    and the ``openai-insecure-api-key.…`` subprotocol.
    """

    def __init__(self, key: str) -> None:
        self._key = key.encode()

    def check(self, handshake: Handshake) -> Grant:
        """Let pass whoever shows the key.

        Raises:
            HandshakeError: 401, in Azure's words.
        """
        # Every candidate is compared, so that the time taken tells nothing about the key.
        shown = list(_keys_shown(handshake))
        matches = [hmac.compare_digest(candidate.encode(), self._key) for candidate in shown]
        if not any(matches):
            raise HandshakeError(
                401,
                "401",
                "Access denied due to invalid subscription key or wrong API endpoint. "
                "Make sure to provide a valid key for an active subscription and use a correct "
                "regional API endpoint for your resource.",
            )
        return Grant()


def _keys_shown(handshake: Handshake) -> Iterator[str]:
    headers, query = handshake.headers, handshake.query
    for place in (headers, query):
        yield place.get("api-key", "")
    for authorization in (headers.get("authorization", ""), query.get("Authorization", "")):
        scheme, _, token = authorization.partition(" ")
        if scheme.lower() == "bearer":
            yield token.strip()
    for protocol in handshake.subprotocols:
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
