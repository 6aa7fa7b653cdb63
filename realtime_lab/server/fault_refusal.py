"""Handshakes that a fault refuses, in the words of Azure."""

from __future__ import annotations

from .faults import Fault
from .handshake import HandshakeError

__all__ = ["refusal_of"]

_REFUSALS: dict[int, tuple[str, str]] = {
    400: (
        "OpperationNotSupported",
        "The realtime operation does not work with the specified model. Please choose different "
        "model and try again.",
    ),
    401: (
        "401",
        "Access denied due to invalid subscription key or wrong API endpoint. Make sure to provide "
        "a valid key for an active subscription and use a correct regional API endpoint for your "
        "resource.",
    ),
    403: ("403", "Access denied due to Virtual Network/Firewall rules."),
    404: ("DeploymentNotFound", "The API deployment for this resource does not exist."),
    408: ("Timeout", "The operation was timeout."),
    429: (
        "429",
        "Requests to the Realtime_Connect Operation have exceeded the call rate limit of your "
        "current tier. Please retry after {seconds} seconds.",
    ),
}
_ERROR = ("InternalServerError", "The server had an error while processing your request.")
_RETRY_SECONDS = 10.0
_RETRIED = (429, 503)


def refusal_of(fault: Fault) -> HandshakeError:
    """What a client gets whose handshake that fault refuses."""
    status = fault["status"]
    code, message = _REFUSALS.get(status, _ERROR)
    wait = fault["retry_after"]
    if wait is None and status in _RETRIED:
        wait = _RETRY_SECONDS
    headers = {}
    if wait is not None:
        # Whole seconds in one, so that no client comes too early; Azure's own tells the rest.
        headers = {"retry-after": str(-int(-wait // 1)), "retry-after-ms": str(round(wait * 1000))}
        message = message.format(seconds=headers["retry-after"])
    return HandshakeError(
        status, fault["code"] or code, fault["message"] or message, headers=headers
    )
