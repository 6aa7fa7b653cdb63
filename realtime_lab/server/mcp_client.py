"""The way to a remote tool server: the Model Context Protocol over streamable HTTP.

A connection is made for each list and each call, so none is kept that could be lost. What a client
gave for the server alone (``authorization``, ``headers``) is sent there and told to nobody.
"""

from __future__ import annotations

import asyncio
import contextlib
import importlib
import ipaddress
import json
from collections.abc import AsyncIterator, Mapping
from http import HTTPStatus
from typing import Any, Literal, Protocol
from urllib.parse import urlsplit

__all__ = ["McpClient", "RemoteToolError", "ToolClient"]

_LIST_SECONDS = 15.0
_CALL_SECONDS = 60.0
_CONNECT_SECONDS = 10.0
_MOST_PAGES = 50
"""Pages of tools that are read of one server."""
_INVALID_PARAMS = -32602
_REFUSED_BY_GATEWAY = 502
_GATEWAY_TIMEOUT = 504


class RemoteToolError(Exception):
    """A remote tool server, or one of its tools, did not do what it was asked."""

    def __init__(
        self,
        kind: Literal["protocol_error", "tool_execution_error", "http_error"],
        message: str,
        code: int = 0,
    ) -> None:
        super().__init__(message)
        self.kind = kind
        self.message = message
        self.code = code

    @property
    def told(self) -> dict[str, Any]:
        """The error as an ``mcp_call`` item has it; a tool's own error has no code."""
        code = {} if self.kind == "tool_execution_error" else {"code": int(self.code)}
        return {"type": self.kind, **code, "message": self.message}


class ToolClient(Protocol):
    """Speaks with remote tool servers, each as a client of a session defined it."""

    async def tools(self, server: Mapping[str, Any]) -> list[dict[str, Any]]:
        """The server's tools, as the ``mcp_list_tools`` item has them.

        Raises:
            RemoteToolError: if they cannot be had.
        """
        ...

    async def call(self, server: Mapping[str, Any], name: str, arguments: str) -> str:
        """What a tool gives for ``arguments``, a JSON object as text.

        Raises:
            RemoteToolError: if it gives nothing.
        """
        ...


class McpClient:
    """Satisfies `ToolClient`.

    Only servers on this machine's loopback are spoken to, unless ``anywhere`` says that a session
    may reach any: a client's settings shall not make the server send something into the world.
    """

    def __init__(
        self,
        *,
        anywhere: bool = False,
        list_seconds: float = _LIST_SECONDS,
        call_seconds: float = _CALL_SECONDS,
    ) -> None:
        self._anywhere = anywhere
        self._list_seconds = list_seconds
        self._call_seconds = call_seconds

    async def tools(self, server: Mapping[str, Any]) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        async with self._connected(server, self._list_seconds) as client:
            cursor: str | None = None
            for _ in range(_MOST_PAGES):
                page = await client.list_tools(cursor=cursor)
                found.extend(map(_as_listed, page.tools))
                cursor = page.next_cursor
                if cursor is None:
                    break
        return found

    async def call(self, server: Mapping[str, Any], name: str, arguments: str) -> str:
        given = _object(arguments)
        async with self._connected(server, self._call_seconds) as client:
            result = await client.call_tool(name, given)
        text = _text(result)
        if result.is_error:
            raise RemoteToolError("tool_execution_error", text or f"The tool '{name}' failed.")
        return text

    @contextlib.asynccontextmanager
    async def _connected(self, server: Mapping[str, Any], seconds: float) -> AsyncIterator[Any]:
        url = self._address(server)
        mcp, http, transport = await _libraries()
        statuses: list[int] = []

        async def note(response: Any) -> None:
            if response.request.method == "POST":
                statuses[:] = [response.status_code] if _is_http_error(response) else []

        try:
            async with (
                asyncio.timeout(seconds),
                http.AsyncClient(
                    headers=_headers(server),
                    timeout=http.Timeout(_CONNECT_SECONDS, read=seconds),
                    # A proxy of the environment would take what is meant for this machine.
                    trust_env=not _is_loopback(url),
                    event_hooks={"response": [note]},
                ) as line,
                mcp.Client(transport.streamable_http_client(url, http_client=line)) as client,
            ):
                yield client
        except RemoteToolError:
            raise
        except TimeoutError:
            raise RemoteToolError(
                "http_error", f"It did not answer within {seconds:g} seconds.", _GATEWAY_TIMEOUT
            ) from None
        except Exception as error:
            raise _explained(error, statuses, mcp, http) from None

    def _address(self, server: Mapping[str, Any]) -> str:
        """Where the server is, if it may be spoken to."""
        if server.get("connector_id"):
            raise RemoteToolError(
                "http_error",
                f"The connector '{server['connector_id']}' belongs to the service: the embedded "
                "server has none. Use a 'server_url' on this machine.",
                HTTPStatus.NOT_FOUND,
            )
        url = str(server.get("server_url") or "")
        if not _is_plain(url):
            raise RemoteToolError(
                "http_error",
                "The 'server_url' must be an http:// or https:// address without credentials in "
                "it, such as 'http://127.0.0.1:8000/mcp'; give credentials in 'authorization'.",
                HTTPStatus.BAD_REQUEST,
            )
        if not self._anywhere and not _is_loopback(url):
            raise RemoteToolError(
                "http_error",
                f"'{urlsplit(url).hostname}' is another machine, and the embedded server speaks "
                "only with tool servers on this one (http://127.0.0.1…). Start it with "
                "--mcp-anywhere to allow others.",
                HTTPStatus.FORBIDDEN,
            )
        return url


