"""Writes a whole log to files."""

from __future__ import annotations

import contextlib
import os
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec

from .entries import Entries
from .files import JOURNAL, PACKED, SEALED, SIDES, side_path, stem_of, unwritable
from .growing import Growing
from .journal_files import JournalFiles
from .journal_lines import VERSION, Header, header_line
from .journal_reader import JournalReader
from .log_turns import LogTurns
from .outlet import Outlet
from .redaction import Redaction

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

    def write(self, path: Path) -> list[Path]:
        """Write all of it, in the form that the end of the name tells, replacing what was there.

        Nothing is replaced before all is written. Returns the files.

        Raises:
            LogError: if a file cannot be written.
        """
        if path.suffix not in (SEALED, PACKED):
            return self._write_journal(path)
        from .packing import pack
        from .sealing import seal

        try:
            with TemporaryDirectory(prefix=f".{stem_of(path)}.", dir=path.parent) as folder:
                journal = Path(folder) / f"{stem_of(path)}{JOURNAL}"
                self._write_journal(journal)
                reader, turns = JournalReader(journal), self.turns.current()
                if path.suffix == SEALED:
                    return seal(reader, turns, path)
                pack(seal(reader, turns, journal.with_suffix(SEALED)), path)
                return [path]
        except OSError as error:
            raise unwritable(path, error) from error

    def _write_journal(self, path: Path) -> list[Path]:
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
            sides = [side_path(path, side) for side in SIDES]
            for side, place in zip(SIDES, sides, strict=True):
                _replace(side_path(unfinished, side), place)
            unfinished.replace(path)
            return [path, *(side for side in sides if side.exists())]
        except OSError as error:
            if files is not None:
                files.remove()
            raise unwritable(path, error) from error


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
    if reader.header.version == VERSION:
        kept = seal(reader, turns.current(), path)
    else:
        header = msgspec.structs.replace(reader.header, version=VERSION)
        outlet = Outlet(Redaction.off(), audio=header.audio)
        kept = Saving(header, entries, turns, 0.0, outlet).write(path)
    _remove(journal, but=kept)


def _remove(journal: Path, *, but: list[Path]) -> None:
    """Remove a journal and its samples, but for some files."""
    for path in (*(side_path(journal, side) for side in SIDES), journal):
        if path not in but:
            with contextlib.suppress(OSError):
                path.unlink(missing_ok=True)


def _replace(new: Path, old: Path) -> None:
    if new.exists():
        new.replace(old)
    else:
        with contextlib.suppress(FileNotFoundError):
            old.unlink()
