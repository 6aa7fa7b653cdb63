"""Tools: from a Python function to a described, validated, timed call."""

from __future__ import annotations

from .registry import ToolRegistry
from .runner import Call, CallRunner, ToolResult, ToolRunner, as_text
from .tool import Tool, Where, tool

__all__ = [
    "Call",
    "CallRunner",
    "Tool",
    "ToolRegistry",
    "ToolResult",
    "ToolRunner",
    "Where",
    "as_text",
    "tool",
]
