"""What the waterfall of 10,000 turns costs, of a log of a million events.

The stages by one query over the events in memory and over a Parquet file, beside what one would
write without: a scan of the lines with `json.loads`, and pandas. The variants take turns within one
run, and the best time of each counts. The scan is measured on a tenth of the log.
"""

from __future__ import annotations

import json
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import duckdb

from realtime_lab.eventlog import latencies_sql, moments_sql
from realtime_lab.eventlog.recording.parquet import copy_events, read_sql

from .long_log import STARTED, fill

TURNS = 10_000
ROUNDS = 5
_FIRST = {
    "input_audio_buffer.append": "microphone",
    "response.created": "created",
    "response.output_audio_transcript.delta": "first_text",
    "response.output_audio.delta": "first_audio",
    "lab.playback_started": "first_played",
}
_LAST = {
    "lab.speech_end": "speech_end",
    "input_audio_buffer.speech_stopped": "speech_stopped",
    "input_audio_buffer.committed": "committed",
    "response.done": "done",
}


def scanned(path: Path) -> dict[int, dict[str, float]]:
    """The moments by a scan of lines; a turn ends where the next one begins to speak."""
    found: dict[int, dict[str, float]] = {}
    number, ended = 0, True
    with path.open() as lines:
        for line in lines:
            entry = json.loads(line)
            type, at = entry["event"]["type"], entry["at"]
            if type == "input_audio_buffer.append" and ended:
                number, ended = number + 1, False
            elif type == "rate_limits.updated":
                ended = True
            turn = found.setdefault(number, {})
            if type in _FIRST:
                turn.setdefault(_FIRST[type], at)
            elif type in _LAST:
                turn[_LAST[type]] = at
    return found


def by_pandas(path: Path) -> Any:
    """The first and the last event of each type in each turn."""
    import pandas

    events = pandas.read_parquet(path, columns=["turn", "type", "wall"])
    events = events[events["type"].isin([*_FIRST, *_LAST])]
    return events.groupby(["turn", "type"])["wall"].agg(["min", "max"]).unstack()


def _lines(database: duckdb.DuckDBPyConnection) -> Iterator[str]:
    """The events as lines, as a journal has them."""
    rows = database.execute('SELECT seq, "at", direction, event FROM events ORDER BY seq')
    for seq, at, direction, event in rows.fetchall():
        yield f'{{"seq":{seq},"at":{at:.6f},"dir":"{direction}","event":{event}}}\n'


def _database() -> duckdb.DuckDBPyConnection:
    database = duckdb.connect()
    database.execute("SET enable_progress_bar = false")
    database.execute("SET TimeZone = 'UTC'")
    database.execute("ATTACH ':memory:' AS log (COMPRESS)")
    database.execute("USE log")
    return database


def main() -> None:
    """Print milliseconds and the ratio to the query in memory."""
    with tempfile.TemporaryDirectory() as folder:
        lines, parquet = Path(folder) / "log.jsonl", Path(folder) / "log.parquet"
        tenth = _database()
        fill(tenth, TURNS // 10)
        lines.write_text("".join(_lines(tenth)))
        database = _database()
        fill(database, TURNS)
        copy_events(database, parquet, {})
        database.execute(f"CREATE VIEW sealed AS {read_sql(parquet, STARTED)}")

        def asked(sql: str) -> Callable[[], Any]:
            return lambda: database.execute(sql).fetchnumpy()

        percentiles = "quantile_cont(speech_end_to_first_audio, [0.5, 0.95, 0.99])"
        runs: dict[str, tuple[Callable[[], Any], int]] = {
            "stages of all turns, in memory": (asked(latencies_sql()), 1),
            "moments of all turns, in memory": (asked(moments_sql()), 1),
            "percentiles of one stage, in memory": (
                asked(f"SELECT {percentiles} FROM ({latencies_sql()})"),
                1,
            ),
            "stages of all turns, Parquet": (asked(latencies_sql("sealed")), 1),
            "first and last by type with pandas, Parquet": (lambda: by_pandas(parquet), 1),
            "moments by json.loads, lines": (lambda: scanned(lines), 10),
        }
        best = dict.fromkeys(runs, float("inf"))
        for _ in range(ROUNDS):
            for name, (run, times) in runs.items():
                begun = time.perf_counter()
                run()
                best[name] = min(best[name], times * (time.perf_counter() - begun))
    first = next(iter(best.values()))
    print(f"{TURNS:,} turns of 100 events, best of {ROUNDS}")
    for name, seconds in best.items():
        print(f"{name:46} {1000 * seconds:10,.1f} ms {seconds / first:8.1f} ×")


if __name__ == "__main__":
    main()
