"""What a client may ask for where the shared structures are open.

Tools, tool choice, tracing and the like are plain objects in `SessionConfig` and `ResponseConfig`,
because a service may tell more of them than this package knows. From a client they are read as
strictly as a service reads them.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from ..errors import InvalidEvent
from .base import UNSET, Field, Shape
from .validation import (
    explain,
    first_unknown_field,
    invalid_value,
    missing_parameter,
    unknown_parameter,
)

__all__ = ["check_asked", "check_tools"]

_Pairs = dict[str, Any]


class _FunctionTool(Shape, tag_field="type", tag="function", kw_only=True):
    name: Annotated[str, Meta(pattern="^[a-zA-Z0-9_-]{1,64}$")]
    description: str | None | Field = UNSET
    parameters: _Pairs | None | Field = UNSET


class _ToolFilter(Shape, kw_only=True):
    tool_names: list[str] | None | Field = UNSET
    read_only: bool | None | Field = UNSET


class _ApprovalFilter(Shape, kw_only=True):
    always: _ToolFilter | None | Field = UNSET
    never: _ToolFilter | None | Field = UNSET


_Connector = Literal[
    "connector_dropbox",
    "connector_gmail",
    "connector_googlecalendar",
    "connector_googledrive",
    "connector_microsoftteams",
    "connector_outlookcalendar",
    "connector_outlookemail",
    "connector_sharepoint",
]


class _McpTool(Shape, tag_field="type", tag="mcp", kw_only=True):
    server_label: str
    server_url: str | None | Field = UNSET
    connector_id: _Connector | None | Field = UNSET
    tunnel_id: str | None | Field = UNSET
    authorization: str | None | Field = UNSET
    headers: dict[str, str] | None | Field = UNSET
    allowed_tools: list[str] | _ToolFilter | None | Field = UNSET
    allowed_callers: list[str] | None | Field = UNSET
    require_approval: Literal["always", "never"] | _ApprovalFilter | None | Field = UNSET
    server_description: str | None | Field = UNSET
    defer_loading: bool | None | Field = UNSET


class _Name(Shape, kw_only=True):
    name: str


class _FunctionChoice(Shape, tag_field="type", tag="function", kw_only=True):
    name: str | Field = UNSET
    function: _Name | Field = UNSET
    """As the first preview had it."""


class _McpChoice(Shape, tag_field="type", tag="mcp", kw_only=True):
    server_label: str
    name: str | None | Field = UNSET


class _TokenLimits(Shape, kw_only=True):
    post_instructions: Annotated[int, Meta(ge=0)] | Field = UNSET


class _RetentionRatio(Shape, tag_field="type", tag="retention_ratio", kw_only=True):
    retention_ratio: Annotated[float, Meta(ge=0, le=1)]
    token_limits: _TokenLimits | None | Field = UNSET


class _Tracing(Shape, kw_only=True):
    workflow_name: str | Field = UNSET
    group_id: str | Field = UNSET
    metadata: _Pairs | Field = UNSET


class _Reasoning(Shape, kw_only=True):
    effort: Literal["minimal", "low", "medium", "high", "xhigh"] | None | Field = UNSET


class _Prompt(Shape, kw_only=True):
    id: str
    version: str | None | Field = UNSET
    variables: _Pairs | None | Field = UNSET


class _Asked(Shape, kw_only=True):
    """The open settings of a session or a response."""

    tools: list[_FunctionTool | _McpTool] | Field = UNSET
    tool_choice: Literal["none", "auto", "required"] | _FunctionChoice | _McpChoice | Field = UNSET
    reasoning: _Reasoning | None | Field = UNSET
    truncation: Literal["auto", "disabled"] | _RetentionRatio | Field = UNSET
    tracing: Literal["auto"] | _Tracing | None | Field = UNSET
    prompt: _Prompt | None | Field = UNSET
    include: list[Literal["item.input_audio_transcription.logprobs"]] | None | Field = UNSET


class _OfSession(Shape, kw_only=True):
    session: _Asked


class _OfResponse(Shape, kw_only=True):
    response: _Asked


_HOLDERS: Mapping[str, type[msgspec.Struct]] = {"session": _OfSession, "response": _OfResponse}
_OPEN = frozenset(_Asked.__struct_fields__)


def check_asked(asked: Mapping[str, Any], root: Literal["session", "response"]) -> None:
    """Refuse what a service refuses of ``asked``, a ``session`` or ``response`` object.

    Raises:
        InvalidEvent: with the path of the field at fault, in GA names.
    """
    body = {root: {name: value for name, value in asked.items() if name in _OPEN}}
    kind = _HOLDERS[root]
    try:
        read = msgspec.convert(body, kind)
    except msgspec.ValidationError as error:
        raise explain(error, body, kind) from None
    unknown = first_unknown_field(body, read)
    if unknown:
        raise unknown_parameter(unknown)


def check_tools(
    tools: list[dict[str, Any]], root: str, *, mcp: bool, labels: Collection[str] = ()
) -> None:
    """Refuse tools, read by `check_asked`, that the model does not take.

    ``mcp`` says that it takes remote MCP servers; those with ``labels`` are known already, so that
    the label is enough.

    Raises:
        InvalidEvent: with the path of the tool at fault.
    """
    told: set[str] = set()
    for index, tool in enumerate(tools):
        place = f"{root}.tools[{index}]"
        if tool["type"] == "mcp":
            if not mcp:
                raise invalid_value(f"{place}.type", "mcp", ("function",))
            _check_remote(tool, place, told, labels)
            told.add(tool["server_label"])
        elif (schema := tool.get("parameters")) and schema.get("type") != "object":
            kind = schema.get("type", "None")
            raise InvalidEvent(
                f"Invalid schema for function '{tool['name']}': schema must be a JSON Schema of "
                f"'type: \"object\"', got 'type: \"{kind}\"'.",
                code="invalid_function_parameters",
                param=f"{place}.parameters",
            )


def _check_remote(
    tool: dict[str, Any], place: str, told: Collection[str], labels: Collection[str]
) -> None:
    """Refuse what OpenAI's guide to tools in Realtime calls an invalid definition."""
    label = tool["server_label"]
    ways = [way for way in ("server_url", "connector_id", "tunnel_id") if tool.get(way)]
    if label in told:
        raise InvalidEvent(
            f"Duplicate server_label '{label}' in 'tools': each MCP server needs a label of its "
            "own.",
            code="invalid_value",
            param=f"{place}.server_label",
        )
    if not ways and label not in labels:
        raise missing_parameter(f"{place}.server_url")
    if len(ways) > 1:
        raise InvalidEvent(
            f"Only one of 'server_url', 'connector_id' and 'tunnel_id' may be given, got {ways}.",
            code="invalid_value",
            param=f"{place}.{ways[1]}",
        )
    named = [name.lower() for name in tool.get("headers") or {}]
    if tool.get("authorization") and "authorization" in named:
        raise InvalidEvent(
            "Only one of 'authorization' and 'headers.Authorization' may be given.",
            code="invalid_value",
            param=f"{place}.headers",
        )
