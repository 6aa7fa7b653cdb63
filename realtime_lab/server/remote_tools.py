"""Remote MCP servers among a session's tools.

The embedded server reaches nothing outside the machine. It announces the list of every remote
server as the service does, and tells that it could not be had.
"""

from __future__ import annotations

from ..protocol import (
    ItemAdded,
    ItemDone,
    McpListTools,
    McpListToolsFailed,
    McpListToolsInProgress,
)
from .state import SessionState

__all__ = ["RemoteTools"]


class RemoteTools:
    """Tells of the remote servers that a session names, each once."""

    def __init__(self, state: SessionState) -> None:
        self._state = state
        self._told: set[str] = set()

    def announce(self) -> None:
        """Tell of the servers that were not told of yet."""
        for tool in self._state.settings.get("tools") or []:
            if tool["type"] == "mcp" and tool["server_label"] not in self._told:
                self._told.add(tool["server_label"])
                self._fail(tool["server_label"])

    def _fail(self, label: str) -> None:
        item = McpListTools(id=self._state.ids("item"), server_label=label)
        previous = self._state.conversation.last_id
        self._state.outbox.emit(
            ItemAdded(item=item, previous_item_id=previous),
            McpListToolsInProgress(item_id=str(item.id)),
            McpListToolsFailed(item_id=str(item.id)),
            ItemDone(item=item, previous_item_id=previous),
        )
