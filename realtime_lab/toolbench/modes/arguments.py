"""Whether the arguments of a call fit."""

from __future__ import annotations

from ...errors import ToolError
from ...tools import Tool

__all__ = ["problem_of"]


def problem_of(tool: Tool, arguments: str) -> str:
    """What is wrong with the arguments of a call; empty if nothing is."""
    try:
        tool.read_arguments(arguments)
    except ToolError as error:
        return str(error)
    except Exception as error:  # a type's own way of reading itself may fail in any way
        return f"{type(error).__name__}: {error}"
    return ""
