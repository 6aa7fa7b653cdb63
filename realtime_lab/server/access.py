"""Who may open a session: the key, wherever a client can put it, and the page it comes from."""

from __future__ import annotations

import hmac
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from .entra import TokenIssuer, refused_token
from .ephemeral import EphemeralKeys
from .handshake import Handshake, HandshakeError

__all__ = ["Access", "Grant", "check_origin"]

_KEY_PROTOCOL = "openai-insecure-api-key."
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


@dataclass(frozen=True, slots=True)
class Grant:
    """What a client may do: open a session, with the settings that its key was made for."""

    session: dict[str, Any] | None = None


class Access:
    """Decides who may open a session, and who may make keys for that.

    ``key`` is the resource key. It is looked for where clients of both services put it:
    ``Authorization: Bearer``, the ``api-key`` header, the same two in the query (for browsers),
    and the ``openai-insecure-api-key.…`` subprotocol. So are ephemeral keys, which are kept in
    ``ephemeral``. A bearer token of ``issuer`` does instead of the key on Azure's addresses, as
    OpenAI has no such tokens. ``wall`` is the time of day in seconds since 1970.
    """

    def __init__(
        self,
        key: str,
        *,
        issuer: TokenIssuer | None = None,
        wall: Callable[[], float] = time.time,
    ) -> None:
        self._key = _bytes(key)
        self._issuer = issuer
        self._wall = wall
        self.ephemeral = EphemeralKeys(wall)

    def check(self, handshake: Handshake) -> Grant:
        """Let pass whoever shows the key, a token or an ephemeral key.

        Raises:
            HandshakeError: as the service refuses whose address it is: Azure with 401 (403 for a
                token without a role), OpenAI in the socket.
        """
        for shown in _keys_shown(handshake):
            session = self.ephemeral.session_of(shown)
            if session is not None:
                return Grant(session)
        self.check_owner(handshake)
        return Grant()

    def check_owner(self, handshake: Handshake) -> None:
        """Let pass whoever shows the key or a token: an ephemeral key makes no others.

        Raises:
            HandshakeError: as `check` does.
        """
        # Every candidate is compared, so that the time taken tells nothing about the key.
        matches = [hmac.compare_digest(_bytes(k), self._key) for k in _keys_shown(handshake)]
        if any(matches):
            return
        if handshake.service == "openai":
            raise _refused_by_openai(handshake)
        token = next(filter(_is_token, _bearers(handshake)), None)
        if token is None:
            raise HandshakeError(
                401,
                "401",
                "Access denied due to invalid subscription key or wrong API endpoint. "
                "Make sure to provide a valid key for an active subscription and use a correct "
                "regional API endpoint for your resource.",
            )
        if self._issuer is None:
            raise refused_token()
        self._issuer.check(token, self._wall())


def _refused_by_openai(handshake: Handshake) -> HandshakeError:
    if any(_keys_shown(handshake)):
        # The service repeats the key with its middle masked; a log is better off without.
        return HandshakeError(
            401, "invalid_api_key", "Incorrect API key provided.", close_code=3000
        )
    message = "Missing bearer or basic authentication in header"
    return HandshakeError(401, None, message, close_code=3000)


def _keys_shown(handshake: Handshake) -> Iterator[str]:
    for place in (handshake.headers, handshake.query):
        yield place.get("api-key", "")
    yield from _bearers(handshake)
    for protocol in handshake.subprotocols:
        if protocol.startswith(_KEY_PROTOCOL):
            yield protocol.removeprefix(_KEY_PROTOCOL)


def _bearers(handshake: Handshake) -> Iterator[str]:
    headers, query = handshake.headers, handshake.query
    for authorization in (headers.get("authorization", ""), query.get("Authorization", "")):
        scheme, _, token = authorization.partition(" ")
        if scheme.lower() == "bearer":
            yield token.strip()


def _is_token(value: str) -> bool:
    """Whether it has the three parts of a JSON Web Token."""
    return value.startswith("eyJ") and value.count(".") == 2


def _bytes(value: str) -> bytes:
    """For comparing; a header may hold bytes that are no text."""
    return value.encode("utf-8", "surrogatepass")


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
