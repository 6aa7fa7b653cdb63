"""Writes a whole log to files."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

from .entries import Entries
from .files import SIDES, side_path, unwritable
from .growing import Growing
from .journal_files import JournalFiles
from .journal_lines import Header, header_line
from .outlet import Outlet
from .turn_numbers import TurnNumbers

__all__ = ["write_journal"]


def write_journal(
    path: Path,
    header: Header,
    entries: Entries,
    turns: TurnNumbers,
    start: float,
    outlet: Outlet,
) -> None:
    """Write a log as a journal with its samples, replacing what was there.

    Nothing is replaced before all is written.

    Raises:
        LogError: if a file cannot be written.
    """
    unfinished = path.with_name(f".{path.name}.{os.getpid()}.unfinished")
    files: JournalFiles | None = None
    try:
        files = JournalFiles(unfinished, header_line(header), overwrite=True)
        growing = Growing(entries, turns.settled(), outlet, start)
        count = len(entries)
        while (group := growing.next(count)) is not None:
            files.write(group)
        files.write(growing.finish())
        files.close()
        for side in SIDES:
            _replace(side_path(unfinished, side), side_path(path, side))
        unfinished.replace(path)
    except OSError as error:
        if files is not None:
            files.remove()
        raise unwritable(path, error) from error


def _replace(new: Path, old: Path) -> None:
    if new.exists():
        new.replace(old)
    else:
        with contextlib.suppress(FileNotFoundError):
            old.unlink()
