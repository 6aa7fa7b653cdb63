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
    Matching,
    OutputItemAdded,
    ResponseCreate,
    ResponseCreated,
    ResponseDone,
    ResponseTracker,
    ServerEvent,
    UnknownEvent,
    is_beside,
    is_busy,
)

__all__ = ["ResponseGate"]


class ResponseGate:
    """Lets a request through when no response of the conversation is active or on its way.

    `ask`, `apply`, `withdraw`, `open_up` and `release` return what may be sent now. Out-of-band
    requests pass at once. A request that lost a race against a response of the service's own comes
    next, before all others.
    """

    CONCERNS: ClassVar = frozenset(
        {ResponseCreated.type, OutputItemAdded.type, ResponseDone.type, ErrorEvent.type}
    )

    def __init__(self, responses: ResponseTracker, matching: Matching) -> None:
        self._responses = responses
        self._matching = matching
        self._waiting: deque[ResponseCreate] = deque()
        self._held = False
        self._beside: list[ResponseCreate] = []
        """Out-of-band requests that came while nothing was let through."""
        self.is_blocked = False
        """Whether the service says that a response is active of which nothing is known here."""

    @property
    def is_idle(self) -> bool:
        """Whether no request waits here or for its answer."""
        return not self._waiting and not self._matching.is_waiting

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
        self._matching.connection_lost()
        self.is_blocked = False
        requests = list(again)
        for request in requests:
            self._matching.keep(request)
        self._beside += [r for r in requests if is_beside(r)]
        self._waiting.extendleft(r for r in reversed(requests) if not is_beside(r))

    def ask(self, request: ResponseCreate) -> list[ResponseCreate]:
        """Ask for a response. ``request`` must carry its ``event_id``."""
        self._matching.keep(request)
        if is_beside(request):
            if not self._held:
                return [request]
            self._beside.append(request)
            return []
        self._waiting.append(request)
        return self._next()

    def is_asked(self, request: ResponseCreate) -> bool:
        """Whether it was let through, and has neither response nor refusal."""
        return self._matching.is_asked(str(request.event_id))

    def is_waiting(self, request: ResponseCreate) -> bool:
        """Whether it waits here."""
        return any(other is request for other in self._waiting)

    def withdraw(self, request: ResponseCreate) -> list[ResponseCreate]:
        """Do not make this request, or do not wait for its answer any longer.

        Should the answer come nevertheless, it still is its answer.
        """
        self._waiting = deque(other for other in self._waiting if other is not request)
        self._matching.give_up(str(request.event_id))
        return self._next()

    def drop(self) -> list[ResponseCreate]:
        """Make none of the requests that wait here; returns them."""
        dropped = list(self._waiting)
        self._waiting.clear()
        return dropped

    def forget(self, event_ids: Iterable[str]) -> None:
        """Do not make the requests with these ids, if they still wait here."""
        forgotten = set(event_ids)
        self._waiting = deque(r for r in self._waiting if r.event_id not in forgotten)

    def apply(self, event: ServerEvent | UnknownEvent) -> list[ResponseCreate]:
        """Take an event of the service into account, after tracker and matching have."""
        if not isinstance(event, ErrorEvent):
            self.is_blocked = False
            return self._next() if isinstance(event, ResponseDone) else []
        refused = self._matching.refused
        if refused is None:
            return []
        if self._matching.again:
            if is_beside(refused):
                return [refused]
            # The service began one by itself while ours was on its way: ours comes next.
            self._waiting.appendleft(refused)
            self.is_blocked = is_busy(event) and self._responses.active is None
        return self._next()

    def open_up(self) -> list[ResponseCreate]:
        """Nothing was heard of the response that is said to be active: try again."""
        self.is_blocked = False
        return self._next()

    def _next(self) -> list[ResponseCreate]:
        busy = self._held or self.is_blocked or self._matching.is_waiting
        if self._waiting and not busy and self._responses.active is None:
            request = self._waiting.popleft()
            self._matching.going(request)
            return [request]
        return []
