"""Opens saved logs of any form."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from ...errors import LogError
from ..entries import Entries, LiveEntries
from ..turns.turn_numbers import TurnNumbers
from .files import JOURNAL, PACKED, SEALED
from .journal_lines import Header
from .journal_reader import JournalReader
from .loaded import LoadedEntries
from .packing import unpacked

__all__ = ["Loaded", "load"]

READ_AT_ONCE = 8_000_000
"""Bytes of a journal up to which all of it is read when it is opened, and checked."""


@dataclass(frozen=True)
class Loaded:
    """A saved log. What takes long to find out of a large one is found out when it is asked for.

    ``rows`` is its file of rows, if it is sealed.
    """

    path: Path
    header: Header
    count: int
    entries: Entries
    turns: Callable[[], TurnNumbers]
    notes: Callable[[], list[str]]
    rows: Path | None = None
    folder: TemporaryDirectory[str] | None = field(default=None, repr=False)
    """Where it was unpacked; removed when nobody needs it any more."""


def load(path: Path) -> Loaded:
    """Open a saved log; the end of its name tells what it is, and ``.jsonl`` is any other.

    Raises:
        LogError: if it cannot be read; naming the line.
    """
    if path.suffix == PACKED:
        folder = TemporaryDirectory(prefix="realtime_lab.")
        return _sealed(path, unpacked(path, Path(folder.name)), folder)
    if path.suffix == SEALED:
        journal = path.with_suffix(JOURNAL)
        if not path.exists() and journal.exists():
            raise LogError(
                f"there is no {path}, as its session did not come to its end; load {journal.name} "
                "instead, and seal() it"
            )
        return _sealed(path, path)
    return _journal(path)


def _journal(path: Path) -> Loaded:
    reader = JournalReader(path)
    entries: Entries = LoadedEntries(reader)
    loaded = Loaded(
        path, reader.header, reader.count, entries, lambda: reader.turns, lambda: reader.notes
    )
    if path.stat().st_size > READ_AT_ONCE:
        return loaded
    notes = reader.notes
    return replace(loaded, entries=LiveEntries(reader.read(0, reader.count)), notes=lambda: notes)


def _sealed(path: Path, rows: Path, folder: TemporaryDirectory[str] | None = None) -> Loaded:
    # Here and not above: reading the database's library takes longer than all the rest.
    from .sealed_reader import SealedReader

    reader = SealedReader(rows)
    return Loaded(
        path,
        reader.header,
        reader.count,
        LoadedEntries(reader),
        lambda: reader.turns,
        lambda: reader.notes,
        rows,
        folder,
    )
