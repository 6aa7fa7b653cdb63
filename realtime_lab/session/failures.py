"""What it means that a service refused, failed or closed: one class for each failure.

Pure: a status, a body, a close code or the code of an ``error`` in; a class, or an error with its
sentence, out. Azure refuses at the handshake with an HTTP status and a body; OpenAI accepts, says
why in an ``error`` event, and closes.
"""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Any

from ..errors import (
    ApiVersionRetired,
    AuthDenied,
    AuthenticationError,
    AuthMissing,
    BetaShapeDisabled,
    ConnectError,
    DeploymentNotFound,
    EndpointError,
    ModelNotRealtime,
    NetworkBlocked,
    RateLimitedConnect,
    RealtimeLabError,
    RequestRejected,
    ResponseFailed,
    ServiceFailedConnect,
    SessionClosed,
    SessionExpired,
    TransportLost,
    Unreachable,
)
from ..protocol import FAILURE_CODES, Response, shortfall
from .secret import without_keys

__all__ = [
    "CLOSED_FOR_REFUSAL",
    "Refusal",
    "close_failure",
    "explained",
    "failure_class",
    "refusal_failure",
    "response_failure",
    "retry_after",
    "without_advice",
]

REFUSED_KEY = 3000
REFUSED_REQUEST = frozenset({4000, 4004})
"""Codes with which OpenAI closes a socket that it accepted and gives no session."""
CLOSED_FOR_REFUSAL = REFUSED_REQUEST | {REFUSED_KEY}
LOST = frozenset({1005, 1006, 1011, 1012, 1013, 1014, 1015})
"""Close codes of a broken connection, or of a service in trouble."""
ROLE = "Cognitive Services OpenAI User"
ROLE_ADVICE = (
    f"ask for the role “{ROLE}” on the resource (“Azure AI User” on a Foundry resource); Owner, "
    "Contributor and Cognitive Services Contributor do not allow it, and a new role takes about "
    "five minutes"
)
_FIREWALL = re.compile(
    r"virtual network|firewall|private (?:endpoint|link)|public access", re.IGNORECASE
)
_ROLE_MISSING = re.compile(
    r"lacks the required data action|does not have access to api/operation|permissiondenied",
    re.IGNORECASE,
)
_NO_KEY_SHOWN = re.compile(r"missing bearer", re.IGNORECASE)
_API_VERSION = re.compile(r"api[- _]?version", re.IGNORECASE)
_NOT_REALTIME = re.compile(
    r"realtime operation does not work|not supported in realtime mode|operationnotsupported",
    re.IGNORECASE,
)
_DURATION = re.compile(r"(?:(\d+)h)?(?:(\d+)m(?!s))?(?:(\d+(?:\.\d+)?)s)?(?:(\d+)ms)?")
_EXPIRED = re.compile(r"maximum duration|session[ _](?:has )?expired", re.IGNORECASE)
_UNKNOWN_MODEL = frozenset({"DeploymentNotFound", "model_not_found"})


@dataclass(frozen=True, slots=True)
class Refusal:
    """A session that was not given: how the service said so.

    ``status`` is that of HTTP, ``close_code`` that of a socket which was accepted first; ``code``
    and ``message`` are the service's words.
    """

    status: int | None = None
    close_code: int | None = None
    code: str = ""
    message: str = ""
    retry_after: float | None = None

    @classmethod
    def of_response(cls, status: int, headers: Mapping[str, str], body: bytes) -> Refusal:
        """The refusal in the answer to a handshake."""
        code, message = _words(body)
        return cls(status, None, code, message, retry_after(headers))


def failure_class(
    *,
    status: int | None = None,
    close_code: int | None = None,
    code: str | None = None,
    message: str = "",
    api_version: str = "",
    showed_key: bool = True,
) -> type[RealtimeLabError]:
    """The class of a failure.

    One of these says where it was told: ``status`` of an HTTP answer, ``close_code`` of a socket,
    or neither for an ``error`` in an open session or a response. ``code`` and ``message`` are the
    service's words. ``api_version`` is what the address held, and ``showed_key`` whether a key was
    sent: an unknown api-version and a missing key have no words of their own.
    """
    words = f"{code or ''} {message}"
    if status is not None:
        return _of_status(status, code or "", words, api_version, showed_key)
    if close_code is not None:
        return _of_close(close_code, code or "", words, showed_key)
    return _of_event(code or "", words)


