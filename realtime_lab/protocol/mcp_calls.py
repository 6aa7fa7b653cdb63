"""The events of one call of a remote tool."""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from .conversation import Conversation
from .items import McpCall
from .responses import Response
from .server_events import (
    ItemDone,
    McpCallCompleted,
    McpCallFailed,
    McpCallInProgress,
    OutputItemDone,
    ServerEvent,
)

__all__ = ["CALL_CANCELLED", "McpCallWriter"]

CALL_CANCELLED = {
    "type": "tool_execution_error",
    "message": "The call was cancelled together with its response.",
}
"""Error of a call whose response was stopped while the tool worked."""


class McpCallWriter:
    """Writes the events of one call of a remote tool, from when its arguments are known.

    The call may outlast its response: a call that a person must approve waits, and its item ends
    after ``response.done`` (OpenAI's guide to tools in Realtime says so of every remote call).

    Each method returns the events to send, in order. ``index`` is the place of the call's item in
    the output of ``response``.
    """

    def __init__(
        self, response: Response, index: int, item: McpCall, conversation: Conversation | None
    ) -> None:
        self.item = item
        self.state: Literal["waiting", "running", "over"] = "waiting"
        self._response = response
        self._index = index
        self._conversation = conversation

    @property
    def item_id(self) -> str:
        """Id of the call's item."""
        return str(self.item.id)

    def ask(self, approval_request_id: str) -> None:
        """The call waits for the answer to that request."""
        self.item = msgspec.structs.replace(self.item, approval_request_id=approval_request_id)

    def begin(self) -> list[ServerEvent]:
        """The tool works."""
        self.state = "running"
        return [McpCallInProgress(item_id=self.item_id, output_index=self._index)]

    def complete(self, output: str) -> list[ServerEvent]:
        """The tool gave ``output``."""
        done = McpCallCompleted(item_id=self.item_id, output_index=self._index)
        return [done, *self._end(output=output)]

    def fail(self, error: dict[str, Any]) -> list[ServerEvent]:
        """The call came to nothing; ``error`` has the fields of the protocol's MCP errors."""
        failed = McpCallFailed(item_id=self.item_id, output_index=self._index)
        return [failed, *self._end(error=error)]

    def _end(self, **result: Any) -> list[ServerEvent]:
        self.state = "over"
        self.item = item = msgspec.structs.replace(self.item, **result)
        self._response.output[self._index] = item
        ended: list[ServerEvent] = [
            OutputItemDone(response_id=self._response.id, output_index=self._index, item=item)
        ]
        conversation = self._conversation
        if conversation is not None and self.item_id in conversation:
            previous = conversation.previous_id(self.item_id)
            ended.append(ItemDone(item=item, previous_item_id=previous))
        return ended
