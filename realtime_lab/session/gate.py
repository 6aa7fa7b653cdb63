"""One gate for every ``response.create`` of a session.

A conversation runs one response at a time, and the service starts some by itself (server VAD). A
request that comes too early waits here instead of being refused.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from typing import ClassVar

from ..protocol import (
    ErrorEvent,
    ResponseCreate,
    ResponseCreated,
    ResponseDone,
    ResponseTracker,
    ServerEvent,
    UnknownEvent,
)

__all__ = ["ResponseGate"]

BUSY = "conversation_already_has_active_response"


class ResponseGate:
    """Lets a request through when no response of the conversation is active.

    `ask` and `apply` return what may be sent now. Out-of-band requests pass at once.
    """

    CONCERNS: ClassVar = frozenset({ResponseCreated.type, ResponseDone.type, ErrorEvent.type})

    def __init__(self, responses: ResponseTracker) -> None:
        self._responses = responses
        self._waiting: deque[ResponseCreate] = deque()
        self._asked: ResponseCreate | None = None
        """Sent, and nothing has come back yet."""
        self._begun: ResponseCreate | None = None
        """Sent, and since then a response began that may or may not be the answer."""
        self._held = False
        self._beside: list[ResponseCreate] = []
        """Out-of-band requests that came while nothing was let through."""

    @property
    def is_idle(self) -> bool:
        """Whether no request waits here or for its answer."""
        return not self._waiting and self._asked is None

    def hold(self) -> None:
        """Let nothing through until `release`."""
        self._held = True

    def release(self) -> list[ResponseCreate]:
        """Let through again; returns what may be sent now."""
        self._held = False
        beside, self._beside = self._beside, []
        return [*beside, *self._next()]

    def connection_lost(self, again: Iterable[ResponseCreate]) -> None:
        """What was sent will not be answered; ``again`` comes before what waits already."""
        self._asked = self._begun = None
        requests = list(again)
        self._beside += [r for r in requests if _is_beside(r)]
        self._waiting.extendleft(r for r in reversed(requests) if not _is_beside(r))

    def ask(self, request: ResponseCreate) -> list[ResponseCreate]:
        """Ask for a response. ``request`` must carry its ``event_id``."""
        if _is_beside(request):
            if not self._held:
                return [request]
            self._beside.append(request)
            return []
        self._waiting.append(request)
        return self._next()

    def apply(self, event: ServerEvent | UnknownEvent) -> list[ResponseCreate]:
        """Take an event of the service into account (after the tracker has)."""
        if isinstance(event, ResponseCreated) and event.response.conversation_id is not None:
            self._begun, self._asked = self._asked, None
        elif isinstance(event, ErrorEvent):
            return self._take_refusal(event)
        elif isinstance(event, ResponseDone):
            self._begun = None
            return self._next()
        return []

    def _take_refusal(self, event: ErrorEvent) -> list[ResponseCreate]:
        refused = next((r for r in (self._asked, self._begun) if _is_about(event, r)), None)
        if refused is None:
            return []
        self._asked = self._begun = None
        if event.error.code != BUSY:
            return self._next()
        # The service began one by itself while ours was on its way: ours comes next.
        self._waiting.appendleft(refused)
        return []

    def _next(self) -> list[ResponseCreate]:
        busy = self._held or self._asked is not None or self._responses.active is not None
        if self._waiting and not busy:
            self._asked = self._waiting.popleft()
            return [self._asked]
        return []


def _is_beside(request: ResponseCreate) -> bool:
    return bool(request.response) and request.response.conversation == "none"


def _is_about(event: ErrorEvent, request: ResponseCreate | None) -> bool:
    return request is not None and event.error.event_id == request.event_id
