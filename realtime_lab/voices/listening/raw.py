"""The raw answers as rows, and as files."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from ...errors import ListeningError
from ...eventlog import Table
from .answers import Answers
from .design import ListeningDesign, Trial

__all__ = ["raw_rows", "write_raw"]


def raw_rows(
    design: ListeningDesign,
    answers: Answers,
    sheets: Mapping[str, tuple[Trial, ...]],
    left_out: frozenset[str],
) -> list[dict[str, Any]]:
    """Every answer in the order given: a row for each value.

    ``letter`` is where the stimulus was shown. Of a pair there is one row: ``system`` was A,
    ``other`` was B, and the value is above 0 for B.
    """
    key = design.key
    rows = []
    last = {(a.listener, a.trial): i for i, a in enumerate(answers.given)}
    for i, answer in enumerate(answers.given):
        trial = sheets[answer.listener][answer.trial]
        for place, value in enumerate(answer.given):
            stimulus = key[answer.stimuli[place]]
            other = key[answer.stimuli[1]] if design.scale.compares else None
            rows.append(
                {
                    "listener": answer.listener,
                    "trial": answer.trial,
                    "kind": trial.kind,
                    "repeats": trial.repeats,
                    "line": stimulus.line,
                    "repeat": stimulus.repeat,
                    "letter": "AB" if design.scale.compares else chr(ord("A") + place),
                    "system": stimulus.system,
                    "other": other.system if other else None,
                    "stimulus": stimulus.sha256,
                    "other_stimulus": other.sha256 if other else None,
                    "value": value,
                    "comment": answer.comment,
                    "seconds": answer.seconds,
                    "plays": " ".join(map(str, answer.plays)),
                    "at": answer.at,
                    "counts": last[answer.listener, answer.trial] == i
                    and trial.kind == "judged"
                    and answer.listener not in left_out,
                }
            )
    return rows


def write_raw(table: Table, path: Path) -> Path:
    """Write rows as ``.csv``, ``.json`` or ``.parquet``.

    Raises:
        ListeningError: for another ending, or if it cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.suffix == ".csv":
            with path.open("w", newline="", encoding="utf-8") as file:
                writer = csv.DictWriter(file, table.columns)
                writer.writeheader()
                writer.writerows(table)
        elif path.suffix == ".json":
            path.write_bytes(msgspec.json.format(msgspec.json.encode(table.rows)))
        elif path.suffix == ".parquet":
            _write_parquet(table, path)
        else:
            raise ListeningError(f"{path.name}: raw answers are written as .csv, .json or .parquet")
    except OSError as error:
        raise ListeningError(f"{path} cannot be written ({error.strerror})") from error
    return path


def _write_parquet(table: Table, path: Path) -> None:
    import duckdb

    with duckdb.connect() as database:
        columns = ", ".join(f'"{name}" {kind}' for name, kind in table.types.items())
        database.execute(f"create table raw ({columns})")
        marks = ", ".join("?" for _ in table.columns)
        if len(table):
            database.executemany(
                f"insert into raw values ({marks})", [list(row.values()) for row in table]
            )
        database.execute("copy raw to ? (format parquet)", [str(path)])
