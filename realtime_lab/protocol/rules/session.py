"""The session as a whole: how it begins, what stays the same, how it ends."""

from __future__ import annotations

from ..base import UNSET
from ..configuration import SessionConfig
from ..recent import Recent
from ..server_events import (
    ErrorEvent,
    RateLimitsUpdated,
    ServerEvent,
    SessionCreated,
    SessionUpdated,
    UnknownEvent,
)
from .violation import Handlers, Tell, named

__all__ = ["SessionRules"]

_UNCHANGED = ("id", "model", "expires_at", "type")
_BEFORE_SESSION = (SessionCreated, ErrorEvent)
"""A refused client gets an error and nothing else."""


class SessionRules:
    """A session is created once, keeps what it is, and says nothing after its end."""

    def __init__(self, tell: Tell) -> None:
        self._tell = tell
        self._seen: Recent[str, None] = Recent()
        self._session: SessionConfig | None = None
        self._expired: ErrorEvent | None = None
        self._began = False

    def handlers(self) -> Handlers:
        return {
            SessionCreated: self._created,
            SessionUpdated: self._updated,
            ErrorEvent: self._error,
            RateLimitsUpdated: self._limits,
        }

    def any(self, event: ServerEvent | UnknownEvent) -> None:
        """Look at an event of whatever type, before the handlers do."""
        if event.event_id and event.event_id in self._seen:
            self._tell("event-id", f"{named(event)} has the event_id of an event before it.")
        self._seen.remember(event.event_id, None)
        if self._expired is not None:
            self._tell(
                "session-end",
                f"{named(event)} comes after {named(self._expired)}, which told the end of the "
                "session.",
            )
        if not self._began and not isinstance(event, _BEFORE_SESSION):
            self._tell("session-begin", f"{named(event)} comes before session.created.")
            self._began = True

    def unfinished(self) -> None: ...

    def _created(self, event: SessionCreated) -> None:
        if self._session is not None:
            self._tell("session-begin", f"{named(event)} creates the session a second time.")
        self._session = event.session
        self._began = True

    def _updated(self, event: SessionUpdated) -> None:
        before, self._session = self._session, event.session
        for name in _UNCHANGED if before is not None else ():
            was, now = getattr(before, name), getattr(event.session, name)
            if was is not UNSET and now is not UNSET and was != now:
                self._tell(
                    "session-same",
                    f"{named(event)} shows another session.{name} than before: {now!r}, not "
                    f"{was!r}.",
                )

    def _error(self, event: ErrorEvent) -> None:
        if event.error.code == "session_expired":
            self._expired = event

    def _limits(self, event: RateLimitsUpdated) -> None:
        for limit in event.rate_limits:
            left, most = limit.remaining, limit.limit
            if isinstance(left, int) and isinstance(most, int) and not 0 <= left <= most:
                self._tell(
                    "rate-limits",
                    f"{named(event)} tells that {left} {limit.name} remain of {most}.",
                )
