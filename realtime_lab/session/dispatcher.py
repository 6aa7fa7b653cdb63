"""The way of an event through a session: who is told of it, and in which order."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from ..eventlog import UNANNOUNCED, LogEntry, TurnFollower, item_id_of, response_id_of
from ..protocol import Announcements, InputAudioBufferAppend, Matching, Unannounced
from .duplicates import Duplicates
from .listeners import Listeners

__all__ = ["Concern", "Dispatcher", "by_type"]

Handler = Callable[[Any], object]
Concern = tuple[Iterable[str], Handler | None]
"""Types of events, and who handles them; ``None`` where nobody does."""


class Dispatcher:
    """Tells every entry of the log, one after the other, to all whom it concerns.

    First to the account of what answers what, then to the turns, then to those who handle its type
    (``received`` and ``sent``), and last to whoever listens. What one of them sends or marks in
    answer is told after the entry, not amid it.

    An event that came twice is marked ``lab.duplicate`` (``seq``, ``first``, ``event``,
    ``response_id``) and told to nobody. What the service did and did not tell is handled as if it
    had, and marked ``lab.unannounced`` (``event``, ``item_id``, ``previous_item_id``).
    """

    def __init__(
        self,
        matching: Matching,
        announcements: Announcements,
        follower: TurnFollower,
        listeners: Listeners,
        *,
        received: Mapping[str, list[Handler]],
        sent: Mapping[str, list[Handler]],
        mark: Callable[..., object],
        tell_completed: Callable[[], None],
    ) -> None:
        self._matching = matching
        self._announcements = announcements
        self._follower = follower
        self._listeners = listeners
        self._handlers: dict[str, Mapping[str, list[Handler]]] = {
            "received": received,
            "sent": sent,
            "local": {},
        }
        self._mark = mark
        self._tell_completed = tell_completed
        self._duplicates = Duplicates()
        self._untold: deque[LogEntry] = deque()
        self._telling = False

    def received(self, entry: LogEntry) -> None:
        """An event came in."""
        first = self._duplicates.first(entry)
        if first is None:
            self.tell(entry)
        else:
            self._mark(
                "lab.duplicate",
                seq=entry.seq,
                first=first.seq,
                event=entry.type,
                response_id=response_id_of(entry.event),
            )

    def tell(self, entry: LogEntry) -> None:
        """Tell an entry, once all before it were told."""
        self._untold.append(entry)
        if self._telling:
            return
        self._telling = True
        try:
            while self._untold:
                self._tell(self._untold.popleft())
        finally:
            self._telling = False

    def connection_lost(self) -> None:
        """What was to be announced over the old connection will not be."""
        self._take_unannounced(self._announcements.connection_lost())

    def taken_over(self) -> None:
        """Another connection numbers its events anew."""
        self._duplicates = Duplicates()

    def _tell(self, entry: LogEntry) -> None:
        event = entry.event
        if isinstance(event, InputAudioBufferAppend):
            # Fifty times a second, and of no concern but to its turn and whoever listens.
            self._follower.apply(entry)
            self._listeners.tell(entry)
            return
        self._matching.apply(event)
        kind = event.type
        if kind in Announcements.CONCERNS:
            self._take_unannounced(self._announcements.apply(event))
        may_complete = self._follower.apply(entry)
        for handle in self._handlers[entry.direction].get(kind, ()):
            handle(event)
        if may_complete:
            self._tell_completed()
        self._listeners.tell(entry)

    def _take_unannounced(self, lost: Iterable[Unannounced]) -> None:
        for event in lost:
            for handle in self._handlers["received"].get(event.type, ()):
                handle(event)
            self._mark(
                UNANNOUNCED,
                event=event.type,
                item_id=item_id_of(event),
                previous_item_id=event.previous_item_id or None,
            )


def by_type(*concerns: Concern) -> dict[str, list[Handler]]:
    """Who handles which type of event, in the order given."""
    handlers: dict[str, list[Handler]] = {}
    for types, handle in concerns:
        for name in types:
            if handle is not None:
                handlers.setdefault(name, []).append(handle)
    return handlers
