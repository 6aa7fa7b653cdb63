"""What one response is to be: the session's settings under the request's own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from ..errors import InvalidEvent
from ..protocol import (
    UNSET,
    AudioConfig,
    Item,
    Response,
    ResponseConfig,
    check_asked,
    check_tools,
    unknown_parameter,
)
from .offered_tools import RemoteChoice
from .settings import check_format, check_modalities, check_voice
from .state import SessionState

__all__ = ["ResponsePlan", "make_plan"]

_METADATA_PAIRS, _METADATA_KEY, _METADATA_VALUE = 16, 64, 512


@dataclass(frozen=True, slots=True)
class ResponsePlan:
    """Everything that settles a response before it begins.

    ``items`` is what it reads. ``own_servers`` are the labels of the remote tool servers that the
    request itself names. ``max_tokens`` is what it may write; ``asked_tokens`` the same as
    the client said it.
    """

    in_conversation: bool
    items: Sequence[Item]
    instructions: str
    spoken: bool
    voice: str
    speed: float
    format: dict[str, Any]
    tools: Sequence[dict[str, Any]]
    tool_choice: str | RemoteChoice
    max_tokens: int
    asked_tokens: Any
    temperature: Any
    metadata: dict[str, str] | None
    own_servers: Sequence[str] = ()

    def begin(self, state: SessionState) -> Response:
        """The response as ``response.created`` shows it."""
        output = {"format": self.format, "voice": self.voice}
        return Response(
            id=state.ids("resp"),
            object="realtime.response",
            status="in_progress",
            conversation_id=state.conversation_id if self.in_conversation else None,
            output_modalities=["audio" if self.spoken else "text"],
            max_output_tokens=self.asked_tokens,
            audio=msgspec.convert({"output": output}, AudioConfig),
            temperature=self.temperature,
            metadata=self.metadata,
        )


def make_plan(
    config: ResponseConfig, state: SessionState, items: Sequence[Item] | None
) -> ResponsePlan:
    """Lay the request over the session's settings.

    ``items`` are those of the request's ``input``, ready; ``None`` where it has none and the
    conversation is read.

    Raises:
        InvalidEvent: for a setting the session's model does not have.
    """
    asked = msgspec.to_builtins(config)
    settings = state.settings
    _refuse_absent(asked)
    check_asked(asked, "response")
    output = asked.get("audio", {}).get("output", {})
    modalities = asked.get("output_modalities", settings.get("output_modalities"))
    tools = asked.get("tools", settings.get("tools"))
    voice = output.get("voice", settings.voice)
    in_conversation = asked.get("conversation") != "none"
    check_modalities(modalities, "response")
    check_voice(voice, settings.profile, "response")
    check_format(output.get("format"), "response.audio.output")
    if "tools" in asked:
        mcp, labels = settings.features.mcp, settings.remote_servers.labels
        check_tools(tools, "response", mcp=mcp, labels=labels)
    if in_conversation and voice != settings.voice and state.memory.has_spoken:
        raise InvalidEvent(
            "Cannot update a conversation's voice if assistant audio is present.",
            code="cannot_update_voice",
        )
    _check_metadata(asked.get("metadata") or {})
    choice = _tool_choice(asked.get("tool_choice", settings.get("tool_choice")), tools)
    if "tools" in asked:
        tools = settings.remote_servers.define(tools)
    max_tokens = asked.get("max_output_tokens", settings.get("max_output_tokens"))
    longest = settings.profile.max_output_tokens
    temperature = settings.get("temperature")
    return ResponsePlan(
        in_conversation=in_conversation,
        items=list(state.conversation) if items is None else items,
        instructions=asked.get("instructions", settings.get("instructions")),
        spoken=modalities == ["audio"],
        voice=voice,
        speed=settings.output.get("speed", 1.0),
        format=output.get("format", settings.output["format"]),
        tools=tools,
        tool_choice=choice,
        own_servers=[t["server_label"] for t in asked.get("tools", []) if t["type"] == "mcp"],
        max_tokens=longest if max_tokens == "inf" else min(max_tokens, longest),
        asked_tokens=max_tokens,
        temperature=UNSET if temperature is None else asked.get("temperature", temperature),
        metadata=asked.get("metadata"),
    )


def _tool_choice(choice: Any, tools: Sequence[dict[str, Any]]) -> str | RemoteChoice:
    """The choice as a brain knows it, or a remote one, whose tool may not be known yet."""
    if not isinstance(choice, dict):
        return choice
    if choice["type"] == "mcp":
        label = str(choice["server_label"])
        if label not in [tool.get("server_label") for tool in tools]:
            raise _no_such_tool(label)
        return RemoteChoice(label, choice.get("name"))
    name = str(choice.get("name") or choice.get("function", {}).get("name"))
    if name not in [tool.get("name") for tool in tools]:
        raise _no_such_tool(name)
    return name


def _no_such_tool(name: str) -> InvalidEvent:
    return InvalidEvent(
        f"Tool choice '{name}' not found in 'tools'.",
        code="invalid_value",
        param="response.tool_choice",
    )


def _refuse_absent(asked: dict[str, Any]) -> None:
    """Refuse what only a session has of the sound."""
    audio = asked.get("audio", {})
    if "input" in audio:
        raise unknown_parameter("response.audio.input")
    if "speed" in audio.get("output", {}):
        raise unknown_parameter("response.audio.output.speed")


def _check_metadata(metadata: dict[str, str]) -> None:
    if len(metadata) > _METADATA_PAIRS:
        raise InvalidEvent(
            f"Invalid 'response.metadata': too many properties. Expected an object with at most "
            f"{_METADATA_PAIRS} properties, but got an object with {len(metadata)} properties "
            "instead.",
            code="object_above_max_properties",
            param="response.metadata",
        )
    for key, value in metadata.items():
        for text, longest in ((key, _METADATA_KEY), (value, _METADATA_VALUE)):
            if len(text) > longest:
                raise InvalidEvent(
                    f"Invalid 'response.metadata': string too long. Expected a string with "
                    f"maximum length {longest}, but got a string with length {len(text)} instead.",
                    code="string_above_max_length",
                    param="response.metadata",
                )
