"""One connection to an MCP server, usable from any event loop."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, TypeVar

from ...errors import ToolError
from .library import Library
from .servers import Server

__all__ = ["Connection"]

T = TypeVar("T")
_CLOSED = -32000
"""The error code of the mcp package for a connection that is gone."""


class Connection:
    """A client of the mcp package, in a task of its own on the loop where this was made.

    The package wants a client to be entered and left by one and the same task; a call may come from
    any task of any loop. A connection that is lost is opened again by the next call.
    """

    def __init__(self, server: Server, library: Library, *, open_seconds: float) -> None:
        self._server = server
        self._library = library
        self._open_seconds = open_seconds
        self._loop = asyncio.get_running_loop()
        self._opening = asyncio.Lock()
        self._line: _Line | None = None
        self._is_closed = False

    async def ask(self, request: Callable[[Any], Awaitable[T]]) -> T:
        """What ``request`` gets of the client.

        Raises:
            ToolError: if the server cannot be reached, or refuses.
        """
        return await self._here(self._ask(request))

    async def close(self) -> None:
        """End it, and the server's process with it. Doing so twice is no mistake."""
        await self._here(self._close())

    async def _here(self, job: Coroutine[Any, Any, T]) -> T:
        if asyncio.get_running_loop() is self._loop:
            return await job
        try:
            return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(job, self._loop))
        except RuntimeError:
            if self._loop.is_closed():
                job.close()
                raise ToolError(
                    f"the loop that the connection to {self._server.name} was opened on is closed"
                ) from None
            raise

    async def _ask(self, request: Callable[[Any], Awaitable[T]]) -> T:
        line = await self._opened()
        try:
            return await request(line.client)
        except self._library.error as error:
            if getattr(error.error, "code", None) == _CLOSED:
                await self._lose(line)
                raise ToolError(
                    f"the connection to the MCP server {self._server.name} was lost; the next call "
                    "opens it again"
                ) from None
            raise ToolError(f"the MCP server refuses: {error.error.message}") from None
        except (ToolError, asyncio.CancelledError):
            raise
        except Exception as error:
            raise ToolError(f"the MCP server's answer cannot be used: {error}") from None

    async def _opened(self) -> _Line:
        async with self._opening:
            if self._is_closed:
                raise ToolError(
                    f"the connection to the MCP server {self._server.name} is closed; open it "
                    "again with tools_from_mcp"
                )
            if self._line is None or self._line.has_ended:
                line = _Line(self._server, self._library)
                await line.open(self._open_seconds)
                self._line = line
            return self._line

    async def _lose(self, line: _Line) -> None:
        if self._line is line:
            self._line = None
        await line.close()

    async def _close(self) -> None:
        async with self._opening:
            self._is_closed = True
            line, self._line = self._line, None
        if line is not None:
            await line.close()


class _Line:
    """One client, from its opening to its end."""

    client: Any

    def __init__(self, server: Server, library: Library) -> None:
        self._server = server
        self._library = library
        self._is_open: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._end = asyncio.Event()
        self._task = asyncio.create_task(self._live(), name=f"mcp {server.name}")

    @property
    def has_ended(self) -> bool:
        return self._task.done()

    async def open(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await asyncio.shield(self._is_open)
        except TimeoutError:
            raise ToolError(
                f"the MCP server {self._server.name} did not answer within {seconds:g} s; if it "
                "has to be installed or compiled first, give a longer timeout"
            ) from None
        finally:
            if not self._is_open.done() or self._is_open.exception() is not None:
                self._task.cancel()

    async def close(self) -> None:
        self._end.set()
        await asyncio.wait({self._task})

    async def _live(self) -> None:
        try:
            async with self._server.connected(self._library) as self.client:
                self._is_open.set_result(None)
                await self._end.wait()
        except (Exception, asyncio.CancelledError) as error:
            # After the opening, whatever ends the line is told by the call that meets it.
            if not self._is_open.done():
                self._is_open.set_exception(error)
                self._is_open.exception()  # it is told where it is awaited, or nowhere
