"""Where a log is on disk: the journal that it grows into, and what becomes of that."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path

from ...errors import LogError
from .files import JOURNAL, PACKED, SEALED, unwritable
from .growing import Growing
from .journal import Journal
from .journal_files import JournalFiles
from .journal_lines import header_line
from .saving import Saving, seal_journal

__all__ = ["OnDisk"]

_log = logging.getLogger(__name__)


class OnDisk:
    """The files of one log. ``path`` is where it was read from."""

    def __init__(self, path: Path | None = None) -> None:
        self.journal: Journal | None = None
        """What the log is written to as it grows."""
        self._path = path
        self._sealed: Path | None = None
        """What the journal is to become when it is closed."""
        self._problems: list[str] = []

    @property
    def path(self) -> Path | None:
        """The file that the log is in."""
        return self.journal.path if self.journal is not None else self._path

    @property
    def problems(self) -> list[str]:
        """What went wrong."""
        trouble = self.journal.problem if self.journal is not None else None
        return [*self._problems, *([trouble] if trouble else [])]

    def begin(
        self, path: Path, saving: Saving, failed: Callable[[str], object], *, overwrite: bool
    ) -> None:
        """Write a journal from now on; see `EventLog.journal`.

        Raises:
            LogError: if that cannot be done.
        """
        if path.suffix == PACKED:
            raise LogError(
                f"nothing can be written into {path} as it happens; choose a name that ends in "
                f"{JOURNAL} or {SEALED}, and pack the log afterwards with write()"
            )
        is_sealed = path.suffix == SEALED
        place = path.with_suffix(JOURNAL) if is_sealed else path
        if is_sealed and path.exists() and not overwrite:
            raise LogError(f"{path} exists already; choose another name")
        if overwrite and self.journal is not None and self.journal.path == place:
            self.journal.close()
        try:
            files = JournalFiles(place, header_line(saving.header), overwrite=overwrite)
            turns = saving.turns.told
            growing = Growing(saving.entries, turns, saving.outlet, saving.start)
            journal = Journal(files, saving.entries, turns, growing, failed)
            journal.begin()
        except OSError as error:
            raise unwritable(place, error) from error
        self.close()
        self.journal = journal
        self._sealed = path if is_sealed else None

    def flush(self) -> None:
        """Bring the journal up to date."""
        if self.journal is not None:
            self.journal.flush()

    def close(self) -> None:
        """Finish the journal, and seal it if it was to be; if that fails it stays as it is."""
        if self.journal is None:
            return
        self.journal.close()
        if self._sealed is None:
            return
        try:
            self.seal(overwrite=True)
        except Exception as error:  # whatever it is, the recording is there and the session ends
            self._problems.append(f"{self.journal.path} was not sealed: {error}")
            _log.error("%s", self._problems[-1])
        self._sealed = None

    def seal(self, *, overwrite: bool) -> Path:
        """Seal the journal; see `EventLog.seal`.

        Raises:
            LogError: if that cannot be done; then the journal stays.
        """
        journal = self.path
        if journal is None or journal.suffix in (SEALED, PACKED):
            where = f"the log is in {journal}" if journal else "the log is in memory"
            raise LogError(f"there is no journal to be sealed: {where}; save it with write()")
        if self.journal is not None:
            self.journal.close()
            if (problem := self.journal.problem) is not None:
                raise LogError(f"{journal} is not whole, and stays as it is: {problem}")
        sealed = self._sealed or journal.with_suffix(SEALED)
        if sealed.exists() and not overwrite:
            raise LogError(f"{sealed} exists already; move it away, or seal with overwrite=True")
        seal_journal(journal, sealed)
        self.journal, self._path = None, sealed
        return sealed

    def discard(self) -> None:
        """Stop writing, and remove the journal."""
        if self.journal is not None:
            self.journal.discard()
            self.journal = None
