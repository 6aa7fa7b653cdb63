"""What a session may use: money, rate limits, and whether its settings are those it asked for."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar

from ..eventlog import TurnFollower
from ..protocol import ClientEvent, Matching, ResponseTracker, ServerEvent, UnknownEvent
from .addresses import is_loopback
from .budget import kernel_account
from .gate import ResponseGate
from .rate_limits import RateWatch
from .requests import Requests
from .settings_report import AskedSettings
from .spending import Spending

if TYPE_CHECKING:
    from .session import RealtimeSession

__all__ = ["Limits"]


class Limits:
    """Builds the collaborators that watch what a session uses, and tells them what happens."""

    CONCERNS: ClassVar = (
        Spending.CONCERNS | RateWatch.CONCERNS | AskedSettings.CONCERNS | Requests.CONCERNS
    )
    SENT: ClassVar = Spending.SENT | AskedSettings.SENT
    """Types of the events of ours that `sent` looks at."""

    def __init__(
        self,
        session: RealtimeSession,
        responses: ResponseTracker,
        gate: ResponseGate,
        matching: Matching,
        follower: TurnFollower,
        send: Callable[[ClientEvent], object],
        later: Callable[[float, Callable[[], None]], Any],
    ) -> None:
        clock = session.log.clock
        self.spending = Spending(
            settings=lambda: session.config,
            model=lambda: session.model,
            matching=matching,
            is_running=responses.is_running,
            send=send,
            mark=session.mark,
            clock=clock,
            kernel=kernel_account(),
            # A call that comes by the time of day has no place in a session that repeats.
            later=None if session.in_lockstep else later,
            free=is_loopback(session.endpoint.host),
        )
        self.rates = RateWatch(self.spending.next.reserved, session.mark, clock)
        self.settings = AskedSettings(lambda: session.config, matching.request_of, session.mark)
        self.requests = Requests(
            gate,
            matching,
            follower,
            self.rates,
            send=send,
            mark=session.mark,
            later=later,
            new_id=lambda: session.wire.new_event_id(),
            tell_completed=session.tell_completed,
        )
        self._watchers = (self.spending, self.rates, self.settings, self.requests)

    def apply(self, event: ServerEvent | UnknownEvent) -> None:
        """Take an event of the service into account, after the settings and before the gate."""
        for watcher in self._watchers:
            if event.type in watcher.CONCERNS:
                watcher.apply(event)

    def sent(self, event: ClientEvent) -> None:
        """Take an event of ours into account."""
        self.spending.sent(event)
        self.settings.sent(event)

    def connection_lost(self) -> None:
        """What was under way will not come, and another service may have other limits."""
        self.spending.lost()
        self.settings.lost()
        self.rates.forget()

    def end(self) -> None:
        """The session is over."""
        self.spending.end()
