"""Writes a whole log to files."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec

from ...errors import LogError
from ..entries import Entries
from ..redaction.outlet import Outlet
from ..redaction.redaction import Redaction
from ..turns.log_turns import LogTurns
from .files import JOURNAL, PACKED, SEALED, SIDES, lock, side_path, stem_of, unwritable
from .growing import Growing
from .journal_files import JournalFiles
from .journal_lines import VERSION, Header, header_line
from .journal_reader import JournalReader

__all__ = ["Saving", "seal_journal"]


@dataclass(frozen=True, slots=True)
class Saving:
    """A log that is to be saved: what leaves memory is what ``outlet`` lets out.

    ``start`` is the clock's reading at the start of the log.
    """

    header: Header
    entries: Entries
    turns: LogTurns
    start: float
    outlet: Outlet

    def write(self, path: Path) -> None:
        """Write all of it, in the form that the end of the name tells, replacing what was there.

        Nothing is replaced before all is written.

        Raises:
            LogError: if a file cannot be written, or is a journal that is being written.
        """
        if path.suffix not in (SEALED, PACKED):
            self._write_journal(path)
            return
        from .packing import pack
        from .sealing import seal

        try:
            with TemporaryDirectory(prefix=f".{stem_of(path)}.", dir=path.parent) as folder:
                journal = Path(folder) / f"{stem_of(path)}{JOURNAL}"
                self._write_journal(journal)
                reader, turns = JournalReader(journal), self.turns.current()
                if path.suffix == SEALED:
                    seal(reader, turns, path)
                else:
                    pack(seal(reader, turns, journal.with_suffix(SEALED)), path)
        except OSError as error:
            raise unwritable(path, error) from error

    def _write_journal(self, path: Path) -> None:
        with contextlib.suppress(OSError), _locked(path):  # there may be none
            pass
        unfinished = path.with_name(f".{path.name}.{os.getpid()}.unfinished")
        files: JournalFiles | None = None
        try:
            files = JournalFiles(unfinished, header_line(self.header), overwrite=True)
            growing = Growing(self.entries, self.turns.told.settled(), self.outlet, self.start)
            count = len(self.entries)
            while (group := growing.next(count)) is not None:
                files.write(group)
            files.write(growing.finish())
            files.close()
            for side in SIDES:
                _replace(side_path(unfinished, side), side_path(path, side))
            unfinished.replace(path)
        except BaseException as error:
            if files is not None:
                files.remove()
            if isinstance(error, OSError):
                raise unwritable(path, error) from error
            raise


def seal_journal(journal: Path, path: Path) -> None:
    """Seal a journal that is not written any more; it is removed once the sealed log is there.

    Raises:
        LogError: if that cannot be done; then the journal stays.
    """
    from .loaded import LoadedEntries
    from .sealing import seal

    reader = JournalReader(journal)
    entries = LoadedEntries(reader)
    turns = LogTurns(entries, lambda: reader.turns)
    with _locked(journal):
        if reader.header.version == VERSION:
            seal(reader, turns.current(), path)
        else:
            header = msgspec.structs.replace(reader.header, version=VERSION)
            outlet = Outlet(Redaction.off(), audio=header.audio)
            Saving(header, entries, turns, 0.0, outlet).write(path)
        for place in (*(side_path(journal, side) for side in SIDES), journal):
            with contextlib.suppress(OSError):
                place.unlink(missing_ok=True)


@contextlib.contextmanager
def _locked(journal: Path) -> Iterator[None]:
    """Let nobody else write or remove a journal meanwhile.

    Raises:
        LogError: if somebody does.
    """
    with journal.open("rb") as file:
        if lock(file.fileno()) is False:
            raise LogError(f"{journal} is being written by a log; choose another name, or close it")
        yield


def _replace(new: Path, old: Path) -> None:
    if new.exists():
        new.replace(old)
    else:
        with contextlib.suppress(FileNotFoundError):
            old.unlink()
