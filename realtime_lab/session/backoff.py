"""When a connection that was lost is made again: how often, after how long, and for which reasons.

No clock and no randomness of its own: both are passed in.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import isfinite
from random import Random

from ..errors import (
    AuthenticationError,
    ConnectError,
    EndpointError,
    InsecureTransport,
    RealtimeLabError,
    SessionClosed,
    SessionError,
    Unreachable,
)

__all__ = [
    "CLOSE_CODES",
    "HANDSHAKE_STATUSES",
    "RECONNECT",
    "Backoff",
    "Reason",
    "Reconnect",
    "worth_retrying",
]

JITTER = 0.25
"""A wait is shortened by up to this share, so that many clients do not come back at once."""


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a connection ended or was refused, and whether trying again can help."""

    meaning: str
    retried: bool
    source: str


_RFC = "RFC 6455, section 7.4.1"
_SDK = "the openai SDK for Python, its recoverable close codes"
_SEEN = "seen on api.openai.com"
_AZURE = "Azure OpenAI, REST reference of errors"
_HTTP = "RFC 9110, section 15"

CLOSE_CODES: Mapping[int, Reason] = {
    1000: Reason("the service ended the session as planned", False, _RFC),
    1001: Reason("the session reached its longest duration, or the server stops", True, _SDK),
    1002: Reason("one side broke the WebSocket protocol", False, _RFC),
    1003: Reason("a kind of message that is not accepted", False, _RFC),
    1005: Reason("closed without a code", True, _SDK),
    1006: Reason("the network broke off", True, _SDK),
    1007: Reason("a message that is not UTF-8", False, _RFC),
    1008: Reason("against a policy of the service", False, _RFC),
    1009: Reason("a message that is too big", False, _RFC),
    1010: Reason("an extension that is missing", False, _RFC),
    1011: Reason("the server had an error", True, _SDK),
    1012: Reason("the server restarts", True, _SDK),
    1013: Reason("the server is busy, later perhaps", True, _SDK),
    1014: Reason("a gateway got no good answer", True, "the IANA registry of close codes"),
    1015: Reason("TLS failed", True, _SDK),
    3000: Reason("the key was refused", False, _SEEN),
    4000: Reason("the request cannot be served: no model, or the preview shape", False, _SEEN),
    4004: Reason("the model does not exist, or is not yours", False, _SEEN),
}
"""Close codes of a WebSocket; one that is not here is not retried."""

HANDSHAKE_STATUSES: Mapping[int, Reason] = {
    400: Reason("a query or an api-version that is not supported", False, _AZURE),
    401: Reason("the key or token was refused", False, _AZURE),
    403: Reason("the network or a missing role forbids it", False, _AZURE),
    404: Reason("no such resource or deployment", False, _AZURE),
    408: Reason("the request took too long", True, _HTTP),
    425: Reason("too early", True, _HTTP),
    429: Reason("no capacity, or too many connections", True, _AZURE),
    431: Reason("too many headers", False, _AZURE),
    500: Reason("the server had an error", True, _AZURE),
    502: Reason("a gateway got no good answer", True, _HTTP),
    503: Reason("the service is down or overloaded", True, _AZURE),
    504: Reason("a gateway waited in vain", True, _HTTP),
}
"""HTTP statuses of a refused handshake; one that is not here is not retried."""


@dataclass(frozen=True, slots=True)
class Reconnect:
    """How a session comes back when its connection is lost.

    All times are in seconds. The waits double from ``first`` to ``longest``, each shortened by
    chance by up to a quarter; where the service says how long to wait (``retry-after``), it is
    at least that. Given up is after ``tries`` tries at each endpoint, or when the next one would
    come later than ``within`` after the loss. ``notice`` is the time after which a connection
    that is silent, pings included, counts as lost, give or take a second: a ping goes out every
    0.4 of it, and 0.6 of it is what an answer may take. ``microphone`` is how much of the user's
    audio is kept to be sent again.

    Tries are counted anew once a connection was of use: it brought an answer, or lasted for
    ``longest``.

    Raises:
        SessionError: for figures that make no sense.
    """

    tries: int = 6
    first: float = 0.5
    longest: float = 8.0
    within: float = 120.0
    notice: float = 10.0
    microphone: float = 10.0

    def __post_init__(self) -> None:
        times = (self.first, self.longest, self.within, self.notice, self.microphone)
        if not all(isfinite(time) and time >= 0 for time in times):
            raise SessionError(f"{self}: times are seconds, 0 or more")
        if self.tries < 1:
            raise SessionError(f"{self}: there is at least one try; reconnect=None is for none")
        if self.notice == 0:
            raise SessionError(f"{self}: no connection answers in no time; raise notice")
        if self.longest < self.first:
            raise SessionError(f"{self}: the longest wait is shorter than the first")


RECONNECT = Reconnect()
"""What a session does unless it is told otherwise."""


class Backoff:
    """The waits before the tries, by a plan and chance."""

    def __init__(self, plan: Reconnect, random: Random) -> None:
        self._plan = plan
        self._random = random

    def wait(self, attempt: int, retry_after: float | None = None) -> float:
        """Seconds before that try, the first being 1. ``retry_after`` is the service's own wish."""
        # Beyond 2**60 every plan has long been at its longest wait.
        doubled = self._plan.first * 2.0 ** min(attempt - 1, 60)
        wait = min(self._plan.longest, doubled) * (1 - JITTER * self._random.random())
        return max(wait, retry_after or 0.0)


def worth_retrying(error: RealtimeLabError) -> bool:
    """Whether what ended or refused a connection may be gone at the next try."""
    if isinstance(error, SessionClosed):
        reason = CLOSE_CODES.get(error.code or 1006)
        return reason is not None and reason.retried
    if isinstance(error, AuthenticationError) or not isinstance(error, ConnectError):
        return False
    if isinstance(error, Unreachable) and error.stage == "tls":  # a certificate stays what it is
        return False
    if error.status is None:  # nobody answered
        return isinstance(error, EndpointError) and not isinstance(error, InsecureTransport)
    reason = HANDSHAKE_STATUSES.get(error.status)
    return reason is not None and reason.retried
