"""What a service says, under the GA names."""

from __future__ import annotations

from typing import Any

from .base import UNSET, Event, Field, Shape
from .configuration import SessionConfig
from .items import ContentPart, Item
from .responses import Response

__all__ = [
    "SERVER_EVENTS",
    "ContentPartAdded",
    "ContentPartDone",
    "ContentPartEvent",
    "ConversationCreated",
    "ConversationObject",
    "DtmfReceived",
    "ErrorDetails",
    "ErrorEvent",
    "FunctionCallArgumentsDelta",
    "FunctionCallArgumentsDone",
    "InputAudioBufferCleared",
    "InputAudioBufferCommitted",
    "InputTranscriptionCompleted",
    "InputTranscriptionDelta",
    "InputTranscriptionFailed",
    "InputTranscriptionSegment",
    "ItemAdded",
    "ItemDeleted",
    "ItemDone",
    "ItemRetrieved",
    "ItemTruncated",
    "McpCallArgumentsDelta",
    "McpCallArgumentsDone",
    "McpCallCompleted",
    "McpCallFailed",
    "McpCallInProgress",
    "McpListToolsCompleted",
    "McpListToolsFailed",
    "McpListToolsInProgress",
    "OutputAudioBufferCleared",
    "OutputAudioBufferStarted",
    "OutputAudioBufferStopped",
    "OutputAudioDelta",
    "OutputAudioDone",
    "OutputItemAdded",
    "OutputItemDone",
    "OutputTextDelta",
    "OutputTextDone",
    "OutputTranscriptDelta",
    "OutputTranscriptDone",
    "RateLimit",
    "RateLimitsUpdated",
    "ResponseCreated",
    "ResponseDone",
    "ServerEvent",
    "SessionCreated",
    "SessionUpdated",
    "SpeechStarted",
    "SpeechStopped",
    "TimeoutTriggered",
    "UnknownEvent",
]


class ServerEvent(Event, kw_only=True):
    """An event from server to client."""

    event_id: str = ""


class UnknownEvent(Shape, kw_only=True):
    """An event this package does not know or cannot read, kept as it came.

    ``problem`` says why it was not understood.
    """

    type: str
    body: dict[str, Any]
    problem: str = ""
    event_id: str = ""


class ErrorDetails(Shape, kw_only=True):
    """``event_id`` is that of the client event at fault; ``param`` the path of the bad field."""

    type: str = "invalid_request_error"
    message: str = ""
    code: str | None = None
    param: str | None = None
    event_id: str | None = None


class ErrorEvent(ServerEvent, tag="error", kw_only=True):
    """Something could not be done; the session goes on unless a close follows."""

    error: ErrorDetails


class SessionCreated(ServerEvent, tag="session.created", kw_only=True):
    """The first event of every session."""

    session: SessionConfig


class SessionUpdated(ServerEvent, tag="session.updated", kw_only=True):
    """The settings now in force, all of them."""

    session: SessionConfig


class ConversationObject(Shape, kw_only=True):
    """The conversation object of ``conversation.created``."""

    id: str | Field = UNSET
    object: str | Field = UNSET


class ConversationCreated(ServerEvent, tag="conversation.created", kw_only=True):
    """The conversation's id; not every service sends it."""

    conversation: ConversationObject


class ItemAdded(ServerEvent, tag="conversation.item.added", kw_only=True):
    """An item entered the conversation; a model's item is still empty."""

    item: Item
    previous_item_id: str | None | Field = UNSET


class ItemDone(ServerEvent, tag="conversation.item.done", kw_only=True):
    """An item is complete. GA only: the preview dialect has no such event."""

    item: Item
    previous_item_id: str | None | Field = UNSET


class ItemRetrieved(ServerEvent, tag="conversation.item.retrieved", kw_only=True):
    """An item with its audio."""

    item: Item


class ItemDeleted(ServerEvent, tag="conversation.item.deleted", kw_only=True):
    """An item left the conversation."""

    item_id: str


class ItemTruncated(ServerEvent, tag="conversation.item.truncated", kw_only=True):
    """The rest of an item's audio, and its text, are forgotten."""

    item_id: str
    content_index: int
    audio_end_ms: int


class InputTranscriptionDelta(
    ServerEvent, tag="conversation.item.input_audio_transcription.delta", kw_only=True
):
    """More of the user's words."""

    item_id: str
    content_index: int = 0
    delta: str | None = ""
    logprobs: list[dict[str, Any]] | None | Field = UNSET


