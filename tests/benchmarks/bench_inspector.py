"""What the inspector of a million events costs, in the kernel and in a real browser.

``python -m tests.benchmarks inspector``, or with another number of turns (of 100 events each):
``python -m tests.benchmarks.bench_inspector 1000``. In the kernel, each answer is timed as a page
gets it, the best of some rounds, beside a scan of all entries in memory (over a part of them, times
as much). In JupyterLab in a headless Chromium the table is scrolled by scrollbar, wheel and keys:
every row of every frame must be the right one, and no task of the page may take long. Beside it: a
plain HTML table of a fiftieth of the events.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import duckdb
import msgspec

from realtime_lab.eventlog import EventLog, Redaction
from realtime_lab.eventlog.recording.journal_lines import FORMAT
from realtime_lab.eventlog.recording.parquet import copy_events
from realtime_lab.eventlog.recording.sealed_reader import SealedHeader
from realtime_lab.widgets.inspector_answers import InspectorAnswers
from realtime_lab.widgets.measurements import Measurements

from ..browser.inspecting import InspectorPage
from ..browser.lab import MISSING, Browser, find_chromium, running_lab
from .long_log import EVENTS_A_TURN, STARTED, fill

TURNS = 10_000
ROUNDS = 5
SCANNED = 20_000
GOAL_MS, FIRST_GOAL_MS, TASK_MS = 20, 150, 100
FOLDED = {
    "types": [], "directions": [], "turn": None, "response_id": "", "text": "", "folded": True,
}  # fmt: skip
FLAT = {**FOLDED, "folded": False}
CELL = """
from realtime_lab.eventlog import EventLog
from realtime_lab.widgets import Inspector
inspector = Inspector(EventLog.load({path!r}))
inspector
"""
PLAIN = """
async (rows) => {
  const tasks = [];
  const observer = new PerformanceObserver((list) => {
    for (const task of list.getEntries()) tasks.push(Math.round(task.duration));
  });
  observer.observe({ type: 'longtask' });
  const began = performance.now();
  const box = document.createElement('div');
  box.style.cssText = 'position:fixed;inset:0;z-index:99999;overflow:auto;background:white';
  const row = (n) => `<tr><td>${n}</td><td>0:00.000</td><td>←</td><td>response.output_audio.delta`
    + '</td><td>9,600 bytes of audio</td><td>1</td><td>12,960</td></tr>';
  box.innerHTML = `<table>${Array.from({ length: rows }, (_, n) => row(n)).join('')}</table>`;
  document.body.append(box);
  box.getBoundingClientRect();
  await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
  const made = Math.round(performance.now() - began);
  await new Promise((resolve) => setTimeout(resolve, 100));
  observer.disconnect();
  box.remove();
  return { made, tasks };
}
"""


def main() -> None:
    turns = int(sys.argv[1]) if len(sys.argv) > 1 else TURNS
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        path = Path(folder) / "talk.parquet"
        made(path, turns)
        kernel(path)
        chromium = find_chromium()
        if chromium is None:
            print(MISSING)
            return
        lab = stack.enter_context(running_lab(Path(folder)))
        browser(Browser(stack, chromium, lab), path, turns * EVENTS_A_TURN)


def made(path: Path, turns: int) -> None:
    """A sealed log of so many turns."""
    kinds = Redaction().kinds
    header = SealedHeader(dialect="ga", started=STARTED, redacted=kinds)
    with duckdb.connect() as database:
        database.execute("SET enable_progress_bar = false")
        database.execute("SET TimeZone = 'UTC'")
        fill(database, turns)
        copy_events(database, path, {FORMAT: msgspec.json.encode(header).decode()})


def kernel(path: Path) -> None:
    """Time each answer."""
    began = time.perf_counter()
    log = EventLog.load(path)
    measurements = Measurements(log)
    answers = InspectorAnswers(log, measurements)
    answers.to("open", {})
    answers.to("count", {"filter": FOLDED})
    first = answers.to("rows", {"filter": FOLDED, "first": 0, "count": 200})
    opened = 1000 * (time.perf_counter() - began)
    size = len(json.dumps(first.content)) / 1000
    print(f"\n{len(log):,} events; from the file to the first page of rows: {opened:.0f} ms "
          f"(goal {FIRST_GOAL_MS} ms); the page has {size:.1f} kB")  # fmt: skip
    began = time.process_time()
    while measurements.advance():
        pass
    print(f"timeline and waveforms of {measurements.seconds / 3600:.1f} hours: "
          f"{time.process_time() - began:.1f} s of CPU, on a thread of their own")  # fmt: skip
    count, seconds = len(log), measurements.seconds
    some = log[:SCANNED]
    share = count / len(some)
    response = next(e.event.response.id for e in some if e.type == "response.created")  # type: ignore[union-attr]
    found = {**FLAT, "text": "active response"}
    questions: list[tuple[str, str, dict[str, Any], Callable[[Any], bool] | None]] = [
        ("summary", "open", {}, lambda e: e.type),
        ("rows in the middle", "rows", {"filter": FLAT, "first": count // 2, "count": 200}, None),
        ("folded rows in the middle", "rows",
         {"filter": FOLDED, "first": count // 8, "count": 200}, None),
        ("pieces of a stream", "pieces", {"head": 0, "first": 0, "count": 200}, None),
        ("count of a type", "count", {"filter": {**FLAT, "types": ["error"]}},
         lambda e: e.type == "error"),
        ("count of a response", "count", {"filter": {**FLAT, "response_id": response}},
         lambda e: getattr(e.event, "response_id", None) == response),
        ("rows with a text", "rows", {"filter": found, "first": 0, "count": 200},
         lambda e: b"active response" in e.text.lower()),
        ("next match", "find",
         {"filter": FLAT, "text": "active response", "seq": count // 2, "backwards": False},
         lambda e: b"active response" in e.text.lower()),
        ("place of an event", "position", {"filter": FOLDED, "seq": count // 2 + 7}, None),
        ("event at a time", "moment", {"at": seconds / 3}, None),
        ("event with its causes", "event", {"seq": count // 2 + 60}, None),
        ("overview", "histogram", {"filter": FLAT, "bins": 400}, lambda e: e.at > 0),
        ("lanes of all of it", "spans", {"start": 0, "end": seconds, "pixels": 1000}, None),
        ("lanes of a minute", "spans",
         {"start": seconds / 2, "end": seconds / 2 + 60, "pixels": 3000}, None),
        ("waveforms of all of it", "peaks", {"start": 0, "end": seconds, "buckets": 1000}, None),
        ("waveforms of a minute", "peaks",
         {"start": seconds / 2, "end": seconds / 2 + 60, "buckets": 3000}, None),
    ]  # fmt: skip
    print(f"\n{'':28}{'first':>9}{'again':>9}{'scan':>10}")
    for name, question, asks, scan in questions:
        times = [took(lambda q=question, a=asks: answers.to(q, a)) for _ in range(ROUNDS)]
        plain = ""
        if scan is not None:
            plain = f"{share * min(took(lambda s=scan: sum(map(bool, map(s, some)))) for _ in range(3)):7.0f} ms"  # noqa: E501
        goal = "" if min(times) <= GOAL_MS else f"  over {GOAL_MS} ms"
        print(f"{name:28}{times[0]:6.1f} ms{min(times[1:]):6.1f} ms{plain:>10}{goal}")


def took(call: Callable[[], object]) -> float:
    began = time.perf_counter()
    call()
    return 1000 * (time.perf_counter() - began)


def browser(browser: Browser, path: Path, rows: int) -> None:
    """Scroll it in a page."""
    notebook = browser.open([CELL.format(path=str(path))])
    began = time.perf_counter()
    notebook.run_cell(0)
    page = InspectorPage(notebook).until_ready()
    print(f"\nfrom running the cell to rows on the screen: {time.perf_counter() - began:.1f} s")
    page.button("Fold streams").click()
    page.wait("!inspector.list.filter.folded && inspector.list.row(0)")
    assert page.evaluate("inspector.list.total") == rows
    plans = {
        "dragging the scrollbar": [{"to": step / 300} for step in range(301)],
        "jumping anywhere": [{"to": (37 * n % 101) / 100, "settle": True} for n in range(40)],
        "turning the wheel": [{"to": 0.4, "settle": True}, *[{"wheel": 240}] * 300],
        "walking by key": [
            {"to": 0.6, "settle": True},
            *[{"key": key} for key in ("PageDown",) * 100 + ("ArrowUp",) * 100],
            *[{"key": key, "settle": True} for key in ("End", "Home")],
        ],
    }
    for name, plan in plans.items():
        told = page.scroll(plan, rows)
        settled = sorted(told["settled"]) or [0]
        late = 100 * told["loading"] / told["rows"]
        tasks = [task for task in told["longTasks"] if task > TASK_MS]
        print(
            f"{name:24}{told['frames']:5} frames, {told['rows']:6,} rows, "
            f"{len(told['wrong'])} wrong, "
            f"{late:4.1f} % on their way (there after {settled[len(settled) // 2]} ms, at most "
            f"{settled[-1]} ms); tasks over {TASK_MS} ms: {tasks or 'none'}"
        )
        for problem in told["wrong"][:5]:
            print(f"    {problem}")
    some = rows // 50
    plain = page.page.evaluate(PLAIN, some)
    print(f"a plain table of {some:,} rows: {plain['made']} ms to make, tasks {plain['tasks']}")


if __name__ == "__main__":
    main()
