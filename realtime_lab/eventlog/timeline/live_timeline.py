"""The timeline of a log that may be growing, brought up to date in small steps."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from ..meaning import Meaning
from ..redaction.outlet import HELD_SECONDS, Outlet, Shown
from .timeline import Timeline, TimelineFollower

if TYPE_CHECKING:
    from ..log import EventLog

__all__ = ["LiveTimeline"]

PAGE = 4000


class LiveTimeline:
    """As `timeline` with texts as they may be shown, without reading the log again each time.

    ``clock`` tells how long nothing has come: a text that may be the beginning of something to be
    redacted is waited for until then.
    """

    def __init__(self, log: EventLog, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._log = log
        self._clock = clock
        self._outlet = Outlet(log.redaction)
        self._meaning = Meaning(log.dialect)
        self._follower = TimelineFollower(log.start)
        self._taken = 0
        self._grew_at = clock()

    @property
    def taken(self) -> int:
        """How many entries it has taken."""
        return self._taken

    @property
    def is_current(self) -> bool:
        """Whether it has taken all that the log has by now."""
        return self._taken >= len(self._log)

    def advance(self) -> bool:
        """Take some more entries; false when there are none."""
        fresh = self._log[self._taken : self._taken + PAGE]
        if fresh:
            self._grew_at = self._clock()
            shown = self._outlet.put(fresh)
        elif self._clock() - self._grew_at > HELD_SECONDS:
            shown = self._outlet.overdue()
        else:
            shown = []
        self._taken += len(fresh)
        for one in shown:
            self._apply(one)
        return bool(fresh or shown)

    def timeline(self) -> Timeline:
        """The timeline of what it has taken."""
        return self._follower.timeline(self._log.turn_of)

    def _apply(self, shown: Shown) -> None:
        entry, text, _ = shown
        event = self._meaning.of(entry, text)
        if event is not entry.event:
            entry = type(entry).of(entry.seq, entry.at, entry.direction, event, text)
        self._follower.apply(entry)