class InputTranscriptionCompleted(
    ServerEvent, tag="conversation.item.input_audio_transcription.completed", kw_only=True
):
    """The user's words, as another model heard them."""

    item_id: str
    content_index: int = 0
    transcript: str = ""
    usage: dict[str, Any] | Field = UNSET
    logprobs: list[dict[str, Any]] | None | Field = UNSET
    languages: list[dict[str, Any]] | None | Field = UNSET


class InputTranscriptionFailed(
    ServerEvent, tag="conversation.item.input_audio_transcription.failed", kw_only=True
):
    """The user's words could not be written down."""

    item_id: str
    content_index: int = 0
    error: dict[str, Any] = {}


class InputTranscriptionSegment(
    ServerEvent, tag="conversation.item.input_audio_transcription.segment", kw_only=True
):
    """Who said what when: ``start`` and ``end`` in seconds of the item's audio. GA only."""

    item_id: str
    content_index: int = 0
    id: str = ""
    text: str = ""
    speaker: str = ""
    start: float = 0.0
    end: float = 0.0


class InputAudioBufferCommitted(ServerEvent, tag="input_audio_buffer.committed", kw_only=True):
    """Buffered audio became the user item ``item_id``."""

    item_id: str
    previous_item_id: str | None = None


class InputAudioBufferCleared(ServerEvent, tag="input_audio_buffer.cleared", kw_only=True):
    """The buffered audio is gone."""


class SpeechStarted(ServerEvent, tag="input_audio_buffer.speech_started", kw_only=True):
    """Speech begins at ``audio_start_ms`` of the audio written so far, padding included."""

    item_id: str
    audio_start_ms: int


class SpeechStopped(ServerEvent, tag="input_audio_buffer.speech_stopped", kw_only=True):
    """Speech ended; ``audio_end_ms`` includes the silence waited for."""

    item_id: str
    audio_end_ms: int


class TimeoutTriggered(ServerEvent, tag="input_audio_buffer.timeout_triggered", kw_only=True):
    """Nobody spoke for the idle time."""

    item_id: str
    audio_start_ms: int
    audio_end_ms: int


class DtmfReceived(
    ServerEvent, tag="input_audio_buffer.dtmf_event_received", kw_only=True, omit_defaults=True
):
    """A telephone key was pressed (SIP only). The one event without an ``event_id``."""

    event: str
    received_at: int


class ResponseCreated(ServerEvent, tag="response.created", kw_only=True):
    """A response began."""

    response: Response


class ResponseDone(ServerEvent, tag="response.done", kw_only=True):
    """A response ended; nothing more comes of it."""

    response: Response


class _OfResponse(ServerEvent, kw_only=True):
    response_id: str
    output_index: int = 0


class OutputItemAdded(_OfResponse, tag="response.output_item.added", kw_only=True):
    """A response began an item."""

    item: Item


class OutputItemDone(_OfResponse, tag="response.output_item.done", kw_only=True):
    """A response finished an item."""

    item: Item


class ContentPartEvent(_OfResponse, kw_only=True):
    """What concerns one content part of a response's item."""

    item_id: str
    content_index: int = 0


class ContentPartAdded(ContentPartEvent, tag="response.content_part.added", kw_only=True):
    """A content part is open for deltas."""

    part: ContentPart


class ContentPartDone(ContentPartEvent, tag="response.content_part.done", kw_only=True):
    """A content part is complete."""

    part: ContentPart


class OutputTextDelta(ContentPartEvent, tag="response.output_text.delta", kw_only=True):
    """More text of a text answer."""

    delta: str


class OutputTextDone(ContentPartEvent, tag="response.output_text.done", kw_only=True):
    """The whole text of a text answer."""

    text: str


class OutputAudioDelta(ContentPartEvent, tag="response.output_audio.delta", kw_only=True):
    """More speech; base64 on the wire, bytes here."""

    delta: bytes


class OutputAudioDone(ContentPartEvent, tag="response.output_audio.done", kw_only=True):
    """All speech of this part was sent."""


class OutputTranscriptDelta(
    ContentPartEvent, tag="response.output_audio_transcript.delta", kw_only=True
):
    """More of the words being spoken."""

    delta: str


class OutputTranscriptDone(
    ContentPartEvent, tag="response.output_audio_transcript.done", kw_only=True
):
    """All words spoken in this part."""

    transcript: str


