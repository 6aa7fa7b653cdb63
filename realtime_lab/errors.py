"""Every exception that realtime_lab raises on purpose.

::

    RealtimeLabError                 every error of this package
    ├── AudioError                   audio that cannot be read, is silent or has the wrong shape
    ├── ConnectError                 no session could be opened
    │   ├── ConsentMissing           nobody agreed that it may be sent there
    │   ├── RateLimitedConnect       too many sessions or too much use (HTTP 429)
    │   ├── EndpointError            the address is wrong or nobody answers there
    │   │   ├── InsecureTransport    the address would send audio unencrypted
    │   │   ├── Unreachable          no connection: name, network, proxy or certificate
    │   │   ├── NetworkBlocked       the resource takes nobody from this network (HTTP 403)
    │   │   ├── DeploymentNotFound   no deployment or model of that name (HTTP 404)
    │   │   ├── ApiVersionRetired    this api-version is not served there (any more)
    │   │   ├── ModelNotRealtime     the model holds no realtime conversation (HTTP 400)
    │   │   ├── BetaShapeDisabled    the preview dialect is switched off (close code 4000)
    │   │   └── ServiceFailedConnect the service itself is in trouble (HTTP 5xx)
    │   └── AuthenticationError      the endpoint refused the key
    │       ├── AuthMissing          there is no key or token to show
    │       └── AuthDenied           the key or token is not accepted, or lacks a role
    ├── SessionError                 an open session went wrong
    │   ├── RequestRejected          the service answered one of our events with ``error``
    │   ├── ResponseFailed           a response ended as ``failed``
    │   │   ├── RateLimitedResponse  it did not fit into the rate limits
    │   │   ├── ContentFiltered      a content filter stopped it
    │   │   ├── MaxTokensReached     it was cut off at the most tokens it may have
    │   │   └── ServiceFailedResponse the service itself failed at it
    │   ├── TurnTimeout              a turn did not end in the time given
    │   ├── BudgetExceeded           the next response could cost more than was allowed
    │   └── SessionClosed            the connection is gone
    │       ├── SessionExpired       the session was as long as a session can be
    │       └── TransportLost        the connection broke off
    ├── ProtocolError                an event that is not legal here
    │   └── InvalidEvent             a client event that a service would refuse
    ├── ToolError                    a tool that cannot be described or called
    ├── EngineError                  a stage of the speech engine failed or is missing
    ├── LogError                     an event log that cannot be read or written
    ├── ListeningError               a listening test that cannot be held or answered so
    └── ServerError                  the embedded server could not start or stopped
        └── FaultError               a fault that makes no sense was asked of it

Each message says what was wrong, where, and what to do next; ``advice`` is that last part alone,
in general words. A notebook, the shell and the event log show the same sentence. Which failure of a
service becomes which class: `realtime_lab.session.failure_class`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

__all__ = [
    "ApiVersionRetired",
    "AudioError",
    "AuthDenied",
    "AuthMissing",
    "AuthenticationError",
    "BetaShapeDisabled",
    "BudgetExceeded",
    "ConnectError",
    "ConsentMissing",
    "ContentFiltered",
    "DeploymentNotFound",
    "EndpointError",
    "EngineError",
    "FaultError",
    "InsecureTransport",
    "InvalidEvent",
    "ListeningError",
    "LogError",
    "MaxTokensReached",
    "ModelNotRealtime",
    "NetworkBlocked",
    "ProtocolError",
    "RateLimitedConnect",
    "RateLimitedResponse",
    "RealtimeLabError",
    "RequestRejected",
    "ResponseFailed",
    "RetirementWarning",
    "ServerError",
    "ServiceFailedConnect",
    "ServiceFailedResponse",
    "SessionClosed",
    "SessionError",
    "SessionExpired",
    "SettingIgnored",
    "ToolError",
    "TransportLost",
    "TurnTimeout",
    "Unreachable",
]


class RealtimeLabError(Exception):
    """Base of every error raised by this package.

    In a notebook it shows as one sentence instead of a traceback through the package. ``advice`` is
    what to do about this kind of failure.
    """

    advice: str = "read what the message says; the event log shows what came before it"

    @property
    def told(self) -> str:
        """What a user is shown: the message, which says what to do."""
        return str(self)

    def _render_traceback_(self) -> Sequence[str]:
        """Tell IPython what to print (its protocol for exceptions that explain themselves)."""
        return [f"{type(self).__name__}: {self.told}"]


class RetirementWarning(UserWarning):
    """A model or an api-version was retired, or will be: it says since when, and what follows."""


class SettingIgnored(UserWarning):
    """Another setting is in force than was asked for; the service told no error."""


class AudioError(RealtimeLabError):
    """Audio that cannot be read, is silent or has the wrong shape."""

    advice = "check the recording: a mono sound file in which somebody speaks"


class ConnectError(RealtimeLabError):
    """No session could be opened.

    ``status`` is the HTTP status of a refusal, ``code`` the service's own word for it or the close
    code, ``retry_after`` the seconds after which the service wants to be asked again; each ``None``
    where it told none.
    """

    advice = "run doctor on the endpoint: it names the step that fails"

    def __init__(
        self,
        message: str,
        *,
        status: int | None = None,
        code: str | int | None = None,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.retry_after = retry_after


class ConsentMissing(ConnectError):
    """Nobody agreed that what is said may be sent to another machine; nothing was."""

    advice = "read the notice, then pass agree=True"


class RateLimitedConnect(ConnectError):
    """The service gives no session now, for too many or too much use (HTTP 429)."""

    advice = "wait and retry; ask for more quota if it happens often"


class EndpointError(ConnectError):
    """The address is wrong, nobody answers there, or the deployment does not exist."""

    advice = "check the address: explain() shows how it was understood"


class InsecureTransport(EndpointError):
    """The address would send audio unencrypted to another machine."""

    advice = "use wss://; ws:// is for this machine alone"


class Unreachable(EndpointError):
    """No connection came about. ``stage`` is how far it got."""

    advice = "check the address, and that the server is running"

    def __init__(
        self,
        message: str,
        *,
        stage: Literal["dns", "tcp", "proxy", "tls", "http"] = "tcp",
        status: int | None = None,
    ) -> None:
        super().__init__(message, status=status)
        self.stage = stage


class NetworkBlocked(EndpointError):
    """The resource accepts no connection from this network (HTTP 403)."""

    advice = (
        "connect from a network that the resource allows, or add this one to its firewall rules or "
        "private endpoint"
    )


class DeploymentNotFound(EndpointError):
    """The service has no deployment, or no model, of that name (HTTP 404)."""

    advice = (
        "check the deployment's name and the address; a new one can take five minutes to be there"
    )


class ApiVersionRetired(EndpointError):
    """The api-version is unknown there, no longer served, or out of place (HTTP 404, 400, 401)."""

    advice = (
        "use the GA dialect, which has no api-version; the last one of the preview was "
        "2025-04-01-preview"
    )


class ModelNotRealtime(EndpointError):
    """The deployment's model holds no realtime conversation (HTTP 400)."""

    advice = "deploy a realtime model, such as gpt-realtime, and give that deployment's name"


