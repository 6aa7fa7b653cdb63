"""Responses, what they used, and what a client may ask of one."""

from __future__ import annotations

from typing import Any, Literal

from .base import UNSET, Field, Shape
from .configuration import AudioConfig, MaxTokens, Modality, Temperature
from .items import Item

__all__ = [
    "CachedTokens",
    "InputTokens",
    "OutputTokens",
    "Response",
    "ResponseConfig",
    "ResponseError",
    "ResponseStatus",
    "StatusDetails",
    "Usage",
]

ResponseStatus = Literal["in_progress", "completed", "cancelled", "incomplete", "failed"]


class CachedTokens(Shape, kw_only=True):
    """The part of the input that was read from the cache, by kind."""

    text_tokens: int = 0
    audio_tokens: int = 0
    image_tokens: int | Field = UNSET


class InputTokens(Shape, kw_only=True):
    """Input tokens by kind; ``cached_tokens`` is a part of them, not in addition."""

    text_tokens: int = 0
    audio_tokens: int = 0
    image_tokens: int | Field = UNSET
    cached_tokens: int = 0
    cached_tokens_details: CachedTokens | None | Field = UNSET


class OutputTokens(Shape, kw_only=True):
    """Output tokens by kind."""

    text_tokens: int = 0
    audio_tokens: int = 0


class Usage(Shape, kw_only=True):
    """What one response used. Audio: a token is 100 ms of input or 50 ms of output."""

    total_tokens: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    input_token_details: InputTokens | Field = UNSET
    output_token_details: OutputTokens | Field = UNSET


class ResponseError(Shape, kw_only=True):
    """Why a response failed."""

    type: str | None | Field = UNSET
    code: str | None | Field = UNSET
    message: str | None | Field = UNSET


class StatusDetails(Shape, kw_only=True):
    """Why a response ended the way it did."""

    type: str
    reason: str | Field = UNSET
    error: ResponseError | None | Field = UNSET


class Response(Shape, kw_only=True):
    """One answer of the model."""

    id: str
    object: str | Field = UNSET
    status: ResponseStatus
    status_details: StatusDetails | None = None
    output: list[Item] = []
    conversation_id: str | None | Field = UNSET
    output_modalities: list[Modality] | Field = UNSET
    max_output_tokens: MaxTokens | Field = UNSET
    audio: AudioConfig | Field = UNSET
    temperature: float | Field = UNSET
    usage: Usage | None = None
    metadata: dict[str, str] | None = None


class ResponseConfig(Shape, kw_only=True):
    """What ``response.create`` may override, for one response."""

    conversation: Literal["auto", "none"] | Field = UNSET
    input: list[Item] | Field = UNSET
    instructions: str | Field = UNSET
    output_modalities: list[Modality] | Field = UNSET
    audio: AudioConfig | Field = UNSET
    tools: list[dict[str, Any]] | Field = UNSET
    tool_choice: str | dict[str, Any] | Field = UNSET
    parallel_tool_calls: bool | Field = UNSET
    reasoning: dict[str, Any] | None | Field = UNSET
    max_output_tokens: MaxTokens | Field = UNSET
    temperature: Temperature | Field = UNSET
    metadata: dict[str, str] | None | Field = UNSET
    prompt: dict[str, Any] | None | Field = UNSET
    commit: bool | Field = UNSET
    """First preview only: commit the buffered audio before."""
    cancel_previous: bool | Field = UNSET
    """First preview only: cancel the active response before."""
    append_input_items: list[Item] | Field = UNSET
    """First preview only: items to put into the conversation before."""