def _of_status(
    status: int, code: str, words: str, api_version: str, showed_key: bool
) -> type[RealtimeLabError]:
    if status == 401:
        if _API_VERSION.search(words):
            return ApiVersionRetired
        return AuthDenied if showed_key else AuthMissing
    if status == 403:
        return NetworkBlocked if _FIREWALL.search(words) else AuthDenied
    if code in _UNKNOWN_MODEL and not _NOT_REALTIME.search(words):
        return DeploymentNotFound
    if status in (400, 404):
        if code == "beta_api_shape_disabled":
            return BetaShapeDisabled
        if _NOT_REALTIME.search(words) or code == "OpperationNotSupported":
            return ModelNotRealtime
        unknown = status == 404 and api_version and "resource not found" in words.lower()
        return ApiVersionRetired if unknown or _API_VERSION.search(words) else EndpointError
    if status == 407:
        return Unreachable
    if status == 429:
        return RateLimitedConnect
    return ServiceFailedConnect if status >= 500 or status == 408 else EndpointError


def _of_close(close_code: int, code: str, words: str, showed_key: bool) -> type[RealtimeLabError]:
    if close_code == REFUSED_KEY:
        missing = not showed_key or _NO_KEY_SHOWN.search(words)
        return AuthMissing if missing else AuthDenied
    if close_code in REFUSED_REQUEST:
        if "beta_api_shape_disabled" in words:
            return BetaShapeDisabled
        if _NOT_REALTIME.search(words):
            return ModelNotRealtime
        return DeploymentNotFound if close_code == 4004 else EndpointError
    if code == "session_expired" or _EXPIRED.search(words):
        return SessionExpired
    return TransportLost if close_code in LOST else SessionClosed


def _of_event(code: str, words: str) -> type[RealtimeLabError]:
    if code == "session_expired" or _EXPIRED.search(words):
        return SessionExpired
    return FAILURE_CODES.get(code, RequestRejected)


def refusal_failure(
    refusal: Refusal,
    *,
    host: str,
    model: str,
    api_version: str = "",
    shown: str = "",
    advice: str = "",
) -> ConnectError:
    """The error for a session that was not given, with its sentence.

    ``shown`` is how the sentence calls what was shown, such as "the key", empty where nothing was;
    ``advice`` is what to do where that is refused.
    """
    found = failure_class(
        status=refusal.status,
        close_code=refusal.close_code,
        code=refusal.code,
        message=refusal.message,
        api_version=api_version,
        showed_key=bool(shown),
    )
    kind = found if issubclass(found, ConnectError) else EndpointError
    how = (
        f"HTTP {refusal.status}"
        if refusal.status is not None
        else f"close code {refusal.close_code}"
    )
    said = without_keys(refusal.message).strip().rstrip(".")
    what = _what(kind, refusal, host, model, api_version, shown)
    tail = f": {said}" if said else ""
    code = refusal.code or refusal.close_code
    if issubclass(kind, AuthDenied):
        role = ROLE if _ROLE_MISSING.search(f"{refusal.code} {said}") else ""
        do = ROLE_ADVICE if role else advice or kind.advice
        return kind(f"{what} ({how}){tail}; {do}", status=refusal.status, code=code, role=role)
    sentence = f"{what} ({how}){tail}; {_advice(kind, refusal)}"
    if issubclass(kind, Unreachable):
        return kind(sentence, stage="proxy", status=refusal.status)
    return kind(sentence, status=refusal.status, code=code, retry_after=refusal.retry_after)


def close_failure(close_code: int | None, reason: str = "") -> SessionClosed:
    """The error for a session that ended; ``close_code`` is ``None`` where nobody closed it."""
    reason = without_keys(reason).strip().rstrip(".")
    code = 1006 if close_code is None else close_code
    found = failure_class(close_code=code, message=reason)
    kind = found if issubclass(found, SessionClosed) else SessionClosed
    if close_code is None:
        return kind(f"the connection broke off; {kind.advice}", code=code)
    if code in (1000, 1001) and not reason and kind is SessionClosed:
        return kind(f"the session was closed; {kind.advice}", code=code)
    why = f" ({reason})" if reason else ""
    return kind(f"the service closed the session with code {code}{why}; {kind.advice}", code=code)


def response_failure(response: Response) -> ResponseFailed:
    """The error for a response that ended as ``failed`` or ``incomplete``."""
    found = shortfall(response)
    if found is None:
        raise ValueError(f"response {response.id} is {response.status}: it lacks nothing")
    what = "the model gave no answer" if response.status == "failed" else "the answer is not whole"
    return found.kind(f"{what}: {without_keys(str(found))}", code=found.code or None)


