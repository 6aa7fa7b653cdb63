"""Which failure of a service becomes which class, row by row."""

import inspect
import pickle

import pytest

from realtime_lab import errors
from realtime_lab.errors import (
    ApiVersionRetired,
    AuthDenied,
    AuthenticationError,
    AuthMissing,
    BetaShapeDisabled,
    ConnectError,
    ContentFiltered,
    DeploymentNotFound,
    EndpointError,
    MaxTokensReached,
    ModelNotRealtime,
    NetworkBlocked,
    RateLimitedConnect,
    RateLimitedResponse,
    RealtimeLabError,
    RequestRejected,
    ResponseFailed,
    ServiceFailedConnect,
    ServiceFailedResponse,
    SessionClosed,
    SessionExpired,
    TransportLost,
    Unreachable,
)
from realtime_lab.protocol import Response, ResponseError, StatusDetails
from realtime_lab.session import failure_class, retry_after
from realtime_lab.session.failures import (
    Refusal,
    close_failure,
    explained,
    refusal_failure,
    response_failure,
    without_advice,
)

WRONG_KEY = (
    "Access denied due to invalid subscription key or wrong API endpoint. Make sure to provide a "
    "valid key for an active subscription and use a correct regional API endpoint."
)
NO_ROLE = (
    "The principal `1234` lacks the required data action "
    "`Microsoft.CognitiveServices/accounts/OpenAI/deployments/realtime/action` to perform `GET`."
)
NO_DEPLOYMENT = "The API deployment for this resource does not exist."
NOT_REALTIME = "The realtime operation does not work with the specified model."
FIREWALL = "Access denied due to Virtual Network/Firewall rules."

ROWS = [
    ({"status": 401, "code": "401", "message": WRONG_KEY}, AuthDenied),
    ({"status": 401, "message": WRONG_KEY, "showed_key": False}, AuthMissing),
    ({"status": 401, "code": "PermissionDenied", "message": NO_ROLE}, AuthDenied),
    ({"status": 401, "message": "The GA endpoint takes no api-version"}, ApiVersionRetired),
    ({"status": 403, "code": "403", "message": FIREWALL}, NetworkBlocked),
    ({"status": 403, "message": "Public access is disabled."}, NetworkBlocked),
    ({"status": 403, "code": "PermissionDenied", "message": NO_ROLE}, AuthDenied),
    ({"status": 404, "code": "DeploymentNotFound", "message": NO_DEPLOYMENT}, DeploymentNotFound),
    ({"status": 404, "code": "model_not_found"}, DeploymentNotFound),
    (
        {"status": 404, "message": "Resource not found", "api_version": "2024-10-01-preview"},
        ApiVersionRetired,
    ),
    ({"status": 404, "message": "Resource not found"}, EndpointError),
    ({"status": 400, "message": "Unsupported API version"}, ApiVersionRetired),
    (
        {"status": 400, "code": "OpperationNotSupported", "message": NOT_REALTIME},
        ModelNotRealtime,
    ),
    ({"status": 400, "code": "OperationNotSupported"}, ModelNotRealtime),
    ({"status": 400, "code": "beta_api_shape_disabled"}, BetaShapeDisabled),
    ({"status": 400, "message": "The query is bad"}, EndpointError),
    ({"status": 407}, Unreachable),
    ({"status": 429, "code": "429"}, RateLimitedConnect),
    ({"status": 431}, EndpointError),
    ({"status": 302}, EndpointError),
    *(({"status": status}, ServiceFailedConnect) for status in (408, 500, 502, 503, 504)),
    ({"close_code": 3000, "code": "invalid_api_key"}, AuthDenied),
    ({"close_code": 3000, "message": "Missing bearer or basic authentication"}, AuthMissing),
    ({"close_code": 4000, "code": "beta_api_shape_disabled"}, BetaShapeDisabled),
    ({"close_code": 4000, "code": "missing_model"}, EndpointError),
    ({"close_code": 4004, "code": "model_not_found"}, DeploymentNotFound),
    ({"close_code": 4004, "message": "is not supported in realtime mode"}, ModelNotRealtime),
    ({"close_code": 1001, "code": "session_expired"}, SessionExpired),
    (
        {"close_code": 1001, "message": "Your session hit the maximum duration of 30 minutes."},
        SessionExpired,
    ),
    ({"close_code": 1000}, SessionClosed),
    ({"close_code": 1001}, SessionClosed),
    *(({"close_code": code}, TransportLost) for code in (1005, 1006, 1011, 1012, 1013, 1015)),
    ({"close_code": 1008}, SessionClosed),
    ({"code": "session_expired"}, SessionExpired),
    ({"code": "rate_limit_exceeded"}, RateLimitedResponse),
    ({"code": "inference_rate_limit_exceeded"}, RateLimitedResponse),
    ({"code": "insufficient_quota"}, RateLimitedResponse),
    ({"code": "content_filter"}, ContentFiltered),
    ({"code": "max_output_tokens"}, MaxTokensReached),
    ({"code": "server_error"}, ServiceFailedResponse),
    ({"code": "failed"}, ResponseFailed),
    ({"code": "invalid_value", "message": "Invalid value: 'nobody'."}, RequestRejected),
    ({}, RequestRejected),
]


