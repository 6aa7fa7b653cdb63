"""Rate limits as data: requests, tokens and connections a minute, per deployment.

What was used comes back evenly within a minute, so that nothing happens at full minutes. A
response reserves, when it starts, the tokens it reads and all those it may write; when it ends the
reservation is corrected to what it used (OpenAI, realtime reference, ``rate_limits.updated``). A
session opened counts as a request, as a response does; what was refused does not count.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from typing import Annotated

import msgspec

from ..protocol import UNSET, Field, RateLimit, RateLimitsUpdated

__all__ = ["LimitReachedError", "LimitsChange", "RateLimits"]

PerMinute = Annotated[int, msgspec.Meta(ge=1)]
_ROUNDING = 1e-6
"""What may be missing through the rounding of what came back."""


class LimitsChange(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """New limits; what is absent stays as it is. ``None`` connections are not limited."""

    tokens_per_minute: PerMinute | Field = UNSET
    requests_per_minute: PerMinute | Field = UNSET
    connections_per_minute: PerMinute | None | Field = UNSET

    def after(self, earlier: LimitsChange) -> LimitsChange:
        """Both changes in one; this one has the last word."""
        changes = (earlier, self)
        return LimitsChange(
            **{
                name: value
                for change in changes
                for name in LimitsChange.__struct_fields__
                if (value := getattr(change, name)) is not UNSET
            }
        )


class LimitReachedError(Exception):
    """Something does not fit a limit now.

    ``name`` is ``tokens``, ``requests`` or ``connections``. ``seconds`` is when it fits, ``None``
    if it never will.
    """

    def __init__(
        self, name: str, *, limit: int, used: int, asked: int, seconds: float | None
    ) -> None:
        super().__init__(f"{name}: {asked} more than {used} of {limit}")
        self.name = name
        self.limit = limit
        self.used = used
        self.asked = asked
        self.seconds = seconds


class _Allowance:
    """An amount that may be used within a minute and comes back evenly."""

    def __init__(self, name: str, per_minute: int | None, now: float) -> None:
        self._name = name
        self.per_minute = per_minute
        self._used = 0.0
        self._at = now

    def fresh(self, now: float) -> _Allowance:
        """The same limit, with nothing used."""
        return _Allowance(self._name, self.per_minute, now)

    def check(self, amount: int, now: float) -> None:
        """Raise `LimitReachedError` if ``amount`` does not fit."""
        self._recover(now)
        limit = self.per_minute
        if limit is None or self._used + amount <= limit + _ROUNDING:
            return
        excess = self._used + amount - limit
        raise LimitReachedError(
            self._name,
            limit=limit,
            used=math.ceil(self._used - _ROUNDING),
            asked=amount,
            seconds=excess * 60 / limit if amount <= limit else None,
        )

    def spend(self, amount: int, now: float) -> None:
        """Use ``amount``, or give it back if it is negative."""
        self._recover(now)
        self._used = max(0.0, self._used + amount)

    def state(self, now: float) -> RateLimit | None:
        """What is left; ``None`` where there is no limit."""
        self._recover(now)
        if self.per_minute is None:
            return None
        return RateLimit(
            name=self._name,
            limit=self.per_minute,
            remaining=max(0, int(self.per_minute - self._used + _ROUNDING)),
            reset_seconds=round(self._used * 60 / self.per_minute, 3),
        )

    def _recover(self, now: float) -> None:
        if self.per_minute is None:
            self._used = 0.0
        else:
            self._used = max(0.0, self._used - (now - self._at) * self.per_minute / 60)
        self._at = now


class RateLimits:
    """The account of one deployment, shared by its sessions.

    ``connections_per_minute`` ``None`` does not limit them. ``clock`` gives seconds.
    """

    def __init__(
        self,
        requests_per_minute: int,
        tokens_per_minute: int,
        clock: Callable[[], float] = time.monotonic,
        *,
        connections_per_minute: int | None = None,
    ) -> None:
        self._clock = clock
        now = clock()
        self._requests = _Allowance("requests", requests_per_minute, now)
        self._tokens = _Allowance("tokens", tokens_per_minute, now)
        self._connections = _Allowance("connections", connections_per_minute, now)

    def fresh(self, clock: Callable[[], float]) -> RateLimits:
        """The same limits by another clock, with nothing used."""
        now = clock()
        copy = RateLimits(1, 1, clock)
        for name in ("_requests", "_tokens", "_connections"):
            setattr(copy, name, getattr(self, name).fresh(now))
        return copy

    def admit(self) -> None:
        """Count a session that is to be opened: a connection and a request.

        Raises:
            LimitReachedError: if there is none left, or not a single token; it is not counted then.
        """
        now = self._clock()
        self._connections.check(1, now)
        self._requests.check(1, now)
        self._tokens.check(1, now)
        self._connections.spend(1, now)
        self._requests.spend(1, now)

    def reserve(self, tokens: int) -> None:
        """Count a response that is to start, and set ``tokens`` aside until `settle`.

        Raises:
            LimitReachedError: if it does not fit; it is not counted then.
        """
        now = self._clock()
        self._requests.check(1, now)
        self._tokens.check(tokens, now)
        self._requests.spend(1, now)
        self._tokens.spend(tokens, now)

    def settle(self, *, reserved: int, used: int) -> None:
        """Correct a reservation to what was ``used``, be it less or more."""
        self._tokens.spend(used - reserved, self._clock())

    def change(self, change: LimitsChange) -> None:
        """Set other limits; what was used stays used."""
        now = self._clock()
        for allowance, per_minute in (
            (self._tokens, change.tokens_per_minute),
            (self._requests, change.requests_per_minute),
            (self._connections, change.connections_per_minute),
        ):
            if per_minute is not UNSET:
                allowance.spend(0, now)
                allowance.per_minute = per_minute

    def set(
        self,
        *,
        tokens_per_minute: int | Field = UNSET,
        requests_per_minute: int | Field = UNSET,
        connections_per_minute: int | None | Field = UNSET,
    ) -> None:
        """`change` for Python: ``limits.set(tokens_per_minute=6_000)``.

        Raises:
            msgspec.ValidationError: for a limit that is not a whole number of at least 1.
        """
        asked = {
            "tokens_per_minute": tokens_per_minute,
            "requests_per_minute": requests_per_minute,
            "connections_per_minute": connections_per_minute,
        }
        given = {name: value for name, value in asked.items() if value is not UNSET}
        self.change(msgspec.convert(given, LimitsChange))

    def told(self) -> RateLimitsUpdated:
        """The event that tells what is left of requests and tokens."""
        return RateLimitsUpdated(
            rate_limits=[state for state in self.states() if state.name != "connections"]
        )

    def states(self) -> list[RateLimit]:
        """What is left of everything that is limited: requests, tokens, connections."""
        now = self._clock()
        allowances = (self._requests, self._tokens, self._connections)
        return [state for one in allowances if (state := one.state(now)) is not None]
