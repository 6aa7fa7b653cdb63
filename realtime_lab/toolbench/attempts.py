"""How calls are made, and one call made so that nothing is raised."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass

from ..tools import ToolRegistry, ToolResult, ToolRunner
from .values import told_of, written

__all__ = ["Attempts", "ToolCall"]


@dataclass(frozen=True, slots=True)
class ToolCall:
    """What a model asked for, or what a person made of it; ``arguments`` is JSON text."""

    name: str
    arguments: str
    call_id: str = ""


@dataclass(frozen=True, slots=True)
class Attempts:
    """Calls tools as a session does: validated, timed, given up after ``timeout`` seconds.

    ``kernel_loop`` is the loop of tools marked ``kernel``.
    """

    timeout: float | None = 60.0
    kernel_loop: asyncio.AbstractEventLoop | None = None
    clock: Callable[[], float] = time.monotonic

    async def make(
        self, tools: ToolRegistry, name: str, text: str, timeout: float | None = None
    ) -> ToolResult:
        """Call a tool with the JSON text of its arguments; nothing is raised, the result says it.

        Not even for a tool that raises what is no ``Exception``.
        """
        runner = ToolRunner(
            tools,
            timeout=self.timeout if timeout is None else timeout,
            kernel_loop=self.kernel_loop,
            clock=self.clock,
        )
        begun = self.clock()
        try:
            return await runner.run(ToolCall(name, text))
        except asyncio.CancelledError:
            raise
        except BaseException as error:
            told = f"{name} failed: {told_of(error)}"
            output = written({"error": told})
            return ToolResult("", name, text, output, told, self.clock() - begun)
