"""One call of a tool, whatever becomes of it."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import Any

from ..errors import ToolError
from ..tools import ToolRegistry, ToolResult
from .attempts import Attempts
from .watching import WatchedTool

__all__ = ["CallResult", "Caller"]


@dataclass(frozen=True, slots=True)
class CallResult(ToolResult):
    """What came of a call, and more of it than a model is told.

    ``value`` is what the function gave, ``raised`` what it raised, with its traceback; both are
    ``None`` if it was not called or did not answer.
    """

    value: Any = field(default=None, repr=False)
    raised: BaseException | None = field(default=None, repr=False)

    @property
    def declined(self) -> bool:
        """Whether the function itself refused, in words for the model: with a `ToolError`."""
        return isinstance(self.raised, ToolError)


@dataclass(frozen=True, slots=True)
class Caller:
    """Calls the tools of a bench."""

    tools: ToolRegistry
    attempts: Attempts

    async def call(self, name: str, text: str, timeout: float | None = None) -> CallResult:
        """Call a tool with the JSON text of its arguments; nothing is raised."""
        tool = self.tools.get(name)
        if tool is None:
            return _result(await self.attempts.make(self.tools, name, text, timeout))
        trial = await WatchedTool(tool, self.attempts).call(text, timeout)
        return _result(trial.result, trial.value, trial.raised)

    def needs_kernel(self) -> bool:
        """Whether a call may ask the kernel's own loop for something."""
        has_loop = self.attempts.kernel_loop is not None
        return has_loop and any(tool.on == "kernel" for tool in self.tools)


def _result(
    result: ToolResult, value: Any = None, raised: BaseException | None = None
) -> CallResult:
    told = {each.name: getattr(result, each.name) for each in fields(result)}
    return CallResult(**told, value=value, raised=raised)
