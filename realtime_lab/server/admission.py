"""What a client is told of the rate limits: when it comes, and when something does not fit."""

from __future__ import annotations

import math
from collections.abc import Mapping
from random import Random
from uuid import UUID

from ..protocol import ResponseError
from .handshake import Handshake, HandshakeError
from .limits import LimitReachedError, RateLimits

__all__ = ["admit", "response_refusal", "service_headers"]

_KIND = {"tokens": "token rate limit", "requests": "call rate limit"}
_UNIT = {"tokens": "tokens per min (TPM)", "requests": "requests per min (RPM)"}


def admit(handshake: Handshake, limits: RateLimits) -> dict[str, str]:
    """Count a session that is to be opened; the headers that tell what is left.

    Raises:
        HandshakeError: 429, with ``retry-after`` (seconds) and ``retry-after-ms``.
    """
    try:
        limits.admit()
    except LimitReachedError as reached:
        raise _too_many(handshake, reached, _told(limits)) from None
    return _told(limits)


def response_refusal(reached: LimitReachedError, model: str) -> ResponseError:
    """Why a response that does not fit the limits has failed."""
    figures = f"Limit {reached.limit}, Used {reached.used}, Requested {reached.asked}."
    unit = _UNIT[reached.name]
    if reached.seconds is None:
        message = (
            f"Request too large for {model} on {unit}: {figures} Shorten the conversation or "
            "lower the maximum of output tokens."
        )
    else:
        wait = max(0.001, math.ceil(reached.seconds * 1000) / 1000)
        message = f"Rate limit reached for {model} on {unit}: {figures} Try again in {wait}s."
    return ResponseError(type="rate_limit_exceeded", code="rate_limit_exceeded", message=message)


def service_headers(handshake: Handshake, random: Random, region: str) -> dict[str, str]:
    """What Azure's gateway adds to every answer; ``random`` makes the id of the request."""
    if handshake.service == "openai":
        return {}
    request_id = UUID(int=random.getrandbits(128), version=4)
    return {"apim-request-id": str(request_id), "x-ms-region": region}


def _told(limits: RateLimits) -> dict[str, str]:
    headers = {}
    for state in limits.states():
        headers[f"x-ratelimit-limit-{state.name}"] = str(state.limit)
        headers[f"x-ratelimit-remaining-{state.name}"] = str(state.remaining)
        headers[f"x-ratelimit-reset-{state.name}"] = f"{state.reset_seconds:g}s"
    return headers


def _too_many(
    handshake: Handshake, reached: LimitReachedError, headers: Mapping[str, str]
) -> HandshakeError:
    assert reached.seconds is not None, "a single session always fits at some time"
    milliseconds = max(1, math.ceil(reached.seconds * 1000))
    seconds = math.ceil(milliseconds / 1000)
    version = handshake.query.get("api-version") or "v1"
    limit = _KIND.get(reached.name, "connection rate limit")
    return HandshakeError(
        429,
        "429",
        f"Requests to the Realtime_Connect Operation under Azure OpenAI API version {version} "
        f"have exceeded the {limit} of your current tier: {reached.limit} {reached.name} a "
        f"minute. Please retry after {seconds} seconds.",
        headers={**headers, "retry-after": str(seconds), "retry-after-ms": str(milliseconds)},
    )
