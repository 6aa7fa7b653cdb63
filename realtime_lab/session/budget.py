"""Caps on what may be used, and the account that holds them."""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass, replace
from math import isfinite

from ..errors import SessionError
from .metering import Spent

__all__ = ["Account", "Budget", "Expected", "Level", "check_budget", "kernel_account"]


@dataclass(frozen=True, slots=True)
class Budget:
    """The most that may be used; ``None`` is no cap.

    ``minutes`` count while sessions are open, ``tokens`` are those read and written, cached ones
    included, ``dollars`` are estimated from the price list. From ``warn_at`` of a cap on it is
    warned of. No response is begun that is expected to go beyond a cap; one that runs is not cut
    off, so what was used can be more by what that answer was longer than expected.

    Raises:
        SessionError: for figures that make no sense.
    """

    minutes: float | None = None
    tokens: int | None = None
    dollars: float | None = None
    warn_at: float = 0.8

    def __post_init__(self) -> None:
        for name in ("minutes", "tokens", "dollars"):
            cap = getattr(self, name)
            if cap is not None and not (isfinite(cap) and cap > 0):
                raise SessionError(f"a budget of {cap!r} {name} makes no sense; give more than 0")
        if not 0 < self.warn_at <= 1:
            raise SessionError(f"warn_at is {self.warn_at!r}; it is a share, such as 0.8")


def check_budget(given: object) -> None:
    """Refuse what is no budget.

    Raises:
        SessionError: for anything but a `Budget` and ``None``.
    """
    if not isinstance(given, Budget | None):
        raise SessionError(f"budget is {given!r}; give rl.Budget(dollars=…), minutes or tokens")


@dataclass(frozen=True, slots=True)
class Expected:
    """What a response is expected to use; ``dollars`` is ``None`` where no price is known."""

    tokens: int
    dollars: float | None


@dataclass(frozen=True, slots=True)
class Level:
    """How much of one cap is used."""

    what: str
    used: float
    cap: float

    @property
    def share(self) -> float:
        return self.used / self.cap

    def __str__(self) -> str:
        return f"{_amount(self.what, self.used)} of {_amount(self.what, self.cap)}"


class Account:
    """What was used of a budget, and what is set aside for responses under way.

    ``whose`` names it in sentences, ``raise_with`` is how its budget is raised, and ``comes_next``
    what may need more. Threads may share it.
    """

    def __init__(
        self,
        whose: str,
        raise_with: str,
        budget: Budget | None = None,
        *,
        comes_next: str = "the next response",
    ) -> None:
        self.whose = whose
        self.budget = budget
        self._raise_with = raise_with
        self._comes_next = comes_next
        self._lock = threading.Lock()
        self._spent = Spent(what=f"by {whose}")
        self._aside: dict[Hashable, Expected] = {}
        self._open: dict[Hashable, Callable[[], float]] = {}

    def opened(self, session: Hashable, minutes: Callable[[], float]) -> None:
        """A session begins; ``minutes`` tells how long it has lasted."""
        with self._lock:
            if session not in self._open:
                self._open[session] = minutes
                self._spent = replace(self._spent, sessions=self._spent.sessions + 1)

    def closed(self, session: Hashable) -> None:
        """A session has ended, and with it what was set aside for it."""
        with self._lock:
            lasted = self._open.pop(session, None)
            if lasted is not None:
                self._spent = replace(self._spent, minutes=self._spent.minutes + lasted())
            self._aside = {k: v for k, v in self._aside.items() if not _belongs(k, session)}

    def charge(self, spent: Spent) -> None:
        """Something was used."""
        with self._lock:
            self._spent += spent

    def spent(self) -> Spent:
        """All that was used up to now."""
        with self._lock:
            return self._so_far()

    def set_aside(self, key: Hashable, expected: Expected, *, force: bool = False) -> str:
        """Set aside what a response is expected to use, if it fits.

        Returns the sentence that says why it does not, and sets nothing aside then unless
        ``force``; empty if it fits.
        """
        with self._lock:
            refusal = self._refusal(expected)
            if not refusal or force:
                self._aside[key] = expected
            return refusal

    def move(self, key: Hashable, to: Hashable) -> None:
        """What was set aside under one name goes by another."""
        with self._lock:
            if key in self._aside:
                self._aside[to] = self._aside.pop(key)

    def give_back(self, key: Hashable) -> None:
        """Nothing is set aside under that name any longer."""
        with self._lock:
            self._aside.pop(key, None)

    def refusal(self, expected: Expected) -> str:
        """Why a response does not fit; empty if it does."""
        with self._lock:
            return self._refusal(expected)

    def levels(self) -> list[Level]:
        """How much of each cap is used, without what is set aside."""
        with self._lock:
            return list(self._levels())

    def minutes_left(self) -> float | None:
        """Until the cap on minutes is reached; ``None`` without one."""
        if self.budget is None or self.budget.minutes is None:
            return None
        return self.budget.minutes - self.spent().minutes

    def _so_far(self) -> Spent:
        running = sum(minutes() for minutes in self._open.values())
        return replace(self._spent, minutes=self._spent.minutes + running)

    def _levels(self) -> Iterator[Level]:
        budget = self.budget
        if budget is None:
            return
        if budget.minutes is not None:
            yield Level("minutes", self._so_far().minutes, budget.minutes)
        if budget.tokens is not None:
            yield Level("tokens", self._spent.tokens.total, budget.tokens)
        if budget.dollars is not None:
            total = self._spent.total
            used = total.at_least if total.dollars is None else total.dollars
            yield Level("dollars", used or 0.0, budget.dollars)

    def _refusal(self, expected: Expected) -> str:
        for level in self._levels():
            if level.what == "minutes":
                aside, more = 0.0, 0.0
            elif level.what == "tokens":
                aside = sum(one.tokens for one in self._aside.values())
                more = float(expected.tokens)
            elif expected.dollars is None:
                return (
                    f"the cap of {_amount('dollars', level.cap)} for {self.whose} cannot be held, "
                    "as no price is known for the model; give one with rl.prices(...)"
                )
            else:
                aside = sum(one.dollars or 0.0 for one in self._aside.values())
                more = expected.dollars
            if level.used + aside + more > level.cap or level.used >= level.cap:
                return self._sentence(level, aside, more)
        return ""

    def _sentence(self, level: Level, aside: float, more: float) -> str:
        said = [f"{self.whose} has used {level}"]
        if aside:
            said.append(f"{_amount(level.what, aside)} are set aside for responses under way")
        if more and level.used < level.cap:
            said.append(f"{self._comes_next} may need {_amount(level.what, more)}")
        facts = " and ".join([", ".join(said[:-1]), said[-1]] if len(said) > 1 else said)
        return (
            f"the budget is reached: {facts}; raise it with "
            f"{self._raise_with.format(what=level.what)}, or end here"
        )


def _belongs(key: Hashable, session: Hashable) -> bool:
    return isinstance(key, tuple) and key[0] == session


def _amount(what: str, amount: float) -> str:
    if what == "dollars":
        return f"${amount:,.4f}" if amount < 1 else f"${amount:,.2f}"
    return f"{amount:,.0f} tokens" if what == "tokens" else f"{amount:,.1f} minutes"


_kernel = Account("this kernel", "rl.budget({what}=…)")


def kernel_account() -> Account:
    """The account of all sessions of this process."""
    return _kernel
