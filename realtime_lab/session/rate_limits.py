"""Rate limits on this side: what the service told is left, and what of it is left now."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

from ..errors import RateLimitedResponse
from ..protocol import (
    RateLimit,
    RateLimitsUpdated,
    Response,
    ResponseCreated,
    ServerEvent,
    UnknownEvent,
)
from .failures import failure_class
from .tables import Table

__all__ = ["LimitLeft", "LimitsLeft", "RateWatch", "rate_limit_failure"]

NEAR = 0.1
"""The share of a limit below which little is left."""
_TRY_AGAIN = re.compile(
    r"(?:try again|retry) (?:in|after) ([\d.]+) ?(ms|milliseconds|s|sec|m)", re.IGNORECASE
)
_UNITS = {"ms": 0.001, "milliseconds": 0.001, "s": 1.0, "sec": 1.0, "m": 60.0}


@dataclass(frozen=True, slots=True)
class LimitLeft:
    """One limit. ``remaining`` is predicted from what the service told ``ago`` seconds ago.

    ``reset_seconds`` is when all of it is back.
    """

    name: str
    limit: int
    remaining: float
    reset_seconds: float
    ago: float

    def seconds_until(self, amount: float) -> float | None:
        """When that much is left; ``None`` if it never is."""
        if amount <= self.remaining:
            return 0.0
        if amount > self.limit:
            return None
        missing = self.limit - self.remaining
        return (amount - self.remaining) * self.reset_seconds / missing if missing else 0.0


@dataclass(frozen=True)
class LimitsLeft:
    """What is left of all limits, as a table."""

    limits: tuple[LimitLeft, ...] = ()

    def __iter__(self):
        return iter(self.limits)

    def __getitem__(self, name: str) -> LimitLeft:
        found = next((one for one in self.limits if one.name == name), None)
        if found is None:
            raise KeyError(name)
        return found

    def table(self) -> Table:
        rows = [
            (
                one.name,
                f"{one.limit:,}",
                f"{one.remaining:,.0f}",
                f"{one.reset_seconds:.1f} s",
                f"{one.ago:.1f} s ago",
            )
            for one in self.limits
        ]
        return Table(
            "Rate limits",
            ("per minute", "limit", "left now, about", "all back in", "told"),
            rows,
            strong=[n for n, one in enumerate(self.limits) if one.remaining < NEAR * one.limit],
            notes=[] if rows else ["the service has told none yet; it does with a response"],
        )

    def __repr__(self) -> str:
        return self.table().text()

    def _repr_html_(self) -> str:
        return self.table().html()


class _Bucket:
    """One limit as it was last told, which fills up evenly, less what was taken since."""

    def __init__(self, told: RateLimit, now: float) -> None:
        self.limit = told.limit or 0
        self._remaining = float(told.remaining or 0)
        self._reset = float(told.reset_seconds or 0.0)
        self._at = now
        self._taken = 0.0

    def take(self, amount: float) -> None:
        self._taken += amount

    def left(self, name: str, now: float) -> LimitLeft:
        passed = max(0.0, now - self._at)
        missing = max(0.0, self.limit - self._remaining)
        back = missing if self._reset <= 0 else min(missing, missing * passed / self._reset)
        remaining = max(0.0, self._remaining + back - self._taken)
        speed = missing / self._reset if missing and self._reset > 0 else self.limit / 60
        reset = (self.limit - remaining) / speed if speed else 0.0
        return LimitLeft(name, self.limit, remaining, reset, passed)


class RateWatch:
    """Predicts the limits and warns before the service refuses.

    ``needs`` tells the tokens that the next response sets aside, ``clock`` seconds. Marks
    ``lab.rate_limit_near`` when the next response is not expected to fit, or little is left; once,
    until there is room again.
    """

    CONCERNS: ClassVar = frozenset({RateLimitsUpdated.type, ResponseCreated.type})

    def __init__(
        self,
        needs: Callable[[], int],
        mark: Callable[..., object],
        clock: Callable[[], float],
    ) -> None:
        self._needs = needs
        self._mark = mark
        self._clock = clock
        self._buckets: dict[str, _Bucket] = {}
        self._near: set[str] = set()

    def apply(self, event: ServerEvent | UnknownEvent) -> None:
        """Take an event of the service into account."""
        if isinstance(event, RateLimitsUpdated):
            for told in event.rate_limits:
                if told.name and told.limit:
                    self._buckets[told.name] = _Bucket(told, self._clock())
            self._look()
        elif isinstance(event, ResponseCreated):
            for name, needed in self._needed().items():
                if name in self._buckets:
                    self._buckets[name].take(needed)

    def left(self) -> LimitsLeft:
        """What is left now."""
        now = self._clock()
        return LimitsLeft(tuple(b.left(name, now) for name, b in sorted(self._buckets.items())))

    def wait(self) -> float:
        """Seconds to hold the next request, so that it is not sent in vain.

        It is held where the service told that nothing is left: not a request, or not a token.
        """
        return max((one.seconds_until(1.0) or 0.0 for one in self.left()), default=0.0)

    def forget(self) -> None:
        """Another endpoint has other limits."""
        self._buckets.clear()
        self._near.clear()

    def retry_seconds(self) -> float:
        """When the next response is expected to fit; all that can be said without a word of it."""
        needed = self._needed()
        waits = (one.seconds_until(needed.get(one.name, 1)) for one in self.left())
        return max((w for w in waits if w is not None), default=0.0)

    def _needed(self) -> dict[str, int]:
        return {"requests": 1, "tokens": self._needs()}

    def _look(self) -> None:
        needed = self._needed()
        for one in self.left():
            need = needed.get(one.name, 1)
            is_near = one.remaining < max(need, NEAR * one.limit)
            if is_near and one.name not in self._near:
                self._mark("lab.rate_limit_near", limit=one.name, told=_warning(one, need))
            (self._near.add if is_near else self._near.discard)(one.name)


def _warning(one: LimitLeft, need: int) -> str:
    wait = one.seconds_until(need)
    said = f"{one.remaining:,.0f} of {one.limit:,} {one.name} a minute are left"
    if wait is None:
        return (
            f"{said}, and the next response sets {need:,} aside, which never fits; set a lower "
            "max_output_tokens, or ask for more quota"
        )
    if wait:
        return f"{said}, and the next response sets {need:,} aside; it fits in {wait:.1f} s"
    return f"{said}; all are back in {one.reset_seconds:.1f} s"


def rate_limit_failure(response: Response, expected: float = 0.0) -> RateLimitedResponse | None:
    """The error of a response that failed for a rate limit; ``None`` for any other.

    ``retry_after`` is what the service's sentence names, or ``expected`` seconds; ``None`` where
    the sentence says that the response is too large to fit at all.
    """
    error = response.status_details.error if response.status_details else None
    if response.status != "failed" or not error:
        return None
    code, said = error.code or "", (error.message or "").strip()
    if failure_class(code=code, message=said) is not RateLimitedResponse:
        return None
    found = _TRY_AGAIN.search(said)
    seconds = float(found[1].rstrip(".")) * _UNITS[found[2].lower()] if found else expected
    never = "too large" in said.lower() or "quota" in code or "billing" in code
    when = (
        "it will not fit later either: ask for shorter answers or for more quota"
        if never
        else f"retry in {seconds:.3g} s"
    )
    return RateLimitedResponse(
        f"the model gave no answer: rate limit reached ({said.rstrip('.') or code}); {when}",
        code=code or None,
        retry_after=None if never else seconds,
    )
