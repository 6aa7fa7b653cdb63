"""A broken rule, and what the rules have in common."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

__all__ = ["Handlers", "Rules", "Tell", "Violation", "named"]


@dataclass(frozen=True, slots=True)
class Violation:
    """What is wrong in a stream.

    ``rule`` is a short name that stays the same; ``message`` a sentence that names the events.
    """

    rule: str
    message: str

    def __str__(self) -> str:
        return self.message


Tell = Callable[[str, str], None]
"""Takes the rule and the message of a violation."""
Handlers = Mapping[type[Any], Callable[[Any], None]]


class Rules(Protocol):
    """A few rules about the same things. They say what is wrong to a `Tell`."""

    def handlers(self) -> Handlers:
        """What looks at each type of event; all others do not concern these rules."""
        ...

    def unfinished(self) -> None:
        """Tell what is still owed if the stream ends here, although nothing broke off."""
        ...


def named(event: Any) -> str:
    """An event in a sentence: its type, and its id where it has one."""
    event_id = event.event_id if isinstance(event.event_id, str) else ""
    return f"{event.type} ({event_id})" if event_id else event.type