@pytest.mark.parametrize(("told", "kind"), ROWS, ids=lambda v: getattr(v, "__name__", None))
def test_a_failure_has_its_class(told, kind):
    assert failure_class(**told) is kind


EVERY = [
    kind
    for _, kind in inspect.getmembers(errors, inspect.isclass)
    if issubclass(kind, RealtimeLabError)
]


def test_every_error_says_what_to_do_and_is_drawn_in_the_tree():
    assert errors.__doc__ is not None
    for kind in EVERY:
        assert len(kind.advice) > 10, kind
        assert kind.__name__ in errors.__doc__
        assert kind.__name__ in errors.__all__
        assert kind.__doc__, kind


@pytest.mark.parametrize(
    ("kind", "before"),
    [
        (AuthDenied, AuthenticationError),
        (AuthMissing, AuthenticationError),
        (DeploymentNotFound, EndpointError),
        (Unreachable, EndpointError),
        (ServiceFailedConnect, EndpointError),
        (RateLimitedConnect, ConnectError),
        (RateLimitedResponse, ResponseFailed),
        (SessionExpired, SessionClosed),
        (TransportLost, SessionClosed),
    ],
)
def test_who_catches_the_wider_class_still_catches(kind, before):
    assert issubclass(kind, before)


def failed(refusal, **options):
    given = {"host": "lab.openai.azure.com", "model": "voice", "shown": "the key", **options}
    return refusal_failure(refusal, **given)


def azure_body(code, message):
    return b'{"error": {"code": "%s", "message": "%s"}}' % (code.encode(), message.encode())


@pytest.mark.parametrize(
    ("status", "body", "parts"),
    [
        (401, azure_body("401", WRONG_KEY), ["refused the key (HTTP 401)", "belongs to this"]),
        (
            401,
            azure_body("PermissionDenied", NO_ROLE),
            ["lacks the required data action", "the role “Cognitive Services OpenAI User”"],
        ),
        (403, azure_body("403", FIREWALL), ["from this network (HTTP 403)", "private endpoint"]),
        (
            404,
            azure_body("DeploymentNotFound", NO_DEPLOYMENT),
            ["no realtime deployment 'voice' (HTTP 404)", "five minutes"],
        ),
        (400, azure_body("OpperationNotSupported", NOT_REALTIME), ["gpt-realtime"]),
        (
            503,
            b"<html>Service Unavailable</html>",
            ["could not give a session (HTTP 503)", "later"],
        ),
        (500, b"", ["(HTTP 500); try again later"]),
    ],
)
def test_a_refusal_says_what_where_and_what_to_do(status, body, parts):
    error = failed(Refusal.of_response(status, {}, body))
    assert error.status == status
    assert "lab.openai.azure.com" in str(error)
    for part in parts:
        assert part in str(error)
    assert "<" not in str(error)


def test_a_role_that_is_missing_is_an_attribute():
    error = failed(Refusal(status=401, code="PermissionDenied", message=NO_ROLE))
    assert isinstance(error, AuthDenied)
    assert error.role == "Cognitive Services OpenAI User"
    denied = failed(Refusal(status=401, message=WRONG_KEY))
    assert isinstance(denied, AuthDenied)
    assert denied.role == ""


