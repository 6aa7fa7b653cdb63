"""A real MCP server: over standard input and output when run, else as an app."""

from __future__ import annotations

import asyncio
import os
import sys
import threading
from dataclasses import dataclass, field
from typing import Any

import mcp_types as types
from mcp.server.mcpserver import Context, MCPServer
from mcp.server.mcpserver.exceptions import ToolError

PIXELS = "aGVsbG8="
"""Five bytes, as base64."""


@dataclass
class Seen:
    """What the server saw."""

    headers: dict[str, str] = field(default_factory=dict)
    begun: threading.Event = field(default_factory=threading.Event)
    cancelled: threading.Event = field(default_factory=threading.Event)


def desk(seen: Seen) -> MCPServer:
    server = MCPServer("desk")

    @server.tool(description="Adds two numbers.")
    def add(a: int, b: int, context: Context) -> str:
        request: Any = context.request_context.request
        if request is not None:
            seen.headers = dict(request.headers)
        return str(a + b)

    @server.tool(name="files.read", description="Reads a file.")
    def read(path: str) -> str:
        return f"the text of {path}"

    @server.tool(structured_output=False)
    def everything() -> list[Any]:
        note = types.TextResourceContents(uri="file:///note", mime_type="text/plain", text="Hi")
        blob = types.BlobResourceContents(uri="file:///blob", mime_type="x/y", blob=PIXELS)
        return [
            types.TextContent(text="Look:"),
            types.ImageContent(data=PIXELS, mime_type="image/png"),
            types.AudioContent(data=PIXELS, mime_type="audio/wav"),
            types.ResourceLink(uri="file:///a", name="a", description="the first"),
            types.EmbeddedResource(resource=note),
            types.EmbeddedResource(resource=blob),
        ]

    @server.tool(annotations=types.ToolAnnotations(read_only_hint=True))
    def counts() -> dict[str, int]:
        return {"chairs": 4}

    @server.tool(description="Tells the weather in a city.")
    def weather(city: str) -> str:
        return f"clear in {city}"

    @server.tool()
    def fail() -> str:
        raise ToolError("the desk fell over")

    @server.tool()
    async def wait() -> str:
        seen.begun.set()
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            seen.cancelled.set()
            raise
        return ""

    @server.tool()
    def process() -> str:
        return str(os.getpid())

    @server.tool()
    def secret() -> str:
        return os.environ.get("DESK_SECRET", "none")

    @server.tool()
    def die() -> str:
        os._exit(3)

    return server


if __name__ == "__main__":
    print("the desk opens", file=sys.stderr)
    desk(Seen()).run("stdio")
