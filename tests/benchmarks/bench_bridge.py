"""Between browser and kernel in a real JupyterLab in Chromium: microphone frames and barge-in.

Goals: a frame, complete in the browser → in the session's thread, p95 ≤ 10 ms, also while a cell
runs ``time.sleep(5)``; stop sent by the kernel → silence at the loudspeaker ≤ 100 ms. Both clocks
are read on one machine; the difference between them is measured with pings and taken out.
"""

from __future__ import annotations

import json
import tempfile
from contextlib import ExitStack
from pathlib import Path

from tests.browser.lab import MISSING, Browser, Notebook, find_chromium, running_lab

WARM_UP_MS = 3_000
PINGS = 40
SPELL_MS = 6_000
CONSOLE = """
import json, time
from pathlib import Path
from realtime_lab.session import session_thread
from realtime_lab.widgets import Console
from tests.widgets.echo_session import EchoSession

session = EchoSession(answer_seconds=5)
console = Console(session, session_thread().loop)
links, arrivals = console._host.links, []
handle = links.received

def received(link, frame):
    if frame.type == "mic":
        arrivals.append((frame.header["seq"], frame.header["at"], time.time() * 1000))
    handle(link, frame)

links.received = received
session.hands_free = False  # the page sends all it hears, the echo keeps quiet
console
"""
BLOCK = "begin = time.time() * 1000; time.sleep(5); end = time.time() * 1000"
SAVE = "Path('result.json').write_text(json.dumps([begin, end, arrivals])) and None"
BARGE_IN = """
for _ in range(20):
    session_thread().call(session.say("x"), "say").result()
    time.sleep(0.5)
    session_thread().loop.call_soon_threadsafe(session.interrupt)
    time.sleep(0.3)
"""


def main() -> None:
    chromium = find_chromium()
    if chromium is None:
        print(f"skipped: {MISSING}")
        return
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        lab = stack.enter_context(running_lab(folder))
        browser = Browser(stack, chromium, lab)
        notebook = browser.open([CONSOLE, BLOCK, SAVE, BARGE_IN])
        notebook.run_first()
        offset = clock_offset(notebook)
        measure_microphone(notebook, lab.folder / "result.json", offset)
        measure_barge_in(notebook, offset)


def clock_offset(notebook: Notebook) -> float:
    """Milliseconds by which the kernel's clock is ahead, from the quickest of some pings."""
    notebook.page.wait_for_timeout(WARM_UP_MS)
    for _ in range(PINGS):
        notebook.page.evaluate("globalThis.__realtimeLab.ping()")
        notebook.page.wait_for_timeout(50)
    pings = notebook.audio()["pings"]
    best = min(pings, key=lambda ping: ping["received"] - ping["sent"])
    offset = best["at"] - (best["sent"] + best["received"]) / 2
    trips = [ping["received"] - ping["sent"] for ping in pings]
    print(f"path {notebook.audio()['path']}, clocks differ by {offset:.1f} ms")
    show("ping, round trip", trips)
    return offset


def measure_microphone(notebook: Notebook, result: Path, offset: float) -> None:
    """Listen while the kernel is idle, then while it runs a cell that blocks."""
    notebook.button("Start microphone").click()
    notebook.page.wait_for_timeout(WARM_UP_MS + SPELL_MS)
    notebook.run_cell(1)
    notebook.page.wait_for_timeout(SPELL_MS)
    notebook.button("Stop microphone").click()
    notebook.run_cell(2)
    notebook.page.wait_for_timeout(1000)
    begin, end, arrivals = json.loads(result.read_text())
    first = arrivals[0][1] + WARM_UP_MS
    idle = [there - at - offset for _, at, there in arrivals if first < at < begin]
    busy = [there - at - offset for _, at, there in arrivals if begin < there < end]
    numbers = [seq for seq, _, _ in arrivals]
    ordered = numbers == list(range(numbers[0], numbers[0] + len(numbers)))
    print(
        f"{len(arrivals)} frames of 20 ms, {'none lost, in order' if ordered else 'NOT IN ORDER'}"
    )
    show("microphone frame, kernel idle", idle)
    show("microphone frame, cell in time.sleep", busy)


def measure_barge_in(notebook: Notebook, offset: float) -> None:
    """Let the kernel stop a sounding answer again and again."""
    before = len(notebook.audio()["stops"])
    notebook.run_cell(3)
    notebook.wait(f"audio.stops.filter(stop => stop.silent).length >= {before + 20}")
    stops = notebook.audio()["stops"][before:]
    show("stop → page", [stop["received"] - stop["sent"] + offset for stop in stops])
    show("stop → silence", [stop["silent"] - stop["sent"] + offset for stop in stops])


def show(what: str, times: list[float]) -> None:
    ordered = sorted(times)
    p50, p95, p99 = (
        ordered[min(len(ordered) - 1, int(q * len(ordered)))] for q in (0.5, 0.95, 0.99)
    )
    print(f"{what:38} p50 {p50:6.1f}  p95 {p95:6.1f}  p99 {p99:6.1f} ms  ({len(ordered)})")


if __name__ == "__main__":
    main()
