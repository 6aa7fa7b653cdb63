"""What a service owes and does not give: after a while its turn ends, with a sentence."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, ClassVar

from ..errors import ResponseFailed
from ..eventlog import TurnFollower
from ..protocol import (
    ErrorEvent,
    InputAudioBufferCommitted,
    ResponseCreate,
    ResponseTracker,
    ServerEvent,
    SpeechStopped,
    UnknownEvent,
)
from .gate import ResponseGate

__all__ = ["Overdue"]

BEGIN_SECONDS = 30.0
"""How long a response may take to begin."""
BUSY_SECONDS = 5.0
"""How long a response is waited for that only the service knows of."""


class Overdue:
    """Watches over what was asked for.

    A request without ``response.created`` is given up, marked ``lab.no_response`` (``event_id`` or
    ``item_id``, ``seconds``), and so is the response that the service owes to what was spoken. A
    response without ``response.done`` that somebody tried to cancel ends here, marked
    ``lab.response_lost`` (``response_id``). Either way the next request goes out.
    """

    CONCERNS: ClassVar = frozenset(
        {SpeechStopped.type, InputAudioBufferCommitted.type, ErrorEvent.type}
    )

    def __init__(
        self,
        gate: ResponseGate,
        follower: TurnFollower,
        responses: ResponseTracker,
        *,
        send: Callable[[Iterable[ResponseCreate]], None],
        mark: Callable[..., object],
        later: Callable[[float, Callable[[], None]], Any],
        tell_completed: Callable[[], None],
    ) -> None:
        self._gate = gate
        self._follower = follower
        self._responses = responses
        self._send = send
        self._mark = mark
        self._later = later
        self._tell_completed = tell_completed

    def sent(self, request: ResponseCreate) -> None:
        """A request has gone out."""
        self._later(BEGIN_SECONDS, lambda: self._expect_begun(request))

    def apply(self, event: ServerEvent | UnknownEvent) -> None:
        """Take an event of the service into account, after gate and follower have."""
        if isinstance(event, SpeechStopped | InputAudioBufferCommitted):
            if self._follower.waits_for_service(event.item_id):
                self._later(BEGIN_SECONDS, lambda: self._expect_served(event.item_id))
        elif self._gate.is_blocked:
            self._later(BUSY_SECONDS, lambda: self._send(self._gate.open_up()))

    def lost(self, response_id: str) -> None:
        """The end of this response never came, or the service says that it is over."""
        self._mark("lab.response_lost", response_id=response_id)
        self._responses.end(response_id)
        self._follower.response_lost(response_id)
        self._send(self._gate.open_up())
        self._tell_completed()

    def _expect_begun(self, request: ResponseCreate) -> None:
        if not self._gate.is_asked(request):
            return
        event_id = str(request.event_id)
        self._mark("lab.no_response", event_id=event_id, seconds=BEGIN_SECONDS)
        self._follower.refused(event_id, _never_began())
        self._send(self._gate.withdraw(request))
        self._tell_completed()

    def _expect_served(self, item_id: str) -> None:
        if self._follower.waits_for_service(item_id):
            self._mark("lab.no_response", item_id=item_id, seconds=BEGIN_SECONDS)
            self._follower.service_failed(item_id, _never_began())
            self._tell_completed()


def _never_began() -> ResponseFailed:
    return ResponseFailed(
        f"the service did not begin to answer within {BEGIN_SECONDS:g} s, and told no reason; the "
        "session goes on: say it again"
    )
