"""The inspector in a page: what a test does with it and sees of it."""

from __future__ import annotations

from typing import Any

from .lab import Notebook

READY = """
() => {
  const { summary, list } = globalThis.__realtimeLabInspector?.inspector ?? {};
  return summary && (summary.events === 0 || list.row(0));
}
"""

SCROLL = """
async ({ plan, rows }) => {
  // In each frame, after all has been drawn: is every row in view the one that belongs there?
  const { panel } = globalThis.__realtimeLabInspector;
  const viewport = panel.element.querySelector('.rl-viewport');
  const HEIGHT = 24;
  const result = { frames: 0, rows: 0, loading: 0, wrong: [], longTasks: [], settled: [] };
  const observer = new PerformanceObserver((list) => {
    for (const task of list.getEntries()) result.longTasks.push(Math.round(task.duration));
  });
  observer.observe({ type: 'longtask' });
  const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
  const check = () => {
    const view = viewport.clientHeight;
    const whole = rows * HEIGHT;
    // Where the scrollbar says that we are, by a calculation of our own.
    const scale = (whole - view) / (viewport.scrollHeight - view);
    const top = viewport.scrollTop * scale;
    const slack = Math.max(2, 2 * scale);
    const seen = new Set();
    let loading = 0;
    for (const element of panel.element.querySelectorAll('.rl-window .rl-row:not([hidden])')) {
      const line = Number(element.getAttribute('aria-rowindex')) - 2;
      const y = element.getBoundingClientRect().top - viewport.getBoundingClientRect().top;
      if (Math.abs(y - (line * HEIGHT - top)) > slack) result.wrong.push(`line ${line} at ${y}`);
      seen.add(line);
      if (element.classList.contains('rl-loading')) loading++;
      else if (Number(element.dataset.seq) !== line)
        result.wrong.push(`line ${line} shows ${element.dataset.seq}`);
    }
    const first = Math.ceil((top + slack) / HEIGHT);
    const last = Math.min(rows - 1, Math.floor((top + view - slack) / HEIGHT) - 1);
    for (let line = first; line <= last; line++)
      if (!seen.has(line)) result.wrong.push(`line ${line} is missing`);
    result.frames++;
    result.rows += seen.size;
    result.loading += loading;
    return loading === 0;
  };
  const act = ({ to, wheel, key }) => {
    if (to !== undefined) viewport.scrollTop = to * (viewport.scrollHeight - viewport.clientHeight);
    if (wheel !== undefined)
      viewport.dispatchEvent(new WheelEvent('wheel', { deltaY: wheel, cancelable: true }));
    if (wheel !== undefined && viewport.scrollHeight >= rows * HEIGHT) viewport.scrollTop += wheel;
    if (key !== undefined)
      panel.element.querySelector('[role=grid]').dispatchEvent(
        new KeyboardEvent('keydown', { key, bubbles: true }));
  };
  for (const step of plan) {
    act(step);
    // The scroll event comes with the next frame, before its callbacks; ours is the last of them.
    await frame();
    await frame();
    check();
    if (!step.settle) continue;
    const began = performance.now();
    while (!check() && performance.now() - began < 10000) await frame();
    result.settled.push(Math.round(performance.now() - began));
  }
  await frame();
  observer.disconnect();
  return result;
}
"""


class InspectorPage:
    """The inspector in a notebook whose cells have run."""

    def __init__(self, notebook: Notebook) -> None:
        self.notebook = notebook
        self.page = notebook.page
        self.widget = self.page.locator("section.rl-inspector")
        self.grid = self.widget.get_by_role("grid", name="Events")

    def until_ready(self) -> InspectorPage:
        """Wait until it has read the log."""
        self.widget.wait_for(timeout=60_000)
        self.page.wait_for_function(READY, timeout=60_000)
        return self

    def row(self, seq: int) -> Any:
        """The row of an event in the table."""
        return self.widget.locator(f".rl-window .rl-row[data-seq='{seq}']").first

    def shown(self) -> list[tuple[int, str]]:
        """Number and type of each row in view, from top to bottom."""
        found = self.page.evaluate(
            """() => [...document.querySelectorAll('.rl-window .rl-row')]
              .filter(row => !row.hidden && !row.classList.contains('rl-loading'))
              .map(row => [Number(row.getAttribute('aria-rowindex')), Number(row.dataset.seq),
                row.querySelector('.rl-type code').textContent])
              .sort((a, b) => a[0] - b[0])"""
        )
        return [(seq, type) for _, seq, type in found]

    def selected(self) -> int:
        """The event that is selected."""
        return self.evaluate("inspector.selection.seq")

    def evaluate(self, expression: str) -> Any:
        """The value of an expression of ``inspector``."""
        return self.page.evaluate(
            f"() => {{ const {{ inspector, level }} = globalThis.__realtimeLabInspector;"
            f" return {expression}; }}"
        )

    def wait(self, condition: str, seconds: float = 30) -> None:
        """Wait for a condition on ``inspector``."""
        self.page.wait_for_function(
            f"() => {{ const {{ inspector, level }} = globalThis.__realtimeLabInspector;"
            f" return {condition}; }}",
            timeout=1000 * seconds,
        )

    def until_counted(self, text: str) -> None:
        """Wait until the filter bar says how many rows there are."""
        self.widget.locator(".rl-matches", has_text=text).wait_for()

    def button(self, name: str) -> Any:
        """A button by its accessible name."""
        return self.widget.get_by_role("button", name=name, exact=True)

    def scroll(self, plan: list[dict[str, Any]], rows: int) -> dict[str, Any]:
        """Scroll a list of so many rows, whose numbers are those of their lines, step by step.

        A step is ``to`` (a share of the way of the scrollbar), ``wheel`` (pixels) or ``key``; with
        ``settle`` it waits until all rows are there. Tells the frames, the rows in them, those
        still on their way, what was ``wrong``, and the long tasks in milliseconds.
        """
        return self.page.evaluate(SCROLL, {"plan": plan, "rows": rows})
