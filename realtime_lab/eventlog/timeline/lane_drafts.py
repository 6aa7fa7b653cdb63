"""Spans of a timeline while they are being made."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol

__all__ = ["Draft", "Drafts", "Handlers", "Instant", "Lanes"]

Handlers = Mapping[str, Callable[..., None]]
"""What is done about events, by type: ``handle(lanes, now, event)``."""


@dataclass(frozen=True, slots=True)
class Instant:
    """When something happened, in seconds from the start, and the entry that tells of it."""

    at: float
    seq: int


@dataclass(slots=True, eq=False)
class Draft:
    """A span that may still change; ``seq`` is the entry that began it."""

    lane: str
    seq: int
    start: float
    end: float | None = None
    text: str = ""
    item_id: str | None = None
    response_id: str | None = None


class Drafts:
    """The spans so far, and which of them are under way, by lane and key."""

    def __init__(self) -> None:
        self._all: list[Draft] = []
        self._last: dict[tuple[str, str], Draft] = {}
        self._open: dict[tuple[str, str], Draft] = {}

    def __iter__(self) -> Iterator[Draft]:
        return iter(self._all)

    def begin(self, lane: str, key: str, now: Instant, start: float, **fields: Any) -> Draft:
        """Something begins at ``start``, as is told at a moment."""
        draft = Draft(lane, now.seq, start, **fields)
        self._all.append(draft)
        self._last[lane, key] = self._open[lane, key] = draft
        return draft

    def end(self, lane: str, key: str, at: float) -> Draft | None:
        """It ends, if it is under way."""
        draft = self._open.pop((lane, key), None)
        if draft is not None:
            draft.end = max(draft.start, at)
        return draft

    def known(self, lane: str, key: str) -> Draft | None:
        """The last one of that key."""
        return self._last.get((lane, key))

    def rename(self, draft: Draft, key: str) -> None:
        """It is also known by another key."""
        self._last[draft.lane, key] = draft

    def under_way(self, lane: str) -> list[tuple[str, Draft]]:
        """Those of a lane that have not ended, with their keys."""
        return [(key, draft) for (name, key), draft in self._open.items() if name == lane]

    def is_under_way(self, lane: str, key: str) -> bool:
        return (lane, key) in self._open


class Lanes(Protocol):
    """Makes the spans of some lanes from events."""

    HANDLERS: ClassVar[Handlers]

    def text(self, draft: Draft) -> str:
        """What a span tells."""
        ...

    def end(self, draft: Draft) -> float | None:
        """Where it ends; ``None`` while it is under way."""
        ...
