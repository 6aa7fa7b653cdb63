"""A call of a tool, and whether its arguments fit."""

from __future__ import annotations

from dataclasses import dataclass

from ...errors import ToolError
from ...tools import Tool

__all__ = ["ToolCall", "problem_of"]


@dataclass(frozen=True, slots=True)
class ToolCall:
    """What the model asked for, or what a person made of it; ``arguments`` is JSON text."""

    name: str
    arguments: str
    call_id: str


def problem_of(tool: Tool, arguments: str) -> str:
    """What is wrong with the arguments of a call; empty if nothing is."""
    try:
        tool.read_arguments(arguments)
    except ToolError as error:
        return str(error)
    except Exception as error:  # a type's own way of reading itself may fail in any way
        return f"{type(error).__name__}: {error}"
    return ""
