"""Widgets that also show where no browser runs them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import anywidget
from IPython.core.getipython import get_ipython
from IPython.display import DisplayHandle

from ..errors import RealtimeLabError

__all__ = ["StaticTwin", "bundle"]

_STATIC = Path(__file__).parent / "static"


def bundle(name: str) -> Path:
    """The path of a built file of the front end.

    Raises:
        RealtimeLabError: if it is not built.
    """
    if not (_STATIC / name).is_file():
        raise RealtimeLabError(
            "the front end of the widgets is not built: run `pip install -e .` in the checkout"
        )
    return _STATIC / name


class StaticTwin(anywidget.AnyWidget):
    """A widget with a static form in its output: what a saved notebook shows without it.

    It is brought up to date after each cell, unless a page shows the widget itself.
    """

    def __init__(self) -> None:
        super().__init__()
        self._displays: list[DisplayHandle] = []
        self._shown: tuple[str, str] | None = None

    def _static(self) -> tuple[str, str]:
        """The static form: HTML without script or style sheet, and plain text."""
        raise NotImplementedError

    def _is_seen(self) -> bool:
        """Whether a page shows the widget, so that nobody needs the static form yet."""
        raise NotImplementedError

    def _repr_mimebundle_(self, **kwargs: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        data, metadata = super()._repr_mimebundle_(**kwargs) or ({}, {})
        # What stands in the output of a cell is saved with the notebook; what is live is not.
        self._shown = self._static()
        data["text/html"], data["text/plain"] = self._shown
        return data, metadata

    def _ipython_display_(self) -> None:
        data, metadata = self._repr_mimebundle_()
        handle = DisplayHandle()
        handle.display(data, metadata=metadata, raw=True)
        shell = get_ipython()
        if shell is not None and not self._displays:
            shell.events.register("post_run_cell", self._refresh)
        self._displays.append(handle)

    def _refresh(self, _: object = None) -> None:
        if self._is_seen():
            return
        before = self._shown
        data, metadata = self._repr_mimebundle_()
        if self._shown != before:
            for handle in self._displays:
                handle.update(data, metadata=metadata, raw=True)
