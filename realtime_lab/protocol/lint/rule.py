"""What all rules have in common."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import ClassVar, Protocol

from .facts import Facts
from .finding import About
from .record import Handlers, Record

__all__ = ["Desk", "Rule", "span"]


class Desk(Protocol):
    """Where rules say what they found."""

    def tell(self, about: About, record: Record, message: str, others: tuple[Record, ...]) -> None:
        """A finding at ``record``, which ``others`` also show."""
        ...

    def later(self, seconds: float, call: Callable[[], None]) -> None:
        """Call back when so much of the log's time has passed."""
        ...

    def is_explained(self, record: Record) -> bool:
        """Whether a finding shows this event already."""
        ...


class Rule(ABC):
    """Looks for one mistake.

    Its handlers see an event before the facts do: ``facts`` are what held until then.
    """

    about: ClassVar[About]

    def __init__(self, facts: Facts, desk: Desk) -> None:
        self.facts = facts
        self._desk = desk
        self._told = False

    @abstractmethod
    def handlers(self) -> Handlers:
        """The events that concern this rule."""

    def ended(self) -> None:  # noqa: B027 - most rules owe nothing at the end
        """The log is over: tell what cannot come any more."""

    def tell(self, record: Record, message: str, *others: Record | None) -> None:
        """Say what is wrong at ``record``, and which other events show it."""
        shown = tuple(other for other in others if other is not None)
        self._desk.tell(self.about, record, message, shown)

    def tell_once(self, record: Record, message: str, *others: Record | None) -> None:
        """The same, but at most once in a session: for what goes on and on."""
        if not self._told:
            self._told = True
            self.tell(record, message, *others)

    def later(self, seconds: float, call: Callable[[], None]) -> None:
        """Call back when so much of the log's time has passed."""
        self._desk.later(seconds, call)

    def is_explained(self, record: Record) -> bool:
        """Whether a finding shows this event already."""
        return self._desk.is_explained(record)

    def since(self, record: Record) -> float:
        """Seconds since then."""
        return self.facts.now - record.seconds


def span(seconds: float) -> str:
    """A time in a sentence: ``312 ms``, ``4.2 s``, ``3 min 20 s``."""
    if seconds < 1.0:
        return f"{1000 * seconds:.0f} ms"
    if seconds < 100:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s"
