"""Keeps pages up to date with a log: how it grows, and what is known of its time."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any, Protocol

__all__ = ["LogWatch", "Measuring", "WatchThread"]

LOOK_SECONDS = 0.2
"""Pages are told of growth at most so often."""
TELL_SECONDS = 1.0
"""And, while there is much to do, so often that more was measured."""
ASKED_SECONDS = 1.0
"""How long after a question others are likely."""


class Measuring(Protocol):
    """Work on a log that grows, in small steps."""

    def advance(self) -> bool:
        """Do a step of it; false when nothing is left to do."""
        ...


class LogWatch:
    """What is done about a log again and again.

    ``size`` gives the number of events and the seconds of the log; ``post`` sends a message to all
    pages.
    """

    def __init__(
        self,
        size: Callable[[], tuple[int, float]],
        measuring: Measuring,
        post: Callable[[dict[str, Any]], None],
    ) -> None:
        self._size = size
        self._measuring = measuring
        self._post = post
        self._events, _ = size()
        self._looked_at = self._told_at = float("-inf")
        self._has_news = False

    def look(self, now: float) -> bool:
        """Look once, at a reading of a clock; says whether there is more to do at once."""
        if now - self._looked_at >= LOOK_SECONDS:
            self._looked_at = now
            self._tell_growth()
        busy = self._measuring.advance()
        self._has_news = self._has_news or busy
        if self._has_news and (not busy or now - self._told_at >= TELL_SECONDS):
            self._told_at, self._has_news = now, False
            self._post({"type": "measured"})
        return busy

    def _tell_growth(self) -> None:
        events, seconds = self._size()
        if events != self._events:
            self._events = events
            self._post({"type": "grown", "events": events, "seconds": seconds})


class WatchThread:
    """Calls ``look`` from a thread of its own, from the first question of a page on.

    Python runs one thread at a time: after each step it leaves time for others, most of it while
    pages ask.
    """

    def __init__(self, look: Callable[[float], bool]) -> None:
        self._look = look
        self._asked_at = float("-inf")
        self._closed = threading.Event()
        self._thread = threading.Thread(target=self._run, name="inspector", daemon=True)

    def asked(self) -> None:
        """A page asks something."""
        self._asked_at = time.monotonic()
        if not self._thread.is_alive() and not self._closed.is_set():
            self._thread.start()

    def close(self) -> None:
        """Look no more."""
        self._closed.set()

    def _run(self) -> None:
        pause = 0.0
        while not self._closed.wait(pause):
            began = time.monotonic()
            busy = self._look(began)
            now = time.monotonic()
            share = 4.0 if now - self._asked_at < ASKED_SECONDS else 0.5
            pause = share * (now - began) if busy else LOOK_SECONDS
