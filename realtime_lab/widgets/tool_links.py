"""What the pages that show a tool view and the tools of a session say to each other.

Everything in here runs on the session's loop.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from typing import Any

import msgspec

from ..errors import RealtimeLabError
from ..eventlog import LogEntry
from ..toolbench import LiveTool, LiveTools, mode_from
from .bridge import Link
from .framing import Frame
from .tool_feed import LONGEST_NOTE, ToolFeed, clipped, mode_message, tried_message

__all__ = ["ToolLinks"]

LONGEST_SCHEMA = 40_000
"""Bytes of a schema that a page can be told; of a longer one it has a field for JSON alone."""

_PATH = re.compile(r"argument '([^']+)'")


class ToolLinks:
    """Connects the tools of a session with every page that shows them; all pages see the same."""

    def __init__(self, tools: LiveTools) -> None:
        self.tools = tools
        log = tools.session.log
        self.feed = ToolFeed(self._problem, log.elapsed)
        self._links: list[Link] = []
        self._trying: set[asyncio.Task[None]] = set()
        for entry in log:
            self.feed.apply(entry)
        self._unsubscribe = tools.session.subscribe(self._follow)

    def __len__(self) -> int:
        return len(self._links)

    def close(self) -> None:
        """Leave the session alone; the pages stay as they are."""
        self._unsubscribe()

    # -- LinkHandler ------------------------------------------------------------------------------

    def opened(self, link: Link) -> None:
        """A page is there: tell it everything."""
        self._links.append(link)
        self.feed.session = self.tools.session.state
        link.send(Frame({"type": "welcome", "session": self.feed.session}))
        for tool in self.tools:
            link.send(Frame(_described(tool)))
        for line in self.feed:
            link.send(Frame(line.message()))
        link.send(Frame({"type": "complete"}))

    def closed(self, link: Link) -> None:
        """A page is gone."""
        if link in self._links:
            self._links.remove(link)

    def received(self, link: Link, frame: Frame) -> None:
        """Do what a page asks for; it is told where that cannot be done."""
        header = frame.header
        try:
            self._obey(link, header)
        except RealtimeLabError as error:
            about = str(header.get("call") or header.get("tool") or "")
            link.send(Frame(_refused(about, str(header.get("type")), str(error))))

    def _obey(self, link: Link, header: Mapping[str, Any]) -> None:
        call, tool = str(header.get("call", "")), str(header.get("tool", ""))
        match header.get("type"):
            case "answer":
                delay = header.get("delay")
                self.tools.question(call).answer(
                    str(header.get("output", "")), delay=None if delay is None else float(delay)
                )
            case "approve":
                self.tools.question(call).approve()
            case "deny":
                self.tools.question(call).deny(str(header.get("reason", "")).strip())
            case "edit":
                self.tools.question(call).edit(str(header.get("arguments", "")))
            case "cancel":
                self.tools.cancel(call)
            case "mode":
                self.tools[tool].mode = mode_from(header.get("mode") or {})
                if not self._is_noted:
                    self._tell([_mode(self.tools[tool])])
            case "try":
                self._try(link, tool, str(header.get("arguments", "")))
            case "bye":
                self.closed(link)

    def _try(self, link: Link, tool: str, arguments: str) -> None:
        problem = self._problem(tool, arguments)
        if problem:
            link.send(Frame(_refused(tool, "try", problem)))
            return
        task = asyncio.get_running_loop().create_task(self._try_out(link, tool, arguments))
        self._trying.add(task)
        task.add_done_callback(self._trying.discard)

    async def _try_out(self, link: Link, tool: str, arguments: str) -> None:
        result = await self.tools.try_out(tool, arguments)
        if not self._is_noted:
            told = {"name": tool, "output": result.output, "error": result.error}
            link.send(Frame(tried_message({**told, "seconds": result.seconds})))

    # -- what the pages see -----------------------------------------------------------------------

    @property
    def _is_noted(self) -> bool:
        """Whether what is done here is marked in the log, from where the pages learn of it."""
        return self.tools.session.state != "closed"

    def _problem(self, name: str, arguments: str) -> str:
        return (
            self.tools[name].problem(arguments) if name in self.tools else "there is no such tool"
        )

    def _follow(self, entry: LogEntry) -> None:
        self._tell(self.feed.apply(entry))

    def _tell(self, messages: list[dict[str, Any]]) -> None:
        for message in messages:
            for link in self._links:
                link.send(Frame(message))


def _described(live: LiveTool) -> dict[str, Any]:
    parameters = dict(live.tool.parameters)
    if len(msgspec.json.encode(parameters)) > LONGEST_SCHEMA:
        parameters = {}
    return {
        "type": "tool",
        "name": live.name,
        "description": clipped(live.tool.description, 4_000),
        "parameters": parameters,
        "mode": _mode(live)["mode"],
    }


def _mode(live: LiveTool) -> dict[str, Any]:
    return mode_message(live.name, live.mode.described())


def _refused(about: str, what: str, problem: str) -> dict[str, Any]:
    """Why something could not be done, and the field that is to blame."""
    found = _PATH.search(problem)
    path = clipped(found.group(1), LONGEST_NOTE) if found else ""
    return {
        "type": "refused",
        "about": about,
        "what": what,
        "problem": clipped(problem, LONGEST_NOTE),
        "path": path,
    }