def explained(closed: SessionClosed, said: str) -> SessionClosed:
    """The end of a session in the words that the service told in an ``error`` just before it."""
    code = closed.code if closed.code is not None else 1006
    found = failure_class(close_code=code, message=said)
    kind = SessionExpired if found is SessionExpired else type(closed)
    told = without_keys(said).strip().rstrip(".")
    return kind(f"{told} ({without_advice(closed)}); {kind.advice}", code=closed.code)


def without_advice(error: RealtimeLabError) -> str:
    """What happened, for where somebody is at it already."""
    return str(error).removesuffix(f"; {error.advice}")


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds after which the service wants to be asked again; ``None`` where it does not say.

    ``retry-after-ms`` goes before ``retry-after``, which is seconds or a date; a date is counted
    from the answer's own ``date``. Where neither is told, ``x-ratelimit-reset-…`` says when the
    limits are whole again; the later of them counts.
    """
    told = {name.lower(): value for name, value in headers.items()}
    with contextlib.suppress(KeyError, ValueError):
        return max(0.0, float(told["retry-after-ms"]) / 1000)
    with contextlib.suppress(KeyError, ValueError):
        return max(0.0, float(told["retry-after"]))
    with contextlib.suppress(KeyError, ValueError, TypeError):
        then, now = map(parsedate_to_datetime, (told["retry-after"], told["date"]))
        return max(0.0, (then - now).total_seconds())
    resets = (_duration(told.get(f"x-ratelimit-reset-{of}", "")) for of in ("requests", "tokens"))
    return max((reset for reset in resets if reset is not None), default=None)


def _duration(text: str) -> float | None:
    """Seconds of ``6m0s``, ``1.5s``, ``20ms`` or plain seconds; ``None`` for anything else."""
    with contextlib.suppress(ValueError):
        return max(0.0, float(text))
    parts = _DURATION.fullmatch(text)
    if not text or parts is None:
        return None
    hours, minutes, seconds, ms = (float(part or 0) for part in parts.groups())
    return 3600 * hours + 60 * minutes + seconds + ms / 1000


def _what(
    kind: type[ConnectError], refusal: Refusal, host: str, model: str, version: str, shown: str
) -> str:
    told = {
        RateLimitedConnect: f"{host} has no capacity for this session",
        NetworkBlocked: f"{host} takes no connection from this network",
        DeploymentNotFound: f"{host} knows no realtime deployment {model!r}",
        ModelNotRealtime: f"the model of {model!r} at {host} holds no realtime conversation",
        BetaShapeDisabled: f"{host} no longer speaks the preview dialect",
        ServiceFailedConnect: f"{host} could not give a session",
        Unreachable: f"the proxy on the way to {host} wants a user name and password",
        AuthMissing: f"{host} wants a key, and none was shown",
    }
    if kind in told:
        return told[kind]
    if kind is ApiVersionRetired:
        named = f"api-version {version}" if version else "this api-version"
        return f"{host} does not serve {named}"
    if issubclass(kind, AuthenticationError):
        return f"{host} refused {shown or 'the key'}"
    if refusal.close_code is not None:
        return f"{host} gives no session for {model!r}"
    if refusal.status == 404:
        return f"{host} knows no realtime endpoint at this address"
    if 300 <= (refusal.status or 0) < 400:
        return f"{host} redirects to another address"
    return f"{host} refused the session"


def _advice(kind: type[ConnectError], refusal: Refusal) -> str:
    if 300 <= (refusal.status or 0) < 400:
        return "it is not followed, as the key would go along; connect to that address itself"
    if refusal.status == 431:
        return "send fewer headers"
    if kind is Unreachable:
        return "put them into proxy= or HTTPS_PROXY, as in http://name:password@host:port"
    if kind is RateLimitedConnect and refusal.retry_after is not None:
        return f"retry in {refusal.retry_after:g} s; ask for more quota if it happens often"
    return kind.advice


def _words(body: bytes) -> tuple[str, str]:
    """Code and message in a body, or its beginning where it is not built as usual."""
    with contextlib.suppress(ValueError, LookupError, TypeError, AttributeError):
        told: Any = json.loads(body)
        error = told.get("error", told)
        return str(error.get("code") or ""), str(error["message"])
    text = body.decode(errors="replace").strip()
    return "", "" if text.startswith("<") else text[:300]
