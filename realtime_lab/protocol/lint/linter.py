"""Follows a stream of events and tells the mistakes in it."""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Callable, Iterable
from typing import Any

from ..recent import Recent
from ..server_events import SessionCreated, UnknownEvent
from .facts import Facts, Origin
from .finding import About, Finding
from .record import UNKNOWN, Handlers, Record
from .rule import Rule
from .rules import RULES

__all__ = ["Linter"]

LEAST_SECONDS = 0.001
_Handle = Callable[[Any, Record], None]


class Linter:
    """Takes the events of a log one by one, in order, and tells each mistake once.

    ``dialect`` is the one spoken at first; ``wall`` the time of day at which the log begins, in
    seconds since 1970, where it is known. ``rules`` are those to look for, all by default.

    Each event costs the same however long the log is, and what is remembered is bounded. Where a
    session begins anew, everything does.
    """

    def __init__(
        self,
        dialect: str = "ga",
        *,
        wall: float | None = None,
        rules: Iterable[type[Rule]] = RULES,
    ) -> None:
        self._kinds = tuple(rules)
        self._origin = Origin(dialect, wall)
        self._seconds = 0.0
        self._next = 0
        self._desk = _Desk()
        self._begin()

    def apply(self, record: Record) -> list[Finding]:
        """Take the next event; returns what was found with it, which may be about earlier ones."""
        event = record.event
        seconds = record.seconds
        if record.seq != self._next:
            self._origin.has_gaps = True
        self._next = record.seq + 1
        if seconds > self._seconds:
            self._pass_time(seconds)
        if isinstance(event, UnknownEvent):
            kind = UNKNOWN
        else:
            kind = event.type
            if record.direction == "local":
                self._note_mark(event)
            elif kind == SessionCreated.type and self._is_another():
                self._begin()
        for handle in self._handlers.get(kind, ()):
            handle(event, record)
        return self._desk.taken()

    def advance(self, seconds: float) -> list[Finding]:
        """Nothing more came until then: tell what should have."""
        if seconds > self._seconds:
            self._pass_time(seconds)
        return self._desk.taken()

    def finish(self) -> list[Finding]:
        """The log is over: tell what is missing at its end."""
        for rule in self._rules:
            rule.ended()
        return self._desk.taken()

    def _begin(self) -> None:
        self._desk.forget_calls()
        self._facts = Facts(self._origin)
        self._facts.now = self._desk.now = self._seconds
        self._rules = [kind(self._facts, self._desk) for kind in self._kinds]
        # Rules first: they see what held before the event.
        self._handlers = _by_type(
            [*(rule.handlers() for rule in self._rules), *self._facts.handlers()]
        )

    def _is_another(self) -> bool:
        return self._facts.settings.created is not None and not self._origin.moving

    def _pass_time(self, seconds: float) -> None:
        desk, facts = self._desk, self._facts
        while (due := desk.next_call(seconds)) is not None:
            facts.now = desk.now = due.seconds
            due.call()
        self._seconds = facts.now = desk.now = seconds

    def _note_mark(self, mark: Any) -> None:
        origin = self._origin
        origin.has_marks = True
        if mark.type == "lab.connected" and mark.data.get("dialect") in ("ga", "preview"):
            origin.dialect = mark.data["dialect"]
        elif mark.type == "lab.recycling":
            origin.moving = True
        elif mark.type in ("lab.recycled", "lab.connection_lost"):
            origin.moving = False


class _Call:
    """Something to be done when its time comes."""

    __slots__ = ("call", "number", "seconds")

    def __init__(self, seconds: float, number: int, call: Callable[[], None]) -> None:
        self.seconds = seconds
        self.number = number
        self.call = call

    def __lt__(self, other: _Call) -> bool:
        return (self.seconds, self.number) < (other.seconds, other.number)


class _Desk:
    """Gathers findings, and calls rules back when time has passed."""

    def __init__(self) -> None:
        self.now = 0.0
        self._found: list[Finding] = []
        self._shown: Recent[int, None] = Recent()
        self._calls: list[_Call] = []
        self._numbers = itertools.count()

    def tell(self, about: About, record: Record, message: str, others: tuple[Record, ...]) -> None:
        seqs = tuple(sorted({record.seq, *(other.seq for other in others)}))
        for seq in seqs:
            self._shown.remember(seq, None)
        self._found.append(Finding(about, record.seconds, seqs, message))

    def later(self, seconds: float, call: Callable[[], None]) -> None:
        # Never at once: a rest that rounding leaves would be waited for again and again.
        due = self.now + max(seconds, LEAST_SECONDS)
        heapq.heappush(self._calls, _Call(due, next(self._numbers), call))

    def is_explained(self, record: Record) -> bool:
        return record.seq in self._shown

    def next_call(self, until: float) -> _Call | None:
        is_due = bool(self._calls) and self._calls[0].seconds <= until
        return heapq.heappop(self._calls) if is_due else None

    def forget_calls(self) -> None:
        self._calls.clear()

    def taken(self) -> list[Finding]:
        if not self._found:
            return []
        found, self._found = self._found, []
        return found


def _by_type(groups: Iterable[Handlers]) -> dict[str, tuple[_Handle, ...]]:
    handlers: dict[str, list[_Handle]] = {}
    for group in groups:
        for kind, handle in group.items():
            name = kind if isinstance(kind, str) else kind.type
            handlers.setdefault(name, []).append(handle)
    return {name: tuple(listed) for name, listed in handlers.items()}
