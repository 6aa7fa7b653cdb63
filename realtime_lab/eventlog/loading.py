"""Opens saved logs of any form."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from .entries import Entries, LiveEntries
from .journal_lines import Header
from .journal_reader import JournalReader
from .loaded import LoadedEntries
from .turn_numbers import TurnNumbers

__all__ = ["Loaded", "load"]

READ_AT_ONCE = 8_000_000
"""Bytes of a journal up to which all of it is read when it is opened, and checked."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """A saved log. What takes long to find out of a large one is found out when it is asked for."""

    path: Path
    header: Header
    entries: Entries
    turns: Callable[[], TurnNumbers]
    notes: Callable[[], list[str]]


def load(path: Path) -> Loaded:
    """Open a saved log.

    Raises:
        LogError: if it cannot be read; naming the line.
    """
    reader = JournalReader(path)
    entries: Entries = LoadedEntries(reader)
    if path.stat().st_size <= READ_AT_ONCE:
        entries = LiveEntries(reader.read(0, reader.count))
        notes = reader.notes
        return Loaded(path, reader.header, entries, lambda: reader.turns, lambda: notes)
    return Loaded(path, reader.header, entries, lambda: reader.turns, lambda: reader.notes)
