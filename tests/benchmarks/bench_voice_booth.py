"""What a voice booth of ten voices costs, in the kernel and in a real browser.

``python -m tests.benchmarks voice_booth``: ten voices say nine seconds each. In the kernel: finding
the words, measuring, the static form, each beside the length of the audio. In JupyterLab in a
headless Chromium: from running the cell to every waveform, spectrogram and pitch drawn, beside a
plain player of the same audio for each voice; then, while it plays and goes from voice to voice,
the time between frames and the long tasks of the page.
"""

from __future__ import annotations

import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

import numpy as np

from realtime_lab.voices import measure, placed_text
from realtime_lab.widgets import VoiceBooth
from realtime_lab.widgets.voice_booth_html import booth_html
from realtime_lab.widgets.voice_booth_takes import BoothTakes

from ..browser.booth_takes import ten_voices
from ..browser.lab import MISSING, Browser, find_chromium, running_lab
from ..browser.listening import BoothPage

TAKES = """
import realtime_lab as rl
from tests.browser.booth_takes import ten_voices
takes = ten_voices()
from realtime_lab.voices import measure
measured = [measure(take) for take in takes]
"""
MEASURED = "booth = rl.VoiceBooth(takes, measured)\nbooth"
UNMEASURED = "fresh = rl.VoiceBooth(takes)\nfresh"
PLAYERS = (
    "from IPython.display import Audio, display\n"
    "for take in takes: display(Audio(take.clip.samples, rate=take.clip.rate))"
)
PLAYERS_THERE = "document.querySelectorAll('.jp-OutputArea audio').length === 10"
FRAMES = """
async (seconds) => {
  const gaps = [], tasks = [];
  const observer = new PerformanceObserver((list) => {
    for (const task of list.getEntries()) tasks.push(Math.round(task.duration));
  });
  observer.observe({ type: 'longtask' });
  const began = performance.now();
  let last = began, switched = began, voice = 0;
  while (last - began < 1000 * seconds) {
    const now = await new Promise((resolve) => requestAnimationFrame(resolve));
    gaps.push(now - last);
    last = now;
    if (now - switched > 700) {
      switched = now;
      voice = (voice + 1) % 9;
      document.querySelector('.rl-booth').dispatchEvent(
        new KeyboardEvent('keydown', { key: String(voice + 1), bubbles: true }));
    }
  }
  observer.disconnect();
  return { gaps: gaps.slice(1), tasks };
}
"""


def main() -> None:
    """Print all of it."""
    takes = ten_voices()
    seconds = sum(take.clip.seconds for take in takes)
    measure(takes[0])  # imports
    print(f"10 voices, {seconds:.0f} s of audio; in the kernel:")
    placing = took(lambda: [placed_text(take) for take in takes])
    measured = [measure(take) for take in takes]
    measuring = took(lambda: [measure(take) for take in takes])
    known = BoothTakes(takes, measured)
    static = took(lambda: booth_html(known, players=False))
    for what, spent in (
        ("where the words are", placing),
        ("all measures", measuring),
        ("the static form, measured before", static),
    ):
        print(f"  {what:34} {1000 * spent:7.0f} ms   {seconds / spent:6.0f} × real time")
    size = len(VoiceBooth(takes, measured)._repr_mimebundle_()[0]["text/html"])
    print(f"  the static form is {size / 1000:.0f} kB; the audio is {48 * seconds:.0f} kB")
    chromium = find_chromium()
    if chromium is None:
        print(MISSING)
        return
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        lab = stack.enter_context(running_lab(Path(folder)))
        browser(Browser(stack, chromium, lab))


def browser(browser: Browser) -> None:
    """What a page takes."""
    notebook = browser.open([TAKES, PLAYERS, MEASURED, UNMEASURED])
    page = notebook.page
    idle = "window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.status === 'idle'"
    count = "window.jupyterapp.shell.currentWidget.context.model.toJSON().cells[0].execution_count"
    notebook.run_cell(0)
    page.wait_for_function(f"{count} === 1 && {idle}", timeout=120_000)
    print("In JupyterLab, from running the cell:")
    began = time.monotonic()
    notebook.run_cell(1)
    page.wait_for_function(PLAYERS_THERE)
    players = time.monotonic() - began
    print(f"  ten plain players                  {1000 * players:7.0f} ms")
    for cell, what in ((2, "all drawn, measured before"), (3, "all drawn, and measured")):
        before = page.evaluate("globalThis.__realtimeLabBooth?.booth.kernelState ?? ''")
        page.evaluate("delete globalThis.__realtimeLabBooth")
        began = time.monotonic()
        notebook.run_cell(cell)
        BoothPage(notebook).page.wait_for_function(
            "() => globalThis.__realtimeLabBooth?.panel.table.isDrawn", timeout=120_000
        )
        spent = time.monotonic() - began
        assert before in ("", "ready")
        print(f"  {what:34} {1000 * spent:7.0f} ms   {spent / players:6.1f} × the players")
    page.locator("section.rl-booth").last.focus()
    page.keyboard.press("Space")
    page.wait_for_function("globalThis.__realtimeLabBooth.booth.player.state === 'playing'")
    found = page.evaluate(FRAMES, 6)
    gaps = np.array(found["gaps"])
    print(
        f"While it plays and changes voice every 0.7 s: {len(gaps)} frames, "
        f"{np.median(gaps):.1f} ms apart (median), {np.quantile(gaps, 0.95):.1f} ms (95 %), "
        f"{gaps.max():.0f} ms (most); long tasks: {found['tasks'] or 'none'} ms"
    )


def took(call) -> float:
    """Seconds, the best of three."""
    times = []
    for _ in range(3):
        began = time.perf_counter()
        call()
        times.append(time.perf_counter() - began)
    return min(times)


if __name__ == "__main__":
    main()
