"""The tools of an MCP server (Model Context Protocol) as tools of a session."""

from __future__ import annotations

from .tools import McpTools, connect_mcp

__all__ = ["McpTools", "connect_mcp"]
