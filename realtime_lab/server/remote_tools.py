"""Remote MCP servers among a session's tools: their lists, the calls, and who must agree first.

As OpenAI's guide to tools in Realtime describes it: the service lists and calls, the client learns
of it, approves where that was asked for, and asks for the response that uses what a call gave. No
response follows a call by itself.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import msgspec

from ..errors import InvalidEvent
from ..protocol import (
    ItemAdded,
    ItemDone,
    McpApprovalResponse,
    McpCallWriter,
    McpListTools,
    McpListToolsCompleted,
    McpListToolsFailed,
    McpListToolsInProgress,
)
from .mcp_client import RemoteToolError, ToolClient
from .offered_tools import RemoteTool
from .remote_servers import is_allowed
from .state import SessionState

__all__ = ["RemoteTools"]

_log = logging.getLogger(__name__)

T = TypeVar("T")


@dataclass(slots=True)
class _Listing:
    """A server's list: asked for under ``item``, and its ``tools`` once they are known."""

    server: Mapping[str, Any]
    item: McpListTools
    task: asyncio.Task[None] | None = None
    tools: Sequence[Mapping[str, Any]] = ()


class RemoteTools:
    """Lists the tools of a session's remote servers and makes the calls of them."""

    def __init__(self, state: SessionState, client: ToolClient) -> None:
        self._state = state
        self._client = client
        self._listings: dict[str, _Listing] = {}
        self._waiting: dict[str, tuple[RemoteTool, McpCallWriter]] = {}
        """Calls to be approved, by the id of the request."""
        self._tasks: set[asyncio.Task[None]] = set()

    def announce(self, tools: Sequence[Mapping[str, Any]]) -> None:
        """List each server among ``tools`` that was not listed yet as it is defined now."""
        for tool in tools:
            if tool["type"] != "mcp":
                continue
            label = tool["server_label"]
            server = self._state.settings.remote_servers[label]
            known = self._listings.get(label)
            if known is None or known.server != server:
                self._listings[label] = self._begin(label, server)

    async def known(
        self, tools: Sequence[Mapping[str, Any]], wait_for: Collection[str] = ()
    ) -> list[RemoteTool]:
        """What the servers among ``tools`` offer so far; with what those to ``wait_for`` do."""
        labels = [tool["server_label"] for tool in tools if tool["type"] == "mcp"]
        listings = {label: self._listings[label] for label in labels if label in self._listings}
        pending = {listing.task for label, listing in listings.items() if label in wait_for}
        if tasks := [task for task in pending if task is not None]:
            await asyncio.wait(tasks)
        return [
            RemoteTool(label, listed, listing.server)
            for label, listing in listings.items()
            for listed in listing.tools
        ]

    async def call(self, tool: RemoteTool, call: McpCallWriter) -> None:
        """Call the tool and tell how it went; cancelled, it tells nothing more."""
        self._state.outbox.emit(*call.begin())
        asked = self._client.call(tool.server, tool.name, call.item.arguments)
        result = await _tried(asked)
        if call.state != "running":
            return
        failed = isinstance(result, RemoteToolError)
        self._state.outbox.emit(*(call.fail(result.told) if failed else call.complete(result)))

    def hold(self, tool: RemoteTool, call: McpCallWriter) -> None:
        """Let the call wait for the answer to its approval request."""
        self._waiting[str(call.item.approval_request_id)] = (tool, call)

    def waits_for(self, request_id: str) -> bool:
        """Whether a call waits for the answer to that request."""
        return request_id in self._waiting

    def answer(self, approval: McpApprovalResponse) -> None:
        """Make the call that was approved, or end the one that was not."""
        tool, call = self._waiting.pop(approval.approval_request_id)
        if approval.approve:
            self._start(self.call(tool, call))
        else:
            because = f" Reason: {approval.reason}" if approval.reason else ""
            denied = RemoteToolError("tool_execution_error", f"The user denied the call.{because}")
            self._state.outbox.emit(*call.fail(denied.told))

    def close(self) -> None:
        """Stop all work; the client is gone."""
        for task in self._tasks:
            task.cancel()
        self._waiting.clear()

    def _begin(self, label: str, server: Mapping[str, Any]) -> _Listing:
        item = McpListTools(id=self._state.ids("item"), server_label=label)
        previous = self._state.conversation.last_id
        self._state.outbox.emit(
            ItemAdded(item=item, previous_item_id=previous),
            McpListToolsInProgress(item_id=str(item.id)),
        )
        listing = _Listing(server, item)
        listing.task = self._start(self._list(listing))
        return listing

    def _start(self, work: Any) -> asyncio.Task[None]:
        task = self._state.time.start(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def _list(self, listing: _Listing) -> None:
        item_id = str(listing.item.id)
        tools = await _tried(self._client.tools(listing.server))
        if isinstance(tools, RemoteToolError):
            self._end(listing, McpListToolsFailed(item_id=item_id))
            self._explain(listing, tools)
        else:
            listing.tools = [tool for tool in tools if is_allowed(tool, listing.server)]
            listing.item = msgspec.structs.replace(listing.item, tools=list(listing.tools))
            self._end(listing, McpListToolsCompleted(item_id=item_id))

    def _end(self, listing: _Listing, told: McpListToolsCompleted | McpListToolsFailed) -> None:
        self._state.outbox.emit(told)
        conversation = self._state.conversation
        if told.item_id in conversation:
            previous = conversation.previous_id(told.item_id)
            self._state.outbox.emit(ItemDone(item=listing.item, previous_item_id=previous))

    def _explain(self, listing: _Listing, error: RemoteToolError) -> None:
        """Say why there is no list: the events about it have no place for the reason."""
        label = listing.item.server_label
        self._state.outbox.refuse(
            InvalidEvent(
                f"Error retrieving tool list from MCP server: '{label}'. {error.message}",
                type="external_connector_error",
                code=error.kind,
                param="tools",
            )
        )


async def _tried(asked: Awaitable[T]) -> T | RemoteToolError:
    """What was asked for, or why it cannot be had: whatever a server does, the session goes on."""
    try:
        return await asked
    except RemoteToolError as error:
        return error
    except Exception as error:
        # The type alone: the words may hold what the client gave for the tool server only.
        _log.warning("a remote tool server was not understood: %s", type(error).__name__)
        return RemoteToolError("http_error", "What it answers is not understood.", 502)
