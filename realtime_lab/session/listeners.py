"""Who is told of every event of a session."""

from __future__ import annotations

from collections.abc import Callable

from ..eventlog import EventLog, LogEntry

__all__ = ["Listener", "Listeners"]

Listener = Callable[[LogEntry], None]


class Listeners:
    """Callbacks, called in the order in which they came.

    One that raises is noted in the log as ``lab.subscriber_failed``.
    """

    def __init__(self, log: EventLog) -> None:
        self._log = log
        self._callbacks: tuple[Listener, ...] = ()

    def add(self, callback: Listener) -> Callable[[], None]:
        """One more; returns how to end that."""
        self._callbacks = (*self._callbacks, callback)

        def remove() -> None:
            self._callbacks = tuple(c for c in self._callbacks if c is not callback)

        return remove

    def tell(self, entry: LogEntry) -> None:
        """Tell all of them."""
        for callback in self._callbacks:
            try:
                callback(entry)
            except Exception as error:  # somebody else's mistake must not end the session
                self._log.mark("lab.subscriber_failed", error=repr(error), seq=entry.seq)
