"""Why a response is not what was asked for: the class of the failure, and the reason in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ..errors import (
    ContentFiltered,
    MaxTokensReached,
    RateLimitedResponse,
    ResponseFailed,
    ServiceFailedResponse,
)
from .responses import Response

__all__ = ["FAILURE_CODES", "Shortfall", "shortfall"]

FAILURE_CODES: Mapping[str, type[ResponseFailed]] = {
    "429": RateLimitedResponse,
    "insufficient_quota": RateLimitedResponse,
    "inference_rate_limit_exceeded": RateLimitedResponse,
    "rate_limit_exceeded": RateLimitedResponse,
    "content_filter": ContentFiltered,
    "max_output_tokens": MaxTokensReached,
    "server_error": ServiceFailedResponse,
    "internal_error": ServiceFailedResponse,
    "failed": ResponseFailed,
}
"""What services call a failure of a response, as a code, a type or a reason."""
_WORDS = {
    "content_filter": "a content filter stopped it",
    "max_output_tokens": "it was cut off at the most tokens that it may have",
}
"""Reasons of which a service gives no sentence."""


@dataclass(frozen=True, slots=True)
class Shortfall:
    """What a response lacks: ``kind`` is the class of that failure, ``code`` the service's word
    for it (empty where it gave none), ``reason`` a sentence without its full stop."""

    kind: type[ResponseFailed]
    code: str
    reason: str

    def __str__(self) -> str:
        return f"{self.reason}; {self.kind.advice}"


def shortfall(response: Response) -> Shortfall | None:
    """Why a response is ``failed`` or ``incomplete``; ``None`` for any other."""
    if response.status not in ("failed", "incomplete"):
        return None
    details = response.status_details
    error = (details.error or None) if details else None
    code = (error.code or error.type or "") if error else ""
    code = code or (details and details.reason) or ""
    said = ((error.message or "") if error else "").strip().rstrip(".")
    reason = said or _WORDS.get(code) or code or "no reason given"
    return Shortfall(FAILURE_CODES.get(code, ResponseFailed), code, reason)
