"""A call under way: what a mode can do with it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Protocol

import msgspec

from ...tools import Tool, ToolResult
from ..attempts import ToolCall
from .arguments import problem_of
from .pending_call import Decision, PendingCall

if TYPE_CHECKING:
    from .kinds import AnyMode

__all__ = ["CallInHand", "Carry", "Desk"]

_WHY = {
    "voice": "the user went on before there was a result",
    "text": "the user went on before there was a result",
    "stop": "the user pressed stop",
}
"""What the model is told of a call that was given up, by who did it."""


class Carry(Protocol):
    """Calls the function of a tool, as `tools.ToolRunner` does."""

    def __call__(self, call: ToolCall, timeout: float | None) -> Awaitable[ToolResult]: ...


class Desk(Protocol):
    """Where questions to a person lie until they are decided."""

    def put(self, question: PendingCall) -> None: ...

    def take_away(self, question: PendingCall) -> None: ...


class CallInHand:
    """One call of a tool, from the model's wish to the result. Lives on the session's loop.

    ``number`` counts the calls of the tool in its mode, from 0. ``problem`` says what is wrong with
    the arguments, if anything is.
    """

    def __init__(
        self,
        call: ToolCall,
        tool: Tool,
        number: int,
        *,
        carry: Carry,
        desk: Desk,
        mark: Callable[..., object],
        clock: Callable[[], float],
    ) -> None:
        self.call = call
        self.tool = tool
        self.number = number
        self.problem = problem_of(tool, call.arguments)
        self._carry = carry
        self._desk = desk
        self._mark = mark
        self._clock = clock
        self._task: asyncio.Task[ToolResult] | None = None
        self._mode: AnyMode | None = None
        self._given_up_by = ""

    @property
    def name(self) -> str:
        """Name of the tool."""
        return self.call.name

    # -- what a mode does -------------------------------------------------------------------------

    async def make(
        self, arguments: str | None = None, *, timeout: float | None = 60.0
    ) -> ToolResult:
        """Call the tool's own function, by default with the arguments of the model."""
        call = self.call if arguments is None else replace(self.call, arguments=arguments)
        return await self._carry(call, timeout)

    async def ask(
        self,
        how: str,
        *,
        replies: tuple[str, ...] = (),
        delay: float = 0.0,
        limit: float | None = None,
    ) -> Decision | None:
        """Put the call to a person; ``None`` if nobody decided within ``limit`` seconds."""
        question = PendingCall(
            self.call, self.tool, how, problem=self.problem, replies=replies, at=self._clock()
        )
        told = {"problem": self.problem} if self.problem else {}
        self.mark(
            "lab.tool_asked", how=how, replies=list(replies), delay=delay, limit=limit, **told
        )
        self._desk.put(question)
        try:
            return await question.decision(limit)
        finally:
            question.withdraw(self._reason() if self._given_up_by else "")
            self._desk.take_away(question)

    async def wait(self, seconds: float) -> None:
        """Let so much time pass."""
        await asyncio.sleep(seconds)

    def result(self, output: str) -> ToolResult:
        """A result that the tool's function did not give."""
        call = self.call
        return ToolResult(call.call_id, call.name, call.arguments, output, None, 0.0)

    def failure(self, error: str, output: str | None = None) -> ToolResult:
        """The model is told an error, by default as a runner tells it."""
        told = msgspec.json.encode({"error": error}).decode() if output is None else output
        return replace(self.result(told), error=error)

    def mark(self, name: str, **data: Any) -> None:
        """Note in the log what is done with this call."""
        self._mark(name, call_id=self.call.call_id, name=self.call.name, **data)

    # -- what is done with it ---------------------------------------------------------------------

    async def answered(self, mode: AnyMode) -> ToolResult:
        """The result by this mode; nothing is raised."""
        begun = self._clock()
        self._mode = mode
        self._task = asyncio.ensure_future(mode.answer(self))
        try:
            await asyncio.wait({self._task})
        finally:
            if not self._task.done():
                self._task.cancel()
        return replace(self._outcome(self._task), seconds=self._clock() - begun)

    def interrupted(self, by: str) -> None:
        """The user goes on; whether that ends the call is for the mode to say."""
        if self._mode is not None and self._mode.cancel_on_barge_in:
            self.give_up(by)

    def give_up(self, by: str) -> None:
        """End the call without a result, for the user (``voice``, ``text``, ``stop``) or by
        ``hand``.
        """
        if self._task is not None and not self._task.done() and not self._given_up_by:
            self._given_up_by = by
            self._task.cancel()

    def _outcome(self, task: asyncio.Task[ToolResult]) -> ToolResult:
        if task.cancelled():
            self.mark("lab.tool_cancelled", by=self._given_up_by)
            return replace(self.failure(self._reason()), withdrawn=self._given_up_by in _WHY)
        error = task.exception()
        if error is not None:
            # A mistake in a mode must not leave the model without an answer.
            return self.failure(f"{self.name} failed: {type(error).__name__}: {error}")
        return task.result()

    def _reason(self) -> str:
        why = _WHY.get(self._given_up_by)
        return f"{self.name} was cancelled{f': {why}' if why else ''}"