def test_an_unknown_api_version_is_named():
    error = failed(
        Refusal(status=404, message="Resource not found"), api_version="2024-10-01-preview"
    )
    assert "does not serve api-version 2024-10-01-preview" in str(error)
    assert "2025-04-01-preview" in str(error)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"Retry-After-Ms": "1500", "retry-after": "9"}, 1.5),
        ({"retry-after": "7"}, 7),
        (
            {
                "Retry-After": "Fri, 20 Nov 2026 10:00:30 GMT",
                "Date": "Fri, 20 Nov 2026 10:00:00 GMT",
            },
            30,
        ),
        ({"retry-after": "soon"}, None),
        ({"x-ratelimit-reset-requests": "120ms", "x-ratelimit-reset-tokens": "1m0.5s"}, 60.5),
        ({"x-ratelimit-reset-tokens": "7"}, 7),
        ({"x-ratelimit-reset-tokens": "1.2.3s", "x-ratelimit-reset-requests": ""}, None),
        ({"retry-after": "2", "x-ratelimit-reset-tokens": "1h"}, 2),
        ({"retry-after": "-3"}, 0),
        ({}, None),
    ],
)
def test_when_to_come_back_is_read_from_the_headers(headers, seconds):
    assert retry_after(headers) == seconds
    error = failed(Refusal.of_response(429, headers, b""))
    assert isinstance(error, RateLimitedConnect)
    assert error.retry_after == seconds
    assert (f"retry in {seconds} s" in str(error)) == (seconds is not None)


def test_a_key_that_a_service_repeats_is_not():
    key = "sk-proj-abcdefghijklmnopqrstuvwxyz012345"
    error = failed(Refusal(close_code=3000, message=f"Incorrect API key provided: {key}."))
    assert key not in str(error)
    assert key not in str(close_failure(1008, f"bad key {key}"))


def test_the_end_of_a_session_is_told_by_its_code():
    assert str(close_failure(None)) == (
        "the connection broke off; connect again; a new session begins without what was said"
    )
    assert close_failure(None).code == 1006
    assert "code 1011 (boom)" in str(close_failure(1011, "boom"))
    assert "was closed" in str(close_failure(1000))


@pytest.mark.parametrize("kind", EVERY)
def test_an_error_survives_being_pickled(kind):
    made = kind("what happened; what to do")
    again = pickle.loads(pickle.dumps(made))
    assert (type(again), str(again), again.__dict__) == (kind, str(made), made.__dict__)


def test_the_last_words_of_a_service_tell_why_it_closed():
    expired = explained(close_failure(1001), "Your session hit the maximum duration of 30 minutes.")
    assert isinstance(expired, SessionExpired)
    assert "maximum duration" in str(expired)
    lost = explained(close_failure(1011), "The server had an error.")
    assert (type(lost), lost.code) == (TransportLost, 1011)
    assert str(lost).count(lost.advice) == 1


def test_where_somebody_is_at_it_already_no_advice_is_needed():
    assert without_advice(close_failure(None)) == "the connection broke off"
    assert without_advice(TransportLost("boom")) == "boom"


@pytest.mark.parametrize(
    ("error", "kind", "told"),
    [
        (("server_error", "It broke."), ServiceFailedResponse, "It broke; ask again"),
        (("invalid_request_error", "No."), ResponseFailed, "No; ask again"),
        (("", "No words"), ResponseFailed, "No words; ask again"),
        (None, ResponseFailed, "no reason"),
    ],
)
def test_a_response_that_failed_says_why_and_what_to_do(error, kind, told):
    details = StatusDetails(type="failed")
    if error:
        details.error = ResponseError(type=error[0], message=error[1])
    failure = response_failure(Response(id="r", status="failed", status_details=details))
    assert type(failure) is kind
    assert told in str(failure)
    assert failure.advice in str(failure)


def test_an_answer_that_is_not_whole_has_its_class_and_a_whole_one_has_none():
    details = StatusDetails(type="incomplete", reason="max_output_tokens")
    cut = response_failure(Response(id="r", status="incomplete", status_details=details))
    assert type(cut) is MaxTokensReached
    assert cut.code == "max_output_tokens"
    assert str(cut).startswith("the answer is not whole: it was cut off at the most tokens")
    with pytest.raises(ValueError, match="lacks nothing"):
        response_failure(Response(id="r", status="completed"))
