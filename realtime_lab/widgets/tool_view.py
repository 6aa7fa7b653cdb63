"""The tool view: the tools of a session, each call as it happens, and the answers of a person."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from typing import Any

from ..session import session_thread
from ..toolbench import LiveTools, LogOnly
from ..tools import ToolRegistry
from .page_host import PATHS, PageHost
from .static_twin import StaticTwin, bundle
from .tool_feed import redacted
from .tool_html import tools_html, tools_text
from .tool_links import ToolLinks

__all__ = ["ToolView"]


class ToolView(StaticTwin):
    """The tools of a session as a Jupyter widget: ``rl.ToolView(lab)``, or ``lab.tools`` in a cell.

    Each call is shown as it happens: its arguments as they arrive and whether they fit, what was
    done with it, how long it took, its output and what the model said next. Calls that wait for a
    person are approved, denied, edited or answered here. Each tool has a switch for its mode, and
    a form made from its schema to call it by hand.

    ``tools`` is a lab, its tools, or functions and tools without any session, which then are called
    by the form alone. ``paths`` and ``origins`` are as in `Console`: what is done here reaches the
    session while a cell runs, too.

    Without a browser it shows the calls as they were at the end of the last cell, redacted as the
    log's `EventLog.redaction` says.

    Raises:
        ToolError: if a tool cannot be described.
    """

    _esm = bundle("tools.js")
    _css = bundle("tools.css")

    def __init__(
        self,
        tools: Any,
        loop: asyncio.AbstractEventLoop | None = None,
        *,
        paths: Sequence[str] = PATHS,
        origins: Iterable[str] = (),
    ) -> None:
        super().__init__()
        loop = loop or session_thread().loop
        self._tools = _live(getattr(tools, "tools", tools), loop)
        self._host = PageHost.on_loop(
            lambda: ToolLinks(self._tools), loop, self._post, paths=paths, origins=origins
        )
        self.on_msg(self._receive)

    @property
    def tools(self) -> LiveTools:
        """The tools that it shows."""
        return self._tools

    def close(self) -> None:
        """Take the view off every page; the session goes on."""
        self._host.close()
        super().close()

    def _post(self, content: dict[str, Any], buffers: list[bytes]) -> None:
        # Custom messages are safe from any thread; traits are not, and none is used.
        self.send(content, buffers)

    def _receive(self, _: object, content: dict[str, Any], buffers: Sequence[memoryview]) -> None:
        self._host.receive(content, buffers)

    # -- showing itself ---------------------------------------------------------------------------

    def _static(self) -> tuple[str, str]:
        redaction = self._tools.session.log.redaction
        lines = redacted(self._host.links.feed, redaction.redacted)
        return tools_html(self._tools, lines), tools_text(self._tools, lines)

    def _is_seen(self) -> bool:
        return len(self._host.links) > 0 and self._tools.session.state != "closed"


def _live(tools: Any, loop: asyncio.AbstractEventLoop) -> LiveTools:
    if isinstance(tools, LiveTools):
        return tools
    given = tools if isinstance(tools, Iterable) else [tools]
    live = LiveTools(tools if isinstance(tools, ToolRegistry) else ToolRegistry(given))
    live.attach(LogOnly(), loop)
    return live
