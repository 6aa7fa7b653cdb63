"""The raw answers as rows, and as files."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from ...errors import ListeningError, LogError
from ...eventlog import Table, table_of, write_whole
from ..parquet import parquet_of
from .answers import Answer, Answers
from .design import ListeningDesign, StimulusKey, Trial

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
    key, compares = design.key, design.scale.compares
    last = {(a.listener, a.trial): place for place, a in enumerate(answers.given)}
    rows: list[dict[str, Any]] = []
    for place, answer in enumerate(answers.given):
        trial = sheets[answer.listener][answer.trial]
        counts = (
            last[answer.listener, answer.trial] == place
            and trial.kind == "judged"
            and answer.listener not in left_out
        )
        stimuli = [key[one] for one in answer.stimuli]
        found = _rows(answer, trial, stimuli, compares=compares)
        rows += [{**row, "counts": counts} for row in found]
    return table_of({name: (kind, [row[name] for row in rows]) for name, kind in _COLUMNS.items()})


def _rows(
    answer: Answer, trial: Trial, stimuli: Sequence[StimulusKey], *, compares: bool
) -> Iterator[dict[str, Any]]:
    """A row for each value of an answer, without whether it counts."""
    for place, value in enumerate(answer.given):
        stimulus, other = stimuli[place], stimuli[1] if compares else None
        yield {
            "listener": answer.listener,
            "trial": answer.trial,
            "kind": trial.kind,
            "repeats": trial.repeats,
            "line": stimulus.line,
            "repeat": stimulus.repeat,
            "letter": "AB" if other else chr(ord("A") + place),
            "system": stimulus.system,
            "other": other and other.system,
            "stimulus": stimulus.sha256,
            "other_stimulus": other and other.sha256,
            "value": value,
            "target": trial.target.value if trial.target and trial.target.names(place) else None,
            "comment": answer.comment,
            "seconds": answer.seconds,
            "plays": " ".join(map(str, answer.plays)),
            "at": answer.at,
        }


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
