"""Tools: from a Python function to a described, validated, timed call."""

from __future__ import annotations

from .notes import Note
from .registry import ToolRegistry
from .runner import Call, ToolResult, ToolRunner
from .tool import Tool, Where, tool

__all__ = ["Call", "Note", "Tool", "ToolRegistry", "ToolResult", "ToolRunner", "Where", "tool"]
