"""The raw answers as rows, and as files."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import msgspec

from ...errors import ListeningError, LogError
from ...eventlog import Table, table_of, write_whole
from ..parquet import parquet_of
from .answers import Answers
from .design import ListeningDesign, Trial

__all__ = ["raw_table", "write_raw"]

_COLUMNS = {
    "listener": "VARCHAR",
    "trial": "INTEGER",
    "kind": "VARCHAR",
    "repeats": "INTEGER",
    "line": "INTEGER",
    "repeat": "INTEGER",
    "letter": "VARCHAR",
    "system": "VARCHAR",
    "other": "VARCHAR",
    "stimulus": "VARCHAR",
    "other_stimulus": "VARCHAR",
    "value": "DOUBLE",
    "target": "DOUBLE",
    "comment": "VARCHAR",
    "seconds": "DOUBLE",
    "plays": "VARCHAR",
    "at": "VARCHAR",
    "counts": "BOOLEAN",
}


def raw_table(
    design: ListeningDesign,
    answers: Answers,
    sheets: Mapping[str, tuple[Trial, ...]],
    left_out: frozenset[str],
) -> Table:
    """Every answer in the order given: a row for each value.

    ``letter`` is where the stimulus was shown. Of a pair there is one row: ``system`` was A,
    ``other`` was B, and the value is above 0 for B. ``target`` is the value that was asked for.
    """
    key = design.key
    rows: list[tuple[Any, ...]] = []
    last = {(a.listener, a.trial): i for i, a in enumerate(answers.given)}
    for i, answer in enumerate(answers.given):
        trial = sheets[answer.listener][answer.trial]
        counts = (
            last[answer.listener, answer.trial] == i
            and trial.kind == "judged"
            and answer.listener not in left_out
        )
        for place, value in enumerate(answer.given):
            stimulus = key[answer.stimuli[place]]
            other = key[answer.stimuli[1]] if design.scale.compares else None
            rows.append(
                (
                    answer.listener,
                    answer.trial,
                    trial.kind,
                    trial.repeats,
                    stimulus.line,
                    stimulus.repeat,
                    "AB" if other else chr(ord("A") + place),
                    stimulus.system,
                    other and other.system,
                    stimulus.sha256,
                    other and other.sha256,
                    value,
                    trial.target.value if trial.target and trial.target.names(place) else None,
                    answer.comment,
                    answer.seconds,
                    " ".join(map(str, answer.plays)),
                    answer.at,
                    counts,
                )
            )
    columns = zip(*rows, strict=True) if rows else ([] for _ in _COLUMNS)
    return table_of(
        {
            name: (kind, list(values))
            for (name, kind), values in zip(_COLUMNS.items(), columns, strict=True)
        }
    )


def write_raw(table: Table, path: Path, *, overwrite: bool) -> None:
    """Write rows as ``.csv``, ``.json`` or ``.parquet``.

    Raises:
        ListeningError: for another ending, if it exists (unless ``overwrite``), or if it cannot be
            written.
    """
    write = _FORMS.get(path.suffix)
    if write is None:
        raise ListeningError(f"{path.name}: raw answers are written as .csv, .json or .parquet")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, [write(table)], overwrite=overwrite)
    except OSError as error:
        raise ListeningError(f"{path} cannot be written ({error.strerror})") from error
    except LogError as error:
        raise ListeningError(str(error)) from error


def _csv(table: Table) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, table.columns)
    writer.writeheader()
    writer.writerows(table)
    return text.getvalue().encode()


def _json(table: Table) -> bytes:
    return msgspec.json.format(msgspec.json.encode(table.rows)) + b"\n"


def _parquet(table: Table) -> bytes:
    return parquet_of({name: (kind, table[name]) for name, kind in table.types.items()})


_FORMS: Mapping[str, Callable[[Table], bytes]] = {
    ".csv": _csv,
    ".json": _json,
    ".parquet": _parquet,
}
