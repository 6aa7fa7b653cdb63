"""All rules together."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..client_events import ClientEvent
from ..server_events import ServerEvent, UnknownEvent
from .heard import HeardRules
from .items import ItemRules
from .output import OutputRules
from .positions import PositionRules
from .responses import ResponseRules
from .session import SessionRules
from .turns import TurnRules
from .violation import Rules, Violation

__all__ = ["StreamChecker"]


class StreamChecker:
    """Checks the stream of one session, from its first event on, against what always holds.

    Feed it every event of the server in order, decoded (in either dialect); the client's events,
    each before the events that answer it, let it also check positions in the user's audio.
    ``dialect`` says which events there have to be: the preview has no ``conversation.item.done``.

    After a violation the stream is taken as it is from there on: one mistake of a server does not
    make every later event another. What is remembered of events that are over is bounded: the last
    few thousand.
    """

    def __init__(self, dialect: str = "ga") -> None:
        self._found: list[Violation] = []
        tell = self._tell
        self._session = SessionRules(tell)
        self._rules: tuple[Rules, ...] = (
            self._session,
            ResponseRules(tell),
            OutputRules(tell),
            ItemRules(tell, items_end=dialect == "ga"),
            TurnRules(tell),
            PositionRules(tell),
            HeardRules(tell),
        )
        self._handlers: dict[str, list[Callable[[Any], None]]] = {}
        for rules in self._rules:
            for kind, handler in rules.handlers().items():
                self._handlers.setdefault(kind.type, []).append(handler)

    def apply(self, event: ServerEvent | ClientEvent | UnknownEvent) -> list[Violation]:
        """Take the next event into account; what is wrong with it, in sentences for people."""
        if not isinstance(event, ClientEvent):
            self._session.any(event)
        if not isinstance(event, UnknownEvent):
            for handle in self._handlers.get(event.type, ()):
                handle(event)
        return self._taken()

    def unfinished(self) -> list[Violation]:
        """What would be missing if the stream ended here: call it where all is said to be over."""
        for rules in self._rules:
            rules.unfinished()
        return self._taken()

    def _tell(self, rule: str, message: str) -> None:
        self._found.append(Violation(rule, message))

    def _taken(self) -> list[Violation]:
        found, self._found = self._found, []
        return found
