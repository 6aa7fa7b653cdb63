"""Tools: from a Python function to a described, validated, timed call."""

from __future__ import annotations

from .callables import without_partials
from .mcp import McpTools, connect_mcp
from .notes import Note
from .registry import ToolLike, ToolRegistry
from .runner import Call, CallRunner, ToolResult, ToolRunner, as_text
from .selecting import select_tools
from .shape import check_takes
from .tool import Tool, Where, tool

__all__ = [
    "Call",
    "CallRunner",
    "McpTools",
    "Note",
    "Tool",
    "ToolLike",
    "ToolRegistry",
    "ToolResult",
    "ToolRunner",
    "Where",
    "as_text",
    "check_takes",
    "connect_mcp",
    "select_tools",
    "tool",
    "without_partials",
]
