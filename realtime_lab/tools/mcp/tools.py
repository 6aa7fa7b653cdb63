"""A server's tools, as a session takes them."""

from __future__ import annotations

import asyncio
import dataclasses
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Self, overload

from ...errors import ToolError
from ..notes import Note
from ..selecting import names_in, select_tools
from ..tool import Tool
from .connection import Connection
from .library import library
from .results import as_text
from .servers import Source, server_of

__all__ = ["McpTools", "connect_mcp"]

_MOST_PAGES = 100
"""Pages of tools that are read of one server."""


class McpTools(Sequence[Tool]):
    """The tools of an MCP server, in its order; by index or by name.

    They can be called from any event loop, until ``aclose`` (or the end of ``async with``) ends the
    connection, and with it a server that was started for it.
    """

    def __init__(self, tools: Iterable[Tool], connection: Connection, name: str) -> None:
        self._tools = list(tools)
        self._connection = connection
        self._name = name

    @overload
    def __getitem__(self, key: int | str) -> Tool: ...
    @overload
    def __getitem__(self, key: slice) -> list[Tool]: ...
    def __getitem__(self, key: int | str | slice) -> Tool | list[Tool]:
        if not isinstance(key, str):
            return self._tools[key]
        for tool in self._tools:
            if tool.name == key:
                return tool
        raise KeyError(f"there is no tool '{key}'; the tools are: {self._names()}")

    def __len__(self) -> int:
        return len(self._tools)

    def __iter__(self) -> Iterator[Tool]:
        return iter(self._tools)

    def __contains__(self, wanted: object) -> bool:
        return any(wanted in (tool, tool.name) for tool in self._tools)

    async def aclose(self) -> None:
        """End the connection; calls fail from then on. Doing so twice is no mistake."""
        await self._connection.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *error: object) -> None:
        await self.aclose()

    def __repr__(self) -> str:
        return f"<tools of {self._name}: {self._names() or 'none'}>"

    def _names(self) -> str:
        return ", ".join(tool.name for tool in self._tools)


async def connect_mcp(
    source: Source,
    *,
    headers: Mapping[str, str] | None = None,
    env: Mapping[str, str] | None = None,
    cwd: str | Path | None = None,
    timeout: float = 30.0,
    only: Iterable[str] | None = None,
    without: Iterable[str] = (),
    rename: Mapping[str, str] | None = None,
    prefix: str = "",
) -> McpTools:
    """Connect to an MCP server and list its tools. The connection lives on the running loop.

    See `realtime_lab.tools_from_mcp` for what the arguments mean.

    Raises:
        ToolError: if the server cannot be reached or does not answer in time, a tool of it cannot
            be described, or the `mcp` package is missing.
    """
    if not isinstance(timeout, int | float) or not timeout > 0:
        raise ToolError(f"timeout is {timeout!r}; give seconds above 0")
    server = server_of(source, headers=headers, env=env, cwd=cwd)
    connection = Connection(server, await library(), open_seconds=timeout)

    def described(listed: list[Any]) -> list[Tool]:
        return select_tools(
            [_tool(each, connection) for each in listed],
            only=None if only is None else map(_usable, names_in(only, "only")),
            without=map(_usable, names_in(without, "without")),
            rename={_usable(old): new for old, new in (rename or {}).items()},
            prefix=prefix,
        )

    try:
        listed = await connection.ask(_listed)
        # Beside the loop: what checks a schema is slow to import.
        tools = await asyncio.to_thread(described, listed)
    except BaseException:
        await connection.close()
        raise
    return McpTools(tools, connection, server.name)


async def _listed(client: Any) -> list[Any]:
    found: list[Any] = []
    cursor: str | None = None
    for _ in range(_MOST_PAGES):
        page = await client.list_tools(cursor=cursor)
        found.extend(page.tools)
        cursor = page.next_cursor
        if cursor is None:
            break
    return found


def _tool(listed: Any, connection: Connection) -> Tool:
    name = _usable(listed.name)
    spec = {
        "name": name,
        "description": listed.description or listed.title or "",
        "parameters": listed.input_schema,
    }
    hints = listed.annotations
    # The server's own word for it: a read changes nothing, however often it is made.
    harmless = hints is not None and bool(hints.idempotent_hint or hints.read_only_hint)
    tool = Tool.from_dict(spec, _Remote(connection, listed.name), idempotent=harmless)
    if name == listed.name:
        return tool
    sentence = f"'{listed.name}' of the MCP server is called '{name}', because a name has only "
    note = Note(None, None, None, sentence + "letters, digits, '_' and '-'")
    return dataclasses.replace(tool, notes=(note, *tool.notes))


class _Remote:
    """Calls one tool of a server."""

    def __init__(self, connection: Connection, name: str) -> None:
        self._connection = connection
        self._name = name

    async def __call__(self, /, **arguments: Any) -> str:
        """Its result as text.

        Raises:
            ToolError: with the tool's own words, if it fails.
        """
        result = await self._connection.ask(lambda client: client.call_tool(self._name, arguments))
        text = as_text(result)
        if result.is_error:
            raise ToolError(text or f"the tool '{self._name}' failed and does not say why")
        return text


def _usable(name: str) -> str:
    """A server's name for a tool, as a session can have it."""
    return re.sub(r"[^a-zA-Z0-9_-]", "_", name)[:64]
