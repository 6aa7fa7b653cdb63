"""The console: talk with the model of a session from a notebook."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import anywidget
from IPython.core.getipython import get_ipython
from IPython.display import DisplayHandle

from ..errors import RealtimeLabError
from ..session import session_thread
from .console_host import PATHS, ConsoleHost
from .console_html import console_html, console_text, redacted
from .console_links import Talker

__all__ = ["Console"]

_STATIC = Path(__file__).parent / "static"


def _bundle(name: str) -> Path:
    if not (_STATIC / name).is_file():
        raise RealtimeLabError(
            "the front end of the widgets is not built: run `pip install -e .` in the checkout"
        )
    return _STATIC / name


class Console(anywidget.AnyWidget):
    """Microphone, playback, transcript and status of a session, as a Jupyter widget.

    ``paths`` are the ways that audio may take between page and kernel: ``direct`` (a socket to this
    machine), ``proxy`` (a socket through jupyter-server-proxy), ``comm`` (the notebook's channel).
    ``origins`` are pages that may connect beside those that show the widget. ``loop`` is the
    session's event loop.

    Without a browser it shows what was said up to the end of the last cell.
    """

    _esm = _bundle("console.js")
    _css = _bundle("console.css")

    def __init__(
        self,
        session: Talker,
        loop: asyncio.AbstractEventLoop | None = None,
        *,
        paths: Sequence[str] = PATHS,
        origins: Iterable[str] = (),
    ) -> None:
        super().__init__()
        self._displays: list[DisplayHandle] = []
        self._shown = ""
        self._host = ConsoleHost.on_loop(
            session, loop or session_thread().loop, self._post, paths=paths, origins=origins
        )
        self.on_msg(self._receive)

    def close(self) -> None:
        """Take the console off every page; the session goes on."""
        self._host.close()
        super().close()

    def _post(self, content: dict[str, Any], buffers: list[bytes]) -> None:
        # Custom messages are safe from any thread; traits are not, and none is used.
        self.send(content, buffers)

    def _receive(self, _: object, content: dict[str, Any], buffers: Sequence[memoryview]) -> None:
        self._host.receive(content, buffers)

    # -- showing itself ---------------------------------------------------------------------------

    def _repr_mimebundle_(self, **kwargs: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        data, metadata = super()._repr_mimebundle_(**kwargs) or ({}, {})
        feed = self._host.links.feed
        # What stands in the output of a cell is saved with the notebook; what is live is not.
        lines = redacted(feed.transcript, self._host.links.redaction)
        self._shown = console_html(feed.status, lines)
        data["text/html"] = self._shown
        data["text/plain"] = console_text(feed.status, lines)
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
        """Bring the static form up to date where nobody looks at the live one."""
        status = self._host.links.feed.status
        if len(self._host.links) and status.session != "closed":
            return
        before = self._shown
        data, metadata = self._repr_mimebundle_()
        if self._shown != before:
            for handle in self._displays:
                handle.update(data, metadata=metadata, raw=True)
