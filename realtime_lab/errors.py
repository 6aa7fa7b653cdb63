"""Every exception that realtime_lab raises on purpose.

::

    RealtimeLabError                 every error of this package
    ├── AudioError                   audio that cannot be read, is silent or has the wrong shape
    ├── ConnectError                 no session could be opened
    │   ├── EndpointError            the address is wrong or nobody answers there
    │   └── AuthenticationError      the endpoint refused the key
    ├── SessionError                 an open session went wrong
    │   ├── RequestRejected          the service answered one of our events with ``error``
    │   ├── ResponseFailed           a response ended as ``failed``
    │   ├── TurnTimeout              a turn did not end in the time given
    │   └── SessionClosed            the connection is gone
    ├── ProtocolError                an event that is not legal here
    │   └── InvalidEvent             a client event that a service would refuse
    ├── ToolError                    a tool that cannot be described or called
    ├── EngineError                  a stage of the speech engine failed or is missing
    ├── LogError                     an event log that cannot be read or written
    └── ServerError                  the embedded server could not start or stopped
        └── FaultError               a fault that makes no sense was asked of it

Each message says what was wrong, where, and what to do next.
"""

from __future__ import annotations

from collections.abc import Sequence

__all__ = [
    "AudioError",
    "AuthenticationError",
    "ConnectError",
    "EndpointError",
    "EngineError",
    "FaultError",
    "InvalidEvent",
    "LogError",
    "ProtocolError",
    "RealtimeLabError",
    "RequestRejected",
    "ResponseFailed",
    "ServerError",
    "SessionClosed",
    "SessionError",
    "ToolError",
    "TurnTimeout",
]


class RealtimeLabError(Exception):
    """Base of every error raised by this package.

    In a notebook it shows as one sentence instead of a traceback through the package.
    """

    def _render_traceback_(self) -> Sequence[str]:
        """Tell IPython what to print (its protocol for exceptions that explain themselves)."""
        return [f"{type(self).__name__}: {self}"]


class AudioError(RealtimeLabError):
    """Audio that cannot be read, is silent or has the wrong shape."""


class ConnectError(RealtimeLabError):
    """No session could be opened."""


class EndpointError(ConnectError):
    """The address is wrong, nobody answers there, or the deployment does not exist."""


class AuthenticationError(ConnectError):
    """The endpoint refused the credentials."""


class SessionError(RealtimeLabError):
    """An open session went wrong."""


class RequestRejected(SessionError):
    """The service answered one of our events with an ``error`` event.

    ``code`` and ``param`` are the service's own (``None`` where it gave none); ``event_id`` names
    the client event that caused it.
    """

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


class ResponseFailed(SessionError):
    """A response ended with status ``failed``; ``code`` is the service's reason."""

    def __init__(self, message: str, *, code: str | None = None) -> None:
        super().__init__(message)
        self.code = code


class TurnTimeout(SessionError):
    """A turn did not end in the time given."""


class SessionClosed(SessionError):
    """The connection is gone; ``code`` is the WebSocket close code."""

    def __init__(self, message: str, *, code: int | None = None) -> None:
        super().__init__(message)
        self.code = code


class ProtocolError(RealtimeLabError):
    """An event that is not legal at this point."""


class InvalidEvent(ProtocolError):
    """A client event that a service would refuse.

    The attributes are those of the service's ``error`` event.
    """

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


class EngineError(RealtimeLabError):
    """A stage of the speech engine failed, or what it needs is not installed."""


class LogError(RealtimeLabError):
    """An event log that cannot be read or written."""


class ServerError(RealtimeLabError):
    """The embedded server could not start, or it stopped."""


class FaultError(ServerError):
    """A fault was asked of the embedded server that makes no sense.

    ``field`` names what is wrong in it.
    """

    def __init__(self, message: str, field: str = "") -> None:
        super().__init__(message)
        self.field = field
