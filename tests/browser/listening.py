"""The voice booth in a page: what a test does with it and sees of it."""

from __future__ import annotations

from typing import Any

from .lab import Notebook

DRAWN = "() => globalThis.__realtimeLabBooth?.panel.table.isDrawn"


class BoothPage:
    """A voice booth in a notebook whose cells have run."""

    def __init__(self, notebook: Notebook) -> None:
        self.notebook = notebook
        self.page = notebook.page
        self.widget = self.page.locator("section.rl-booth")

    def until_drawn(self) -> BoothPage:
        """Wait until every sound is drawn and measured."""
        self.widget.wait_for(timeout=60_000)
        self.page.wait_for_function(DRAWN, timeout=60_000)
        return self

    def evaluate(self, expression: str) -> Any:
        """The value of an expression of ``booth`` and ``level``."""
        return self.page.evaluate(
            f"() => {{ const {{ booth, level }} = globalThis.__realtimeLabBooth;"
            f" return {expression}; }}"
        )

    def wait(self, condition: str, seconds: float = 30) -> None:
        """Wait for a condition on ``booth`` and ``level``."""
        self.page.wait_for_function(
            f"() => {{ const {{ booth, level }} = globalThis.__realtimeLabBooth;"
            f" return {condition}; }}",
            timeout=1000 * seconds,
        )

    def press(self, *keys: str) -> None:
        """Press keys, the booth having the focus."""
        for key in keys:
            self.page.keyboard.press(key)

    def voices(self) -> list[str]:
        """The voices from top to bottom."""
        return self.page.evaluate(
            "[...document.querySelectorAll('.rl-booth tr[data-voice]')].map(r => r.dataset.voice)"
        )

    def row(self, voice: str, source: str = "") -> Any:
        """The row of a voice."""
        at = f"[data-source='{source}']" if source else ""
        return self.widget.locator(f"tr[data-voice='{voice}']{at}")

    def button(self, name: str) -> Any:
        """A button by its accessible name."""
        return self.widget.get_by_role("button", name=name, exact=True)

    def inked(self, voice: str) -> dict[str, float]:
        """The share of pixels that are drawn in each picture of a voice."""
        return self.row(voice).evaluate(
            """row => {
              const found = {};
              const all = (root) => [...root.querySelectorAll('*')].flatMap(
                (node) => [node, ...(node.shadowRoot ? all(node.shadowRoot) : [])]);
              for (const name of ['rl-wave', 'rl-spectrogram', 'rl-over']) {
                const host = row.querySelector(`.${name}`);
                const own = all(host).filter((node) => node.tagName === 'CANVAS');
                const canvases = name === 'rl-over'
                  ? own.filter((node) => node.className === 'rl-pitch') : own;
                let inked = 0, pixels = 0;
                for (const canvas of canvases) {
                  if (!canvas.width || !canvas.height) continue;
                  const { data } = canvas.getContext('2d')
                    .getImageData(0, 0, canvas.width, canvas.height);
                  for (let i = 3; i < data.length; i += 4) if (data[i] > 40) inked++;
                  pixels += data.length / 4;
                }
                found[name] = pixels ? inked / pixels : 0;
              }
              return found;
            }"""
        )
