"""Answers the model's function calls, without ever making it wait for the receive loop."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, ClassVar

from ..protocol import (
    ClientEvent,
    FunctionCall,
    FunctionCallOutput,
    ItemCreate,
    ResponseCreate,
    ResponseDone,
    ServerEvent,
    UnknownEvent,
)
from ..tools import ToolResult, ToolRunner

__all__ = ["ToolCalls"]


class ToolCalls:
    """Runs the calls of a finished response side by side, then sends all outputs in the order of
    the calls and asks for one response. ``settled`` is waited for before that.
    """

    CONCERNS: ClassVar = frozenset({ResponseDone.type})

    def __init__(
        self,
        runner: ToolRunner,
        send: Callable[[ClientEvent], object],
        ask: Callable[..., None],
        settled: Callable[[], Awaitable[None]],
    ) -> None:
        self._runner = runner
        self._send = send
        self._ask = ask
        self._settled = settled
        self._tasks: set[asyncio.Task[Any]] = set()
        self.results: list[ToolResult] = []

    def apply(self, event: ServerEvent | UnknownEvent) -> None:
        """Take an event of the service into account; must be called on the session's loop."""
        if isinstance(event, ResponseDone) and event.response.status == "completed":
            calls = [item for item in event.response.output if isinstance(item, FunctionCall)]
            if calls:
                task = asyncio.get_running_loop().create_task(self._answer(calls))
                self._tasks.add(task)
                task.add_done_callback(self._tasks.discard)

    @property
    def are_running(self) -> bool:
        """Whether calls are under way."""
        return bool(self._tasks)

    async def idle(self) -> None:
        """Wait for the calls under way."""
        await asyncio.wait(self._tasks)

    async def close(self) -> None:
        """Stop the calls that still run."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _answer(self, calls: list[FunctionCall]) -> None:
        results = await asyncio.gather(*(self._runner.run(call) for call in calls))
        await self._settled()
        self.results += results
        for result in results:
            output = FunctionCallOutput(call_id=result.call_id, output=result.output)
            self._send(ItemCreate(item=output))
        self._ask(ResponseCreate(), answering=calls[0].call_id or "")