class FunctionCallArgumentsDelta(
    _OfResponse, tag="response.function_call_arguments.delta", kw_only=True
):
    """More of a call's arguments."""

    item_id: str
    call_id: str
    delta: str


class FunctionCallArgumentsDone(
    _OfResponse, tag="response.function_call_arguments.done", kw_only=True
):
    """A call's arguments are complete."""

    item_id: str
    call_id: str
    arguments: str
    name: str | Field = UNSET


class _OfMcpItem(ServerEvent, kw_only=True):
    item_id: str


class McpListToolsInProgress(_OfMcpItem, tag="mcp_list_tools.in_progress", kw_only=True):
    """The service asks a remote MCP server for its tools."""


class McpListToolsCompleted(_OfMcpItem, tag="mcp_list_tools.completed", kw_only=True):
    """The tools of a remote MCP server are known."""


class McpListToolsFailed(_OfMcpItem, tag="mcp_list_tools.failed", kw_only=True):
    """A remote MCP server did not tell its tools."""


class McpCallArgumentsDelta(_OfResponse, tag="response.mcp_call_arguments.delta", kw_only=True):
    """More of the arguments of a remote MCP call."""

    item_id: str
    delta: str
    obfuscation: str | None | Field = UNSET


class McpCallArgumentsDone(_OfResponse, tag="response.mcp_call_arguments.done", kw_only=True):
    """The arguments of a remote MCP call are complete."""

    item_id: str
    arguments: str


class McpCallInProgress(_OfMcpItem, tag="response.mcp_call.in_progress", kw_only=True):
    """A remote MCP call began."""

    output_index: int = 0


class McpCallCompleted(_OfMcpItem, tag="response.mcp_call.completed", kw_only=True):
    """A remote MCP call was answered."""

    output_index: int = 0


class McpCallFailed(_OfMcpItem, tag="response.mcp_call.failed", kw_only=True):
    """A remote MCP call went wrong."""

    output_index: int = 0


class RateLimit(Shape, kw_only=True):
    """One limit; ``name`` is ``requests`` or ``tokens``."""

    name: str | Field = UNSET
    limit: int | Field = UNSET
    remaining: int | Field = UNSET
    reset_seconds: float | Field = UNSET


class RateLimitsUpdated(ServerEvent, tag="rate_limits.updated", kw_only=True):
    """What is left of the limits."""

    rate_limits: list[RateLimit] = []


class OutputAudioBufferStarted(ServerEvent, tag="output_audio_buffer.started", kw_only=True):
    """The service began to play (WebRTC and SIP only)."""

    response_id: str


class OutputAudioBufferStopped(ServerEvent, tag="output_audio_buffer.stopped", kw_only=True):
    """The service played everything (WebRTC and SIP only)."""

    response_id: str


class OutputAudioBufferCleared(ServerEvent, tag="output_audio_buffer.cleared", kw_only=True):
    """The service cut what it was playing (WebRTC and SIP only)."""

    response_id: str


SERVER_EVENTS: tuple[type[ServerEvent], ...] = (
    ErrorEvent,
    SessionCreated,
    SessionUpdated,
    ConversationCreated,
    ItemAdded,
    ItemDone,
    ItemRetrieved,
    ItemDeleted,
    ItemTruncated,
    InputTranscriptionDelta,
    InputTranscriptionCompleted,
    InputTranscriptionFailed,
    InputTranscriptionSegment,
    InputAudioBufferCommitted,
    InputAudioBufferCleared,
    SpeechStarted,
    SpeechStopped,
    TimeoutTriggered,
    DtmfReceived,
    ResponseCreated,
    ResponseDone,
    OutputItemAdded,
    OutputItemDone,
    ContentPartAdded,
    ContentPartDone,
    OutputTextDelta,
    OutputTextDone,
    OutputAudioDelta,
    OutputAudioDone,
    OutputTranscriptDelta,
    OutputTranscriptDone,
    FunctionCallArgumentsDelta,
    FunctionCallArgumentsDone,
    McpListToolsInProgress,
    McpListToolsCompleted,
    McpListToolsFailed,
    McpCallArgumentsDelta,
    McpCallArgumentsDone,
    McpCallInProgress,
    McpCallCompleted,
    McpCallFailed,
    RateLimitsUpdated,
    OutputAudioBufferStarted,
    OutputAudioBufferStopped,
    OutputAudioBufferCleared,
)
for _event in SERVER_EVENTS:
    _event.type = str(_event.__struct_config__.tag)
