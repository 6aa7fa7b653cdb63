"""What it costs to record: memory, time on the session's thread, and opening what was kept.

Each part is shown beside what one would do without this package, in one run. Appending is timed by
the clock of the thread that appends, as a session feels it; the longest single append is by the
wall clock, so that waiting shows, and is that of the best round.
"""

from __future__ import annotations

import gc
import json
import tempfile
import time
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb

from realtime_lab.eventlog import EventLog, Redaction
from realtime_lab.eventlog.recording import journal_files
from realtime_lab.eventlog.recording.samples import samples_of
from realtime_lab.protocol import GA, InputAudioBufferAppend, OutputAudioDelta

from .bench_eventlog import turn
from .long_log import EVENTS_A_TURN, fill, write_journal, write_sealed

ROUNDS = 7
TURNS = 40
SLOW_SECONDS = 0.02
MILLION = 1_000_000


def talking_second() -> list[tuple[Any, Any, bytes]]:
    """Both sides speak for a second: 50 frames of 20 ms sent, 25 deltas of 40 ms received."""
    events: list[tuple[Any, Any, bytes]] = []
    for number in range(50):
        sent = InputAudioBufferAppend(event_id=f"event_client_{number}", audio=bytes(960))
        events.append(("sent", sent, GA.encode_client(sent)))
        if number % 2:
            told = OutputAudioDelta(response_id="resp_1", item_id="item_1", delta=bytes(1920))
            text = GA.encode_server(told) or b""
            events.append(("received", GA.decode_server(text), text))
    return events


def kept(make: Callable[[list[Any]], object], events: int) -> float:
    """KiB that so many talking seconds hold in memory, each."""
    gc.collect()
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    held = [make(talking_second()) for _ in range(events)]
    gc.collect()
    used = tracemalloc.get_traced_memory()[0] - before
    tracemalloc.stop()
    assert held
    return used / events / 1024


def memory() -> None:
    def recorded(events: list[Any]) -> EventLog:
        log = EventLog()
        for direction, event, text in events:
            log.record(direction, event, text)
        return log

    plain = kept(lambda events: [(d, e, t) for d, e, t in events], 20)
    ours = kept(recorded, 20)
    pcm = sum(len(samples_of(event)) for _, event, _ in talking_second()) / 1024
    print("memory of a second in which both talk")
    print(f"  text of the wire and event   {plain:8.0f} KiB")
    print(f"  the log                      {ours:8.0f} KiB {plain / ours:6.1f} × less")
    print(f"  the samples alone            {pcm:8.0f} KiB")


def appended(log: EventLog, events: list[tuple[Any, bytes]]) -> tuple[float, float]:
    """µs of the thread's time for each append, and ms of the longest one."""
    record, clock, longest = log.record, time.perf_counter, 0.0
    begun = time.thread_time()
    for event, text in events:
        record("received", event, text)
    each = 1e6 * (time.thread_time() - begun) / len(events)
    for event, text in events[:2000]:
        before = clock()
        record("received", event, text)
        longest = max(longest, clock() - before)
    return each, 1000 * longest


def appending(folder: Path) -> None:
    texts = [text for text in map(GA.encode_server, list(turn())) if text] * TURNS
    events = [(GA.decode_server(text), text) for text in texts]
    names = iter(range(1000))

    def ours(redaction: Redaction | None, *, on_disk: bool = True) -> tuple[float, float]:
        log = EventLog(redaction=redaction)
        if on_disk:
            log.journal(folder / f"{next(names)}.jsonl")
        took = appended(log, events)
        log.close()
        return took

    def plain() -> tuple[float, float]:
        longest, clock = 0.0, time.perf_counter
        with (folder / f"{next(names)}.plain").open("w") as file:
            begun = time.thread_time()
            for _, text in events:
                before = clock()
                line = {"at": clock(), "event": json.loads(text)}
                file.write(json.dumps(line) + "\n")
                file.flush()
                longest = max(longest, clock() - before)
            return 1e6 * (time.thread_time() - begun) / len(events), 1000 * longest

    def slow() -> tuple[float, float]:
        write = journal_files.JournalFiles.write

        def slowly(files: Any, group: Any) -> None:
            time.sleep(SLOW_SECONDS)
            write(files, group)

        journal_files.JournalFiles.write = slowly  # type: ignore[method-assign]
        log = EventLog(redaction=Redaction.off())
        log.journal(folder / f"{next(names)}.jsonl")
        took = appended(log, events)
        journal_files.JournalFiles.write = write  # type: ignore[method-assign]
        log.close()
        return took

    runs: dict[str, Callable[[], tuple[float, float]]] = {
        "in memory alone": lambda: ours(None, on_disk=False),
        "with a journal": lambda: ours(None),
        "with a journal, nothing redacted": lambda: ours(Redaction.off()),
        f"with a disk that takes {1000 * SLOW_SECONDS:.0f} ms": slow,
        "json.loads, json.dumps, flush": plain,
    }
    best: dict[str, tuple[float, float]] = {}
    for _ in range(ROUNDS):
        for name, run in runs.items():
            took = run()
            best[name] = tuple(map(min, zip(took, best.get(name, took), strict=True)))  # type: ignore[assignment]
    print(f"\nappending {len(events):,} events of turns with audio, on the session's thread")
    for name, (each, longest) in best.items():
        print(f"  {name:34} {each:6.2f} µs each, {longest:7.2f} ms the longest")


def opening(folder: Path, turns: int = MILLION // EVENTS_A_TURN) -> None:
    with duckdb.connect(str(folder / "made.db")) as database:
        database.execute("SET enable_progress_bar = false")
        database.execute("SET TimeZone = 'UTC'")
        fill(database, turns)
        write_journal(database, folder / "talk.jsonl")
        write_sealed(database, folder / "sealed.parquet")

    def loads() -> None:
        with (folder / "talk.jsonl").open("rb") as lines:
            for line in lines:
                json.loads(line)

    def first(name: str) -> Callable[[], object]:
        return lambda: EventLog.load(folder / name)[turns * EVENTS_A_TURN // 2]

    runs: dict[str, Callable[[], object]] = {
        "journal, opened": lambda: EventLog.load(folder / "talk.jsonl"),
        "journal, opened, an event amid it": first("talk.jsonl"),
        "sealed, opened": lambda: EventLog.load(folder / "sealed.parquet"),
        "sealed, opened, an event amid it": first("sealed.parquet"),
    }
    print(f"\nopening a log of {turns * EVENTS_A_TURN:,} events")
    begun = time.perf_counter()
    loads()
    plain = time.perf_counter() - begun
    print(f"  {'json.loads of every line':34} {1000 * plain:8,.0f} ms")
    for name, run in runs.items():
        took = min(_timed(run) for _ in range(3))
        print(f"  {name:34} {1000 * took:8,.0f} ms {plain / took:6,.0f} × as fast")
    log = EventLog.load(folder / "talk.jsonl")
    took = _timed(log.seal)
    size = (folder / "talk.parquet").stat().st_size / 1e6
    print(f"  {'sealed, read again and compared':34} {took:8,.1f} s, {size:.1f} MB")


def _timed(run: Callable[[], object]) -> float:
    begun = time.perf_counter()
    run()
    return time.perf_counter() - begun


def main() -> None:
    """Print all of it."""
    memory()
    with tempfile.TemporaryDirectory() as folder:
        appending(Path(folder))
    with tempfile.TemporaryDirectory() as folder:
        opening(Path(folder))


if __name__ == "__main__":
    main()
