"""The thread that all journals of a process are written on."""

from __future__ import annotations

import atexit
import os
import threading
import weakref
from collections import deque
from functools import cache
from typing import Protocol

__all__ = ["GROUP_SECONDS", "JournalThread", "journal_thread"]

GROUP_SECONDS = 0.02
"""How long what is new may wait for more to be written with it."""


class _Writes(Protocol):
    def write(self) -> None:
        """Write what is new. Never raises."""
        ...

    def flush(self) -> None:
        """Write all that there is."""
        ...


class JournalThread:
    """Writes what is due, some of it together, and all of it when the process ends."""

    def __init__(self) -> None:
        self._due: deque[_Writes] = deque()
        self._some = threading.Event()
        self._hurry = threading.Event()
        self._journals: weakref.WeakSet[_Writes] = weakref.WeakSet()
        threading.Thread(target=self._run, name="realtime_lab journals", daemon=True).start()
        atexit.register(self._finish)

    def add(self, journal: _Writes) -> None:
        """Another journal that is to be complete when the process ends."""
        self._journals.add(journal)

    def soon(self, journal: _Writes) -> None:
        """Write that journal within `GROUP_SECONDS`."""
        self._due.append(journal)
        self._some.set()

    def now(self) -> None:
        """Write what is due without waiting."""
        self._hurry.set()

    def _run(self) -> None:
        while True:
            self._some.wait()
            self._hurry.wait(GROUP_SECONDS)
            self._some.clear()
            self._hurry.clear()
            for _ in range(len(self._due)):
                self._due.popleft().write()

    def _finish(self) -> None:
        for journal in list(self._journals):
            journal.flush()


@cache
def journal_thread() -> JournalThread:
    """The one of this process."""
    return JournalThread()


if hasattr(os, "register_at_fork"):
    # A child has no such thread, and the journals that are open are its parent's.
    os.register_at_fork(after_in_child=journal_thread.cache_clear)
