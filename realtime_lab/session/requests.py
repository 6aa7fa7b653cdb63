"""Sends the requests for responses that the gate lets through."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable
from typing import Any, ClassVar

import msgspec

from ..errors import BudgetExceeded, RateLimitedResponse
from ..eventlog import TurnFollower
from ..protocol import (
    UNSET,
    Matching,
    Response,
    ResponseCreate,
    ResponseDone,
    ServerEvent,
    UnknownEvent,
    is_beside,
)
from .gate import ResponseGate
from .rate_limits import RateWatch, rate_limit_failure

__all__ = ["LONGEST_WAIT", "Requests"]

LONGEST_WAIT = 60.0
"""Seconds; limits are per minute, so that what does not fit by then does not fit for another
reason."""
REMEMBERED = 100


class Requests:
    """What the budget refuses ends its turn; what the rate limits cannot take now waits.

    A response that failed for a rate limit is marked ``lab.rate_limited`` (``response_id``,
    ``told``, ``retry_after``, ``retried``). With ``retries`` it is asked for once more when the
    service is expected to have room, unless the user went on meanwhile; its turn waits for that.
    A request that waits is marked ``lab.rate_limit_wait`` (``seconds``).
    """

    CONCERNS: ClassVar = frozenset({ResponseDone.type})

    def __init__(
        self,
        gate: ResponseGate,
        matching: Matching,
        follower: TurnFollower,
        rates: RateWatch,
        *,
        send: Callable[[ResponseCreate], object],
        mark: Callable[..., object],
        later: Callable[[float, Callable[[], None]], Any],
        new_id: Callable[[], str],
        tell_completed: Callable[[], None],
    ) -> None:
        self._gate = gate
        self._matching = matching
        self._follower = follower
        self._rates = rates
        self._send = send
        self._mark = mark
        self._later = later
        self._new_id = new_id
        self._tell_completed = tell_completed
        self._sent: OrderedDict[str, ResponseCreate] = OrderedDict()
        self._second: set[str] = set()
        """Requests that were made for the second time."""
        self._held: dict[str, ResponseCreate] = {}
        """Requests that wait for room."""
        self._again: dict[str, ResponseCreate] = {}
        """Requests that wait to be made a second time."""
        self.retries = False

    def send(self, ready: Iterable[ResponseCreate]) -> None:
        """Send requests that may go now."""
        for request in ready:
            wait = self._rates.wait()
            if 0 < wait <= LONGEST_WAIT:
                self._held[str(request.event_id)] = request
                self._mark("lab.rate_limit_wait", seconds=round(wait, 3), event_id=request.event_id)
                self._later(wait, lambda request=request: self._after_waiting(request))
            else:
                self._send_now(request)

    def apply(self, event: ServerEvent | UnknownEvent) -> None:
        """Take an event of the service into account."""
        if not isinstance(event, ResponseDone) or event.response.status != "failed":
            return
        failure = self.failure(event.response)
        if failure is None:
            return
        retried = self._retry(event.response.id, failure)
        self._mark(
            "lab.rate_limited",
            response_id=event.response.id,
            told=str(failure),
            retry_after=failure.retry_after,
            retried=retried,
        )

    def failure(self, response: Response) -> RateLimitedResponse | None:
        """The error of a response that failed for a rate limit; ``None`` for any other."""
        return rate_limit_failure(response, self._rates.retry_seconds())

    def drop(self) -> list[ResponseCreate]:
        """Make none of the requests that wait here; returns them."""
        dropped = [*self._held.values(), *self._again.values()]
        self._held.clear()
        self._again.clear()
        for request in dropped:
            self._gate.withdraw(request)
        return dropped

    def _send_now(self, request: ResponseCreate) -> None:
        try:
            self._send(request)
        except BudgetExceeded as refusal:
            self._follower.refused(str(request.event_id), refusal)
            ready = self._gate.withdraw(request)
            self._tell_completed()
            self.send(ready)
            return
        self._sent[str(request.event_id)] = request
        if len(self._sent) > REMEMBERED:
            self._sent.popitem(last=False)

    def _after_waiting(self, request: ResponseCreate) -> None:
        if self._held.pop(str(request.event_id), None) is None:
            return
        if self._gate.is_asked(request):
            self._send_now(request)
        else:  # out of band, or the connection was lost meanwhile and the gate has forgotten it
            self.send(self._gate.ask(request))

    def _retry(self, response_id: str, failure: RateLimitedResponse) -> bool:
        first, wait = self._matching.request_of(response_id), failure.retry_after
        if not self.retries or first in self._second or wait is None or wait > LONGEST_WAIT:
            return False
        sent = self._sent.get(first)
        asked = msgspec.structs.replace(sent.response) if sent and sent.response else UNSET
        request = ResponseCreate(event_id=self._new_id(), response=asked)
        event_id = str(request.event_id)
        self._second.add(event_id)
        self._again[event_id] = request
        if not is_beside(request):
            self._follower.requested(event_id, answering=response_id)
        self._later(wait, lambda: self._ask_again(request, failure))
        return True

    def _ask_again(self, request: ResponseCreate, failure: RateLimitedResponse) -> None:
        event_id = str(request.event_id)
        if self._again.pop(event_id, None) is None:
            return
        if is_beside(request) or self._follower.is_latest(event_id):
            self.send(self._gate.ask(request))
        else:
            # The user went on: what comes next answers that, and one answer is enough.
            self._follower.refused(event_id, failure)
            self._tell_completed()
