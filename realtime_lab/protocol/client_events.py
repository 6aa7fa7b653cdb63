"""What a client may say, under the GA names."""

from __future__ import annotations

from .base import UNSET, Event, Field
from .configuration import SessionConfig
from .items import Item
from .responses import ResponseConfig

__all__ = [
    "CLIENT_EVENTS",
    "ClientEvent",
    "InputAudioBufferAppend",
    "InputAudioBufferClear",
    "InputAudioBufferCommit",
    "ItemCreate",
    "ItemDelete",
    "ItemRetrieve",
    "ItemTruncate",
    "OutputAudioBufferClear",
    "ResponseCancel",
    "ResponseCreate",
    "SessionUpdate",
]


class ClientEvent(Event, kw_only=True):
    """An event from client to server; an ``error`` event names the ``event_id`` it answers."""

    event_id: str | Field = UNSET


class SessionUpdate(ClientEvent, tag="session.update", kw_only=True):
    """Change the given settings; all or none of them."""

    session: SessionConfig


class InputAudioBufferAppend(ClientEvent, tag="input_audio_buffer.append", kw_only=True):
    """More of the user's audio; at most 15 MiB an event."""

    audio: bytes


class InputAudioBufferCommit(ClientEvent, tag="input_audio_buffer.commit", kw_only=True):
    """Make the buffered audio (at least 100 ms) a user item."""


class InputAudioBufferClear(ClientEvent, tag="input_audio_buffer.clear", kw_only=True):
    """Forget the buffered audio."""


class ItemCreate(ClientEvent, tag="conversation.item.create", kw_only=True):
    """Put an item into the conversation: at its end, or after ``previous_item_id`` (``root``)."""

    item: Item
    previous_item_id: str | None | Field = UNSET


class ItemRetrieve(ClientEvent, tag="conversation.item.retrieve", kw_only=True):
    """Ask for an item with its audio."""

    item_id: str


class ItemTruncate(ClientEvent, tag="conversation.item.truncate", kw_only=True):
    """Tell how much of the model's audio was really played."""

    item_id: str
    content_index: int
    audio_end_ms: int


class ItemDelete(ClientEvent, tag="conversation.item.delete", kw_only=True):
    """Take an item out of the conversation."""

    item_id: str


class ResponseCreate(ClientEvent, tag="response.create", kw_only=True):
    """Ask for an answer."""

    response: ResponseConfig | None | Field = UNSET


class ResponseCancel(ClientEvent, tag="response.cancel", kw_only=True):
    """Stop the active (or the named) response."""

    response_id: str | Field = UNSET


class OutputAudioBufferClear(ClientEvent, tag="output_audio_buffer.clear", kw_only=True):
    """Cut the audio being played by the service (WebRTC and SIP only)."""


CLIENT_EVENTS: tuple[type[ClientEvent], ...] = (
    SessionUpdate,
    InputAudioBufferAppend,
    InputAudioBufferCommit,
    InputAudioBufferClear,
    ItemCreate,
    ItemRetrieve,
    ItemTruncate,
    ItemDelete,
    ResponseCreate,
    ResponseCancel,
    OutputAudioBufferClear,
)
for _event in CLIENT_EVENTS:
    _event.type = str(_event.__struct_config__.tag)
