"""What the linter is told of an event."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Literal, NamedTuple, Protocol

from ..client_events import ClientEvent
from ..server_events import ServerEvent, UnknownEvent

__all__ = ["UNKNOWN", "Handlers", "MarkLike", "Record"]


class MarkLike(Protocol):
    """Something that happened on the client's side: ``type`` begins with ``lab.``."""

    @property
    def type(self) -> str: ...
    @property
    def data(self) -> dict[str, Any]: ...


class Record(NamedTuple):
    """One event in its place: its number, seconds since the start, which way it went."""

    seq: int
    seconds: float
    direction: Literal["sent", "received", "local"]
    event: ServerEvent | ClientEvent | UnknownEvent | MarkLike


Handlers = Mapping[type[Any] | str, Callable[[Any, Record], None]]
"""What looks at each type of event, or at each mark by its name: ``handle(event, record)``."""
UNKNOWN = ""
"""The name under which `Handlers` take events that were not understood."""
