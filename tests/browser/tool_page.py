"""The tool view in a page: what a test does with it and sees of it."""

from __future__ import annotations

from typing import Any

from .lab import Notebook


class ToolPage:
    """The tool view in a notebook whose cells have run."""

    def __init__(self, notebook: Notebook) -> None:
        self.notebook = notebook
        self.page = notebook.page
        self.widget = self.page.locator("section.rl-tools")
        self.calls = self.widget.get_by_role("log", name="Calls").get_by_role("article")

    def until_connected(self) -> ToolPage:
        """Wait until it knows the tools."""
        self.widget.locator(".rl-dot[data-state=open]").wait_for(timeout=60_000)
        self.widget.get_by_role("listitem").first.wait_for()
        return self

    def call(self, number: int, state: str) -> Any:
        """A call, once it is in that state."""
        call = self.calls.nth(number)
        call.locator(".rl-state", has_text=state).wait_for()
        return call

    def choose(self, tool: str, mode: str) -> None:
        """Switch the mode of a tool, and wait until the kernel knows."""
        switch = self.widget.get_by_label(f"How calls of {tool} are answered")
        switch.select_option(label=mode)

    def until_idle(self) -> None:
        """Wait until no cell runs."""
        self.page.wait_for_function(
            "() => window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.status"
            " === 'idle'"
        )

    def output(self, cell: int) -> str:
        """What a cell printed."""
        cells = self.page.locator(".jp-Notebook .jp-CodeCell")
        return cells.nth(cell).locator(".jp-OutputArea-output").last.inner_text()