class BetaShapeDisabled(EndpointError):
    """The service has switched the preview dialect off (close code 4000)."""

    advice = "use dialect='ga'; the embedded server still speaks the preview dialect"


class ServiceFailedConnect(EndpointError):
    """The service itself is in trouble (HTTP 500, 502, 503, 504, 408)."""

    advice = "try again later; the status page of the service tells of outages"


class AuthenticationError(ConnectError):
    """The endpoint refused the credentials."""

    advice = "check the key and that it belongs to this resource"


class AuthMissing(AuthenticationError):
    """There is no key or token to show, or none was shown."""

    advice = "give a key, or sign in with credential='entra'"


class AuthDenied(AuthenticationError):
    """The key or token is not accepted.

    ``role`` is a role that would allow it, where the service says that one is missing.
    """

    def __init__(
        self,
        message: str,
        *,
        status: int | None = None,
        code: str | int | None = None,
        role: str = "",
    ) -> None:
        super().__init__(message, status=status, code=code)
        self.role = role


class SessionError(RealtimeLabError):
    """An open session went wrong."""

    advice = "look at the last entries of the event log"


class RequestRejected(SessionError):
    """The service answered one of our events with an ``error`` event.

    ``code`` and ``param`` are the service's own (``None`` where it gave none); ``event_id`` names
    the client event that caused it.
    """

    advice = "correct what the message names and send it again; the session goes on"

    def __init__(
        self,
        message: str,
        *,
        code: str | None = None,
        param: str | None = None,
        event_id: str | None = None,
    ) -> None:
        super().__init__(message)
        self.code = code
        self.param = param
        self.event_id = event_id

    @property
    def told(self) -> str:
        """The service's words, and what to do."""
        return f"{str(self).rstrip('.')}; {self.advice}"