async def _libraries() -> tuple[Any, Any, Any]:
    """The MCP library, its HTTP library and its transport; a thread loads them, as it takes long.

    Raises:
        RemoteToolError: if they are not installed.
    """
    names = ("mcp", "httpx2", "mcp.client.streamable_http")
    try:
        first, second, third = [
            await asyncio.to_thread(importlib.import_module, name) for name in names
        ]
    except ImportError:
        raise RemoteToolError(
            "http_error",
            "Remote tools need the 'mcp' package: pip install 'realtime-lab[mcp]'.",
            HTTPStatus.NOT_IMPLEMENTED,
        ) from None
    return first, second, third


def _is_plain(url: str) -> bool:
    """Whether every reader of the address sees the same host in it."""
    if any(sign in url for sign in "\\@") or not url.isprintable() or " " in url:
        return False
    try:
        parts = urlsplit(url)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def _is_loopback(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _headers(server: Mapping[str, Any]) -> dict[str, str]:
    headers = dict(server.get("headers") or {})
    if server.get("authorization"):
        headers["Authorization"] = f"Bearer {server['authorization']}"
    return headers


def _is_http_error(response: Any) -> bool:
    """Whether HTTP itself refuses, rather than the protocol inside with a body of its own."""
    status, json_body = response.status_code, "json" in response.headers.get("content-type", "")
    if status >= 500 or status in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN):
        return True
    return status >= 300 and not json_body


def _explained(error: Any, statuses: list[int], mcp: Any, http: Any) -> RemoteToolError:
    """What went wrong, in words that hold nothing of the request."""
    while isinstance(error, ExceptionGroup):
        error = error.exceptions[0]
    if isinstance(error, RemoteToolError):
        return error
    if statuses:
        code = statuses[0]
        phrase = next((f" ({s.phrase})" for s in HTTPStatus if s == code), "")
        return RemoteToolError("http_error", f"It answered with HTTP status {code}{phrase}.", code)
    if isinstance(error, mcp.MCPError):
        return RemoteToolError("protocol_error", error.error.message, error.error.code)
    if isinstance(error, http.TransportError):
        return RemoteToolError("http_error", "Nobody answers there.", _REFUSED_BY_GATEWAY)
    return RemoteToolError(
        "http_error", f"It does not speak MCP ({type(error).__name__}).", _REFUSED_BY_GATEWAY
    )


def _as_listed(tool: Any) -> dict[str, Any]:
    listed: dict[str, Any] = {"name": tool.name, "input_schema": tool.input_schema}
    if tool.description:
        listed["description"] = tool.description
    if tool.annotations is not None:
        listed["annotations"] = tool.annotations.model_dump(by_alias=True, exclude_none=True)
    return listed


def _object(arguments: str) -> dict[str, Any]:
    try:
        given = json.loads(arguments or "{}")
    except ValueError:
        given = None
    if not isinstance(given, dict):
        message = "The arguments are not a JSON object."
        raise RemoteToolError("protocol_error", message, _INVALID_PARAMS)
    return given


def _text(result: Any) -> str:
    """A tool's result as the model reads it: its text, or JSON where it is something else."""
    if all(part.type == "text" for part in result.content):
        said = "\n".join(part.text for part in result.content)
        if said or result.structured_content is None:
            return said
        return json.dumps(result.structured_content, ensure_ascii=False)
    parts = [
        part.model_dump(mode="json", by_alias=True, exclude_none=True) for part in result.content
    ]
    return json.dumps(parts, ensure_ascii=False)
