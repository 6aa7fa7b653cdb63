"""Writes a log to its files while it grows, beside the thread that the log grows on."""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Callable
from pathlib import Path

from ..entries import Entries
from ..entry import LogEntry
from ..turns.turn_numbers import TurnNumbers
from .files import reason
from .growing import GROUP, Growing
from .journal_files import JournalFiles
from .journal_thread import journal_thread

__all__ = ["Journal"]

PATIENCE = 25
"""How often an entry is left for the next time because its turn is not assigned yet. That mostly
takes microseconds, and of some entries nobody ever tells."""

_log = logging.getLogger(__name__)


class Journal:
    """Writes what is new in a log, in groups, on a thread that all journals of a process share.

    `note` never waits for a disk. What is noted is written when a group is full, and 20 ms later at
    the latest; an entry whose turn is not assigned yet waits for that until a group is full, or for
    half a second. After a failed write nothing more is written, `problem` says why, and ``failed``
    is called with it.
    """

    def __init__(
        self,
        files: JournalFiles,
        entries: Entries,
        turns: TurnNumbers,
        growing: Growing,
        failed: Callable[[str], object],
    ) -> None:
        self.problem: str | None = None
        self._files = files
        self._entries = entries
        self._turns = turns
        self._growing = growing
        self._failed = failed
        self._written = 0
        self._is_due = False
        self._left = 0
        """How often in a row something was left for the next time."""
        self._lock = threading.RLock()
        self._process = os.getpid()
        self._thread = journal_thread()

    def begin(self) -> None:
        """Write what there is already.

        Raises:
            OSError: if that cannot be done; then nothing of it is left.
        """
        try:
            self._write_until(lambda: len(self._entries))
        except OSError:
            self._files.remove()
            raise
        self._thread.add(self)

    @property
    def path(self) -> Path:
        """The file with the lines."""
        return self._files.path

    def note(self, entry: LogEntry) -> None:
        """There is another entry."""
        if not self._is_due:
            self._is_due = True
            self._thread.soon(self)
        elif entry.seq - self._growing.taken == GROUP:
            self._thread.now()

    def write(self) -> None:
        """Write what is new; for the thread of all journals."""
        self._is_due = not self._is_open
        before = self._growing.taken
        self._bring_up_to_date(self._may_be_written)
        self._left = 0 if self._growing.taken > before else self._left + 1
        if self._is_open and self._growing.taken < len(self._entries):
            self._is_due = True
            self._thread.soon(self)

    def flush(self) -> None:
        """Write all that there is by now; returns when it is done."""
        self._bring_up_to_date(lambda: len(self._entries))

    def close(self) -> None:
        """Write what is left and close the files."""
        self._bring_up_to_date(lambda: len(self._entries), is_last=True)
        with self._lock:
            self._files.close()

    def discard(self) -> None:
        """Close the files and remove them."""
        with self._lock:
            self._files.remove()

    @property
    def _is_open(self) -> bool:
        return self.problem is None and self._files.is_open and os.getpid() == self._process

    def _may_be_written(self) -> int:
        """How far entries may be written although they have no turn."""
        count, taken = len(self._entries), self._growing.taken
        waits = self._turns.is_told and count - taken < GROUP and self._left < PATIENCE
        return taken if waits else count

    def _bring_up_to_date(self, stop: Callable[[], int], *, is_last: bool = False) -> None:
        with self._lock:
            if not self._is_open:
                return
            try:
                self._write_until(stop)
                if is_last:
                    self._files.write(self._growing.finish())
                return
            except Exception as error:  # whatever it is, the session goes on
                why = reason(error) if isinstance(error, OSError) else f"{error!r}; report this"
                problem = self.problem = (
                    f"writing {self.path} failed after {self._written} events: {why}; the log "
                    "goes on in memory, save it elsewhere with write()"
                )
                self._files.close()
        _log.error("%s", problem)
        self._failed(problem)

    def _write_until(self, stop: Callable[[], int]) -> None:
        while (group := self._growing.next(stop())) is not None:
            self._files.write(group)
            self._written = self._growing.taken
