"""The `mcp` package, imported when it is first needed."""

from __future__ import annotations

import asyncio
import importlib
import logging
from dataclasses import dataclass
from typing import Any

from ...errors import ToolError

__all__ = ["Library", "library"]


@dataclass(frozen=True, slots=True)
class Library:
    """What is used of it."""

    client: Any
    error: Any
    stdio: Any
    streamable_http: Any
    http: Any


async def library() -> Library:
    """Import it, beside the loop: that takes most of a second.

    Raises:
        ToolError: if it is not installed.
    """
    names = ("mcp", "mcp.client.stdio", "mcp.client.streamable_http", "httpx2")
    try:
        mcp, stdio, streamable, http = [
            await asyncio.to_thread(importlib.import_module, name) for name in names
        ]
    except ImportError:
        raise ToolError(
            "the tools of an MCP server need the 'mcp' package: pip install 'realtime-lab[mcp]'"
        ) from None
    # What a server writes that is no MCP is told in our own words, not by a traceback in a cell.
    told_to = logging.getLogger("mcp")
    if not told_to.handlers:
        told_to.addHandler(logging.NullHandler())
    return Library(mcp.Client, mcp.MCPError, stdio, streamable, http)
