"""Conversation items and their content parts."""

from __future__ import annotations

from typing import Any, Literal

from .base import UNSET, Field, Shape

__all__ = [
    "ContentPart",
    "FunctionCall",
    "FunctionCallOutput",
    "Item",
    "ItemReference",
    "ItemStatus",
    "McpApprovalRequest",
    "McpApprovalResponse",
    "McpCall",
    "McpListTools",
    "Message",
    "Role",
    "item_text",
]

ItemStatus = Literal["in_progress", "completed", "incomplete"]
Role = Literal["system", "user", "assistant"]


class ContentPart(Shape, kw_only=True):
    """A piece of a message.

    ``type`` is ``input_text``, ``input_audio`` or ``input_image`` in what a person says,
    ``output_text`` or ``output_audio`` in what the model says, and plain ``text`` or ``audio`` in
    ``response.content_part.*`` events. ``audio`` is base64 on the wire and bytes here.
    """

    type: str
    id: str | Field = UNSET
    """Of the item that an ``item_reference`` of the preview dialect stands for."""
    text: str | Field = UNSET
    audio: bytes | Field = UNSET
    transcript: str | None | Field = UNSET
    image_url: str | Field = UNSET
    detail: str | Field = UNSET


class _Item(Shape, tag_field="type", kw_only=True):
    id: str | Field = UNSET
    object: str | Field = UNSET
    status: ItemStatus | Field = UNSET


class Message(_Item, tag="message", kw_only=True):
    """Something said by a person, the model or the system."""

    role: Role
    content: list[ContentPart] = []
    phase: str | Field = UNSET


class FunctionCall(_Item, tag="function_call", kw_only=True):
    """The model asks for a function; ``arguments`` is a JSON object as text."""

    name: str
    arguments: str = ""
    call_id: str | Field = UNSET


class FunctionCallOutput(_Item, tag="function_call_output", kw_only=True):
    """What a function gave back, as text."""

    call_id: str
    output: str


class ItemReference(_Item, tag="item_reference", kw_only=True):
    """Stands for an item of the conversation in the ``input`` of a response."""


class McpListTools(_Item, tag="mcp_list_tools", kw_only=True):
    """The tools a remote MCP server offers."""

    server_label: str
    tools: list[dict[str, Any]] = []


class McpCall(_Item, tag="mcp_call", kw_only=True):
    """A call of a remote MCP tool, made by the service."""

    server_label: str
    name: str
    arguments: str
    output: str | None | Field = UNSET
    error: dict[str, Any] | None | Field = UNSET
    approval_request_id: str | None | Field = UNSET


class McpApprovalRequest(_Item, tag="mcp_approval_request", kw_only=True):
    """The service asks whether it may call a remote MCP tool."""

    server_label: str
    name: str
    arguments: str


class McpApprovalResponse(_Item, tag="mcp_approval_response", kw_only=True):
    """The answer to an `McpApprovalRequest`."""

    approval_request_id: str
    approve: bool
    reason: str | None | Field = UNSET


Item = (
    Message
    | FunctionCall
    | FunctionCallOutput
    | ItemReference
    | McpListTools
    | McpCall
    | McpApprovalRequest
    | McpApprovalResponse
)


def item_text(item: Item) -> str:
    """The words of a message, whether typed, heard or spoken; empty for other items."""
    if not isinstance(item, Message):
        return ""
    words = (part.text or part.transcript for part in item.content)
    return " ".join(text for text in words if text)
