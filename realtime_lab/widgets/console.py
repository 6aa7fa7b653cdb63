"""The console: talk with the model of a session from a notebook."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from typing import Any

from ..session import session_thread
from .console_html import console_html, console_text, redacted
from .console_links import ConsoleLinks, Talker
from .page_host import PATHS, PageHost
from .static_twin import StaticTwin, bundle

__all__ = ["Console"]


class Console(StaticTwin):
    """Microphone, playback, transcript and status of a session, as a Jupyter widget.

    ``paths`` are the ways that audio may take between page and kernel: ``direct`` (a socket to this
    machine), ``proxy`` (a socket through jupyter-server-proxy), ``comm`` (the notebook's channel).
    ``origins`` are pages that may connect beside those that show the widget. ``loop`` is the
    session's event loop.

    Without a browser it shows what was said up to the end of the last cell.
    """

    _esm = bundle("console.js")
    _css = bundle("console.css")

    def __init__(
        self,
        session: Talker,
        loop: asyncio.AbstractEventLoop | None = None,
        *,
        paths: Sequence[str] = PATHS,
        origins: Iterable[str] = (),
    ) -> None:
        super().__init__()
        self._host = PageHost.on_loop(
            lambda: ConsoleLinks(session),
            loop or session_thread().loop,
            self._post,
            paths=paths,
            origins=origins,
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

    def _static(self) -> tuple[str, str]:
        feed, redaction = self._host.links.feed, self._host.links.redaction
        lines = redacted(feed.transcript, redaction)
        return console_html(feed.status, lines), console_text(feed.status, lines)

    def _is_seen(self) -> bool:
        return len(self._host.links) > 0 and self._host.links.feed.status.session != "closed"
