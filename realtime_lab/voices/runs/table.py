"""A run as rows: one for each take, and one for each gap."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from ...eventlog import Table, table_of
from ..take import Take
from .gap import Gap
from .wording import is_exact

__all__ = ["COLUMNS", "columns_of", "run_table"]

COLUMNS: Mapping[str, tuple[str, Callable[[Take], Any], Callable[[Gap], Any]]] = {
    "source": ("VARCHAR", lambda t: t.source, lambda g: g.source),
    "voice": ("VARCHAR", lambda t: t.voice, lambda g: g.voice),
    "repeat": ("INTEGER", lambda t: t.repeat, lambda g: g.repeat),
    "line": ("INTEGER", lambda t: t.line, lambda g: g.line),
    "asked": ("VARCHAR", lambda t: t.asked, lambda g: g.asked),
    "said": ("VARCHAR", lambda t: t.said, lambda g: None),
    "exact": ("BOOLEAN", lambda t: is_exact(t.asked, t.said), lambda g: None),
    "seconds": ("DOUBLE", lambda t: t.clip.seconds, lambda g: None),
    "first_audio": ("DOUBLE", lambda t: t.first_audio, lambda g: None),
    "input_tokens": ("INTEGER", lambda t: t.input_tokens, lambda g: None),
    "output_tokens": ("INTEGER", lambda t: t.output_tokens, lambda g: None),
    "dollars": ("DOUBLE", lambda t: t.dollars, lambda g: None),
    "problem": ("VARCHAR", lambda t: None, lambda g: f"{g.error}: {g.told}"),
}
"""Each column by its type of SQL, its value of a take and its value of a gap. Times in seconds."""


def columns_of(takes: Sequence[Take], gaps: Iterable[Gap]) -> dict[str, tuple[str, list[Any]]]:
    """The columns, each with its type: takes first."""
    gaps = list(gaps)
    return {
        name: (kind, [*map(of_take, takes), *map(of_gap, gaps)])
        for name, (kind, of_take, of_gap) in COLUMNS.items()
    }


def run_table(takes: Sequence[Take], gaps: Iterable[Gap]) -> Table:
    """The same as a table for pandas, Polars and Arrow."""
    return table_of(columns_of(takes, gaps))
