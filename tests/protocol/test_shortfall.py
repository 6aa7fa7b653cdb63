"""Why a response is not what was asked for."""

from typing import Any

import pytest

from realtime_lab.errors import (
    ContentFiltered,
    MaxTokensReached,
    RateLimitedResponse,
    ResponseFailed,
    ServiceFailedResponse,
)
from realtime_lab.protocol import Response, ResponseError, StatusDetails, shortfall


def ended(status: Any, reason: str = "", **error: Any) -> Response:
    details = StatusDetails(type=status)
    if reason:
        details.reason = reason
    if error:
        details.error = ResponseError(**error)
    return Response(id="r", status=status, status_details=details)


@pytest.mark.parametrize("response", [
    ended("completed"),
    ended("cancelled", "turn_detected"),
    ended("in_progress"),
])  # fmt: skip
def test_what_ended_as_it_was_meant_to_lacks_nothing(response: Response):
    assert shortfall(response) is None


@pytest.mark.parametrize(
    ("response", "kind", "reason"),
    [
        (
            ended("incomplete", "content_filter"),
            ContentFiltered,
            "a content filter stopped it",
        ),
        (
            ended("incomplete", "max_output_tokens"),
            MaxTokensReached,
            "it was cut off at the most tokens that it may have",
        ),
        (ended("incomplete", "tired"), ResponseFailed, "tired"),
        (
            ended("failed", type="server_error", message="It broke."),
            ServiceFailedResponse,
            "It broke",
        ),
        (
            ended("failed", type="invalid_request_error", code="content_filter", message="No."),
            ContentFiltered,
            "No",
        ),
        (
            ended("failed", type="tokens", code="rate_limit_exceeded"),
            RateLimitedResponse,
            "rate_limit_exceeded",
        ),
        (ended("failed"), ResponseFailed, "no reason given"),
        (Response(id="r", status="failed"), ResponseFailed, "no reason given"),
    ],
)
def test_what_failed_or_is_not_whole_says_why_and_what_to_do(response, kind, reason):
    lack = shortfall(response)
    assert lack is not None
    assert (lack.kind, lack.reason) == (kind, reason)
    assert str(lack) == f"{reason}; {kind.advice}"
