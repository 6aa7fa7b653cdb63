"""Begins the sessions of a run: where the service has room, and the budget."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from ...errors import (
    ApiVersionRetired,
    AuthenticationError,
    BetaShapeDisabled,
    BudgetExceeded,
    DeploymentNotFound,
    InsecureTransport,
    ModelNotRealtime,
    NetworkBlocked,
    RateLimitedConnect,
    RateLimitedResponse,
    RealtimeLabError,
)
from ...session import Account, Budget, Expected, Spent
from .asking import Outcome, ask
from .design import Design, Planned
from .places import Place

__all__ = ["Limits", "Sessions"]

TRIES = 4
"""Sessions that are begun for one take at most, where the service has no room for the first."""
LONGEST_WAIT = 60.0
"""Seconds that a service may ask for; limits are per minute."""
_FOR_GOOD = (
    AuthenticationError, DeploymentNotFound, ModelNotRealtime, ApiVersionRetired,
    BetaShapeDisabled, InsecureTransport, NetworkBlocked,
)  # fmt: skip
"""What an endpoint says to one session and would say to all."""


@dataclass(frozen=True)
class Limits:
    """What a run may do: send to other machines, wait so long for a line, use so much."""

    agree: bool | None
    timeout: float
    budget: Budget | None


class Sessions:
    """Begins sessions where there is room and money for them; ``expected`` is by endpoint."""

    def __init__(
        self, design: Design, limits: Limits, account: Account, expected: Mapping[str, Expected]
    ) -> None:
        self._design = design
        self._limits = limits
        self._account = account
        self._expected = expected

    async def asked(self, place: Place, planned: Planned) -> Outcome:
        """Ask, and once more each time that the service had no room and says when it has."""
        spent = Spent()
        outcome = Outcome()
        for tries in range(1, TRIES + 1):
            await place.lane.pace.room()
            if place.lane.closed is not None:
                return Outcome(error=place.lane.closed, spent=spent)
            refusal = self._account.set_aside(planned, self._expected[place.name])
            if refusal:
                return Outcome(error=BudgetExceeded(refusal), spent=spent)
            outcome = await ask(
                place,
                planned,
                self._design,
                agree=self._limits.agree,
                timeout=self._limits.timeout,
            )
            self._account.give_back(planned)
            self._account.charge(outcome.spent)
            spent += outcome.spent
            wait = _wait(outcome.error)
            if wait is None or wait > LONGEST_WAIT or tries == TRIES:
                break
            place.lane.pace.hold(wait)
        if isinstance(outcome.error, _FOR_GOOD):
            place.lane.closed = outcome.error
        return replace(outcome, spent=spent)


def _wait(error: RealtimeLabError | None) -> float | None:
    """Seconds after which it is worth another session; ``None`` where it is not."""
    if isinstance(error, RateLimitedConnect | RateLimitedResponse):
        return error.retry_after
    return None
