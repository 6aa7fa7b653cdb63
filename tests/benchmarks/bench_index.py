"""What questions to a log of a million events cost, sealed and while it grows.

``python -m tests.benchmarks index``, or with another number of turns (of 100 events each):
``python -m tests.benchmarks.bench_index 1000``. Each question is asked beside what one would do
without an index: a scan of the journal's lines with `json.loads` (over the first tenth of it, times
ten), and pandas, with the whole log as a frame in memory. The best of some rounds counts; the
answers must be the same.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pandas

from realtime_lab.eventlog import EventFilter, EventLog, Mark

from .long_log import EVENTS_A_TURN, fill, write_journal, write_sealed

TURNS = 10_000
ROUNDS = 5
PAGE = 200
SHARE = 10
TEXT = "active response"
ALL, FOLDED = EventFilter(), EventFilter(folded=True)


@dataclass
class Files:
    """A log as a journal and sealed, and the beginning of the journal."""

    journal: Path
    beginning: Path
    sealed: Path


@dataclass
class Question:
    """How a question is asked in three ways. ``goal`` is in milliseconds."""

    name: str
    ours: Callable[[], Any]
    scan: Callable[[dict[str, Any]], bool] | None = None
    pandas: Callable[[pandas.DataFrame], Any] | None = None
    goal: float | None = None


def made(folder: Path, turns: int) -> Files:
    files = Files(folder / "talk.jsonl", folder / "beginning.jsonl", folder / "talk.parquet")
    with duckdb.connect(str(folder / "made.db")) as database:
        database.execute("SET enable_progress_bar = false")
        database.execute("SET TimeZone = 'UTC'")
        fill(database, turns)
        write_journal(database, files.journal)
        write_sealed(database, files.sealed)
    with files.journal.open() as lines, files.beginning.open("w") as beginning:
        for _ in range(turns * EVENTS_A_TURN // SHARE + 1):
            beginning.write(next(lines))
    return files


def opened(path: Path) -> int:
    """Open a log and ask it how many events it has."""
    return EventLog.load(path).index.count()


def fresh(log: EventLog, filter: EventFilter, row: int = 0) -> Callable[[], Any]:
    """A page of a filter that was never asked for before."""

    def run() -> Any:
        log.index.forget()
        return log.index.page(filter, row, PAGE)

    return run


def questions(files: Files, turns: int) -> list[Question]:
    log = EventLog.load(files.sealed)
    index = log.index
    middle = turns * EVENTS_A_TURN // 2
    errors, done = EventFilter(types=("error",)), EventFilter(types=("response.done",))
    found = EventFilter(text=TEXT)
    turn = turns // SHARE // 2

    def in_text(line: dict[str, Any]) -> bool:
        return TEXT in json.dumps(line["event"])

    def by_type(name: str) -> Callable[[dict[str, Any]], bool]:
        return lambda line: line["event"]["type"] == name

    return [
        Question("open, count", lambda: opened(files.sealed), lambda _: True, goal=1000),
        Question(
            f"page of {PAGE} at row {middle:,}",
            lambda: index.page(ALL, middle, PAGE),
            pandas=lambda frame: frame.iloc[middle : middle + PAGE],
            goal=20,
        ),
        Question(
            "filter by type (rare) and page",
            fresh(log, errors),
            by_type("error"),
            lambda frame: frame[frame["type"] == "error"].iloc[:PAGE],
            goal=20,
        ),
        Question(
            "filter by type (1 in 100) and page",
            fresh(log, done, turns // 2),
            by_type("response.done"),
            lambda frame: frame[frame["type"] == "response.done"].iloc[turns // 2 :][:PAGE],
            goal=20,
        ),
        Question(
            "filter by direction and page",
            fresh(log, EventFilter(directions=("received",)), turns),
            lambda line: line["dir"] == "received",
            lambda frame: frame[frame["direction"] == "received"].iloc[turns:][:PAGE],
            goal=20,
        ),
        Question(
            "filter by turn and page",
            fresh(log, EventFilter(turn=turn)),
            lambda line: line.get("turn") == turn,
            lambda frame: frame[frame["turn"] == turn].iloc[:PAGE],
            goal=20,
        ),
        Question(
            "fold deltas and page",
            fresh(log, FOLDED, turns),
            pandas=lambda frame: (
                frame.groupby("head", sort=True)
                .agg({"seq": "count", "size": "sum"})
                .iloc[turns : turns + PAGE]
            ),
            goal=20,
        ),
        Question(
            "search a text, upper or lower case",
            fresh(log, found),
            in_text,
            lambda frame: frame[frame["event"].str.contains(TEXT, case=False, regex=False)],
            goal=200,
        ),
        Question("next match", lambda: index.find(ALL, TEXT, middle), goal=20),
        Question("position of an event", lambda: index.position(FOLDED, middle), goal=20),
        Question("causes of an event", lambda: index.related(middle + 70)),
        Question(
            "histogram, 400 bins by class",
            lambda: index.histogram(ALL, 400),
            pandas=lambda frame: frame.groupby(
                [(frame["wall"] - frame["wall"].iloc[0]).dt.total_seconds() // 150, "type"]
            ).size(),
        ),
        Question("waterfall of all turns", log.latencies, goal=100),
        Question("usage of all responses", log.usage),
        Question("all tool calls", log.tools),
        Question("all turns", log.turns),
    ]


def best(run: Callable[[], Any]) -> tuple[float, float]:
    """Milliseconds of the best round, as they passed and of the processors."""
    passed, worked = [], []
    for _ in range(ROUNDS):
        begun, before = time.perf_counter(), time.process_time()
        run()
        worked.append(1000 * (time.process_time() - before))
        passed.append(1000 * (time.perf_counter() - begun))
    return min(passed), min(worked)


def scanned(path: Path, fits: Callable[[dict[str, Any]], bool]) -> float:
    begun = time.perf_counter()
    count = 0
    with path.open("rb") as lines:
        next(lines)
        for line in lines:
            count += fits(json.loads(line))
    assert count
    return 1000 * SHARE * (time.perf_counter() - begun)


def sealed(files: Files, turns: int) -> None:
    total = turns * EVENTS_A_TURN
    journal, parquet = files.journal.stat().st_size, files.sealed.stat().st_size
    print(
        f"{total:,} events, {turns:,} turns: journal {journal / 1e6:.1f} MB, sealed "
        f"{parquet / 1e6:.1f} MB (1/{journal / parquet:.1f}; goal 1/15), samples not counted"
    )
    begun = time.perf_counter()
    frame = pandas.read_parquet(files.sealed)
    loading = 1000 * (time.perf_counter() - begun)
    print(f"pandas.read_parquet: {loading:,.0f} ms, before any question\n")
    print(
        f"{'milliseconds':38} {'index':>8} {'cpu':>8} {'goal':>6} {'json.loads':>18} {'pandas':>18}"
    )
    for question in questions(files, turns):
        ours, cpu = best(question.ours)
        line = f"{question.name:38} {ours:8.1f} {cpu:8.1f} {question.goal or '':>6}"
        if question.scan:
            took = scanned(files.beginning, question.scan)
            line += f" {took:9,.0f} {took / ours:7,.0f}×"
        else:
            line += " " * 19
        if question.pandas:
            ask = question.pandas
            took, _ = best(lambda ask=ask: ask(frame))
            line += f" {took:9,.1f} {took / ours:7.2f}×"
        print(line, flush=True)


def growing(files: Files) -> None:
    """The index of a log in memory, which grows."""
    entries = EventLog.load(files.beginning)[:]
    now = [0.0]
    live = EventLog(clock=lambda: now[0])
    for entry in entries:
        now[0] = entry.at
        if isinstance(entry.event, Mark):
            live.mark(entry.type, **entry.event.data)
        else:
            live.record(entry.direction, entry.event, entry.data)
    begun = time.perf_counter()
    live.index.count()
    took = time.perf_counter() - begun
    print(f"\nfirst index of {len(live):,} events in memory: {1e6 * took / len(live):.1f} µs each")
    refreshes = []
    for _ in range(50):
        for entry in entries[:10]:
            live.mark("lab.note", seq=entry.seq)
        begun = time.perf_counter()
        live.index.page(FOLDED, live.index.count(FOLDED) - PAGE, PAGE)
        refreshes.append(1000 * (time.perf_counter() - begun))
    print(f"last page after 10 more events: {sorted(refreshes)[len(refreshes) // 2]:.1f} ms")


def main(turns: int = TURNS) -> None:
    """Print milliseconds beside the plain ways."""
    with tempfile.TemporaryDirectory() as folder:
        files = made(Path(folder), turns)
        sealed(files, turns)
        growing(files)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