class ResponseFailed(SessionError):
    """A response ended as ``failed``, or never began.

    ``code`` is the service's reason. ``retry_after`` is in how many seconds it is worth another
    try; ``None`` where that is not known, or never.
    """

    advice = "ask again; the session goes on"

    def __init__(
        self, message: str, *, code: str | None = None, retry_after: float | None = None
    ) -> None:
        super().__init__(message)
        self.code = code
        self.retry_after = retry_after


class RateLimitedResponse(ResponseFailed):
    """The response did not fit into the rate limits.

    ``retry_after`` is in how many seconds it is expected to fit; ``None`` if it never will.
    """

    advice = "wait until the limits are reset, ask for shorter answers, or ask for more quota"


class ContentFiltered(ResponseFailed):
    """A content filter stopped the response; what came before it stands."""

    advice = "change what was asked; the filter is set in the settings of the deployment"


class MaxTokensReached(ResponseFailed):
    """The response was cut off at the most tokens that it may have."""

    advice = "raise max_output_tokens, or ask for shorter answers"


class ServiceFailedResponse(ResponseFailed):
    """The service itself failed at the response."""

    advice = "ask again; the session goes on"


class TurnTimeout(SessionError):
    """A turn did not end in the time given."""

    advice = "look at the log for what came, or pass a longer timeout"


class BudgetExceeded(SessionError):
    """What was allowed of minutes, tokens or money is used up; nothing more was asked for."""

    advice = "raise the budget, or end here"


class SessionClosed(SessionError):
    """The connection is gone; ``code`` is the WebSocket close code."""

    advice = "connect again"

    def __init__(self, message: str, *, code: int | None = None) -> None:
        super().__init__(message)
        self.code = code


class SessionExpired(SessionClosed):
    """The session was as long as the service lets a session be."""

    advice = "connect again; a new session begins without what was said"


class TransportLost(SessionClosed):
    """The connection broke off: network, proxy, or the service's own end of it."""

    advice = "connect again; a new session begins without what was said"


class ProtocolError(RealtimeLabError):
    """An event that is not legal at this point."""

    advice = "compare with the order of events in the log"


class InvalidEvent(ProtocolError):
    """A client event that a service would refuse.

    The attributes are those of the service's ``error`` event.
    """

    advice = "correct the field that is named"

    def __init__(
        self,
        message: str,
        *,
        code: str | None = None,
        param: str | None = None,
        event_id: str | None = None,
        type: str = "invalid_request_error",
    ) -> None:
        super().__init__(message)
        self.message = message
        self.code = code
        self.param = param
        self.event_id = event_id
        self.type = type


class ToolError(RealtimeLabError):
    """A tool that cannot be described, or a call that cannot be made."""

    advice = "correct the tool, or how it is described"


class EngineError(RealtimeLabError):
    """A stage of the speech engine failed, or what it needs is not installed."""

    advice = "run doctor: it tells what is missing and how to install it"


class LogError(RealtimeLabError):
    """An event log that cannot be read or written."""

    advice = "give another path"


class ListeningError(RealtimeLabError):
    """A listening test cannot be held as asked, or an answer does not fit it."""

    advice = "change what the message names; answers that were given are kept"


class ServerError(RealtimeLabError):
    """The embedded server could not start, or it stopped."""

    advice = "run `realtime-lab serve`: it shows why"


class FaultError(ServerError):
    """A fault was asked of the embedded server that makes no sense.

    ``field`` names what is wrong in it.
    """

    advice = "correct the field that is named"

    def __init__(self, message: str, field: str = "") -> None:
        super().__init__(message)
        self.field = field
