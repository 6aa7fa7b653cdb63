"""Rate limits as data: what is left of requests and tokens a minute."""

from __future__ import annotations

import time
from collections.abc import Callable

from ..protocol import RateLimit, RateLimitsUpdated

__all__ = ["RateLimits"]


class _Allowance:
    """An amount that refills evenly within a minute."""

    def __init__(self, name: str, per_minute: int, now: float) -> None:
        self._name = name
        self._limit = per_minute
        self._left = float(per_minute)
        self._at = now

    def spend(self, amount: int, now: float) -> None:
        self._refill(now)
        self._left = max(0.0, self._left - amount)

    def state(self, now: float) -> RateLimit:
        self._refill(now)
        missing = self._limit - self._left
        return RateLimit(
            name=self._name,
            limit=self._limit,
            remaining=int(self._left),
            reset_seconds=round(missing * 60 / self._limit, 3),
        )

    def _refill(self, now: float) -> None:
        gained = (now - self._at) * self._limit / 60
        self._left, self._at = min(self._limit, self._left + gained), now


class RateLimits:
    """The account of one deployment, shared by its sessions. Told, not enforced."""

    def __init__(
        self,
        requests_per_minute: int,
        tokens_per_minute: int,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._clock = clock
        self._requests = _Allowance("requests", requests_per_minute, clock())
        self._tokens = _Allowance("tokens", tokens_per_minute, clock())

    def spend(self, tokens: int) -> RateLimitsUpdated:
        """Count one response; the event that tells what is left."""
        now = self._clock()
        self._requests.spend(1, now)
        self._tokens.spend(tokens, now)
        return RateLimitsUpdated(rate_limits=[self._requests.state(now), self._tokens.state(now)])
