"""A call that waits for a person."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ...errors import ToolError
from ...tools import Tool, as_text
from ..attempts import ToolCall
from ..values import is_number
from .arguments import problem_of

__all__ = ["Answered", "Approved", "Decision", "Denied", "Edited", "PendingCall"]


@dataclass(frozen=True, slots=True)
class Approved:
    """The tool is called as the model asked."""


@dataclass(frozen=True, slots=True)
class Edited:
    """The tool is called with other arguments, a JSON object as text."""

    arguments: str


@dataclass(frozen=True, slots=True)
class Denied:
    """The tool is not called, and the model is told why."""

    reason: str


@dataclass(frozen=True, slots=True)
class Answered:
    """The model is told this in place of the tool's result; ``delay`` in seconds holds it back."""

    output: str
    delay: float | None


Decision = Approved | Edited | Denied | Answered


class PendingCall:
    """A call of the model that waits for a person: `answer`, `approve`, `deny` or `edit` it.

    It may be decided once, from any thread: from a cell, or by the tool view. ``how`` is
    ``by_hand`` or ``ask_first``; each decision is open in both. ``arguments`` is the JSON text of
    the model, ``problem`` what is wrong with it, and ``at`` when it was asked, by the clock of the
    log.
    """

    def __init__(
        self,
        call: ToolCall,
        tool: Tool,
        how: str,
        *,
        problem: str = "",
        replies: tuple[str, ...] = (),
        at: float = 0.0,
    ) -> None:
        self.call_id = call.call_id
        self.name = call.name
        self.arguments = call.arguments
        self.how = how
        self.problem = problem
        self.replies = replies
        self.at = at
        self._tool = tool
        self._loop = asyncio.get_running_loop()
        self._decided: asyncio.Future[Decision] = self._loop.create_future()
        self._lock = threading.Lock()
        self._over = ""

    @property
    def values(self) -> dict[str, Any]:
        """The arguments by name; empty where they are no JSON object."""
        try:
            found = json.loads(self.arguments or "{}")
        except ValueError:
            return {}
        return found if isinstance(found, dict) else {}

    @property
    def is_open(self) -> bool:
        """Whether it still waits."""
        return not self._over

    def answer(self, value: Any, *, delay: float | None = None) -> None:
        """Tell the model this in place of the tool's result; the tool is not called.

        ``value`` is text, or anything that JSON can tell. ``delay`` holds it back for so many
        seconds; by default for as long as the mode says.

        Raises:
            ToolError: if the call does not wait any more, or the text cannot be sent.
        """
        if delay is not None and not (is_number(delay) and 0 <= delay <= 86_400):
            raise ToolError(f"an answer cannot be held back for {delay!r} s; give seconds, from 0")
        self._decide(Answered(as_text(value), delay))

    def approve(self) -> None:
        """Call the tool as the model asked.

        Raises:
            ToolError: if the call does not wait any more.
        """
        self._decide(Approved())

    def deny(self, reason: str = "") -> None:
        """Do not call the tool; the model is told so, and the reason.

        Raises:
            ToolError: if the call does not wait any more, or the text cannot be sent.
        """
        self._decide(Denied(as_text(reason)))

    def edit(self, arguments: Mapping[str, Any] | str) -> None:
        """Call the tool with other arguments: all of them, as a mapping or as JSON.

        Raises:
            ToolError: if they do not fit the tool, and the call goes on waiting; or if it does not
                wait any more.
        """
        if not isinstance(arguments, Mapping | str):
            raise ToolError(f"{arguments!r} are no arguments; give them by name, or as JSON")
        text = arguments if isinstance(arguments, str) else as_text(dict(arguments))
        problem = problem_of(self._tool, text)
        if problem:
            raise ToolError(f"{self.name} cannot be called with these arguments: {problem}")
        self._decide(Edited(text))

    async def decision(self, limit: float | None) -> Decision | None:
        """Wait for it on the session's loop; ``None`` after ``limit`` seconds."""
        done, _ = await asyncio.wait({self._decided}, timeout=limit)
        if done:
            return self._decided.result()
        self.withdraw(f"nobody decided within {limit:g} s")
        # It may have been decided just now, from another thread.
        return await self._decided if not self._decided.cancelled() else None

    def withdraw(self, why: str) -> None:
        """Nobody need decide any more."""
        with self._lock:
            if self._over:
                return
            self._over = why or "the session has ended"
        self._decided.cancel()

    def _decide(self, decision: Decision) -> None:
        with self._lock:
            if self._over:
                raise ToolError(f"this call of {self.name} does not wait any more: {self._over}")
            self._over = f"it was {type(decision).__name__.lower()} already"
        self._loop.call_soon_threadsafe(self._settle, decision)

    def _settle(self, decision: Decision) -> None:
        if not self._decided.done():
            self._decided.set_result(decision)

    def __repr__(self) -> str:
        # Without the arguments: what the user said may be in them.
        state = self._over or "answer(…), approve(), deny(reason) or edit(arguments)"
        return f"<call of {self.name} ({self.how}): {state}>"
