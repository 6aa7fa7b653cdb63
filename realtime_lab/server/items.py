"""Items that a client creates, looks at, shortens and deletes."""

from __future__ import annotations

from typing import Any

import msgspec

from ..errors import InvalidEvent
from ..protocol import (
    ROOT,
    UNSET,
    ContentPart,
    FunctionCall,
    FunctionCallOutput,
    Item,
    ItemAdded,
    ItemCreate,
    ItemDelete,
    ItemDeleted,
    ItemDone,
    ItemReference,
    ItemRetrieve,
    ItemRetrieved,
    ItemTruncate,
    ItemTruncated,
    McpApprovalResponse,
    Message,
    invalid_value,
    missing_parameter,
    unknown_parameter,
)
from .hearing import Hearing
from .images import read_data_uri
from .remote_tools import RemoteTools
from .state import SessionState
from .wire_audio import WireDecoder, wire_rate

__all__ = ["Items"]

_CONTENT_OF = {
    "system": ("input_text",),
    "user": ("input_text", "input_audio"),
    "assistant": ("output_text",),
}
_CREATED = ("message", "function_call", "function_call_output")
_WANTED = {"input_audio": "audio", "input_image": "image_url"}
"""The field that a content part cannot do without; ``text`` in all others."""
_DETAILS = ("auto", "low", "high")


class Items:
    """Handles the ``conversation.item.*`` events of a client.

    Every method raises `InvalidEvent` where the service refuses, and then changes nothing.
    """

    def __init__(self, state: SessionState, hearing: Hearing, remote: RemoteTools) -> None:
        self._state = state
        self._hearing = hearing
        self._remote = remote

    def create(self, event: ItemCreate) -> None:
        """Put an item into the conversation."""
        conversation = self._state.conversation
        previous = event.previous_item_id or conversation.last_id
        if previous == ROOT:
            previous = None
        elif previous is not None and previous not in conversation:
            raise InvalidEvent(
                f"Error creating item: the previous item with id '{previous}' does not exist.",
                code="item_create_invalid_previous_item_id",
                param="previous_item_id",
            )
        item = self._made(event.item, "item")
        if str(item.id) in conversation:
            raise InvalidEvent(
                f"Error creating item: an item with id '{item.id}' already exists.",
                code="item_create_duplicate_item_id",
                param="item.id",
            )
        if isinstance(item, FunctionCallOutput) and not self._was_called(item.call_id):
            raise InvalidEvent(
                f"Tool call ID '{item.call_id}' not found in conversation.",
                code="invalid_tool_call_id",
            )
        shown = _without_audio(item)
        self._state.outbox.emit(
            ItemAdded(item=shown, previous_item_id=previous),
            ItemDone(item=shown, previous_item_id=previous),
        )
        self._hear(item, keep=True)
        if isinstance(item, McpApprovalResponse):
            self._remote.answer(item)

    def retrieve(self, event: ItemRetrieve) -> None:
        """Show an item with its audio."""
        if not self._state.settings.features.retrieve:
            raise InvalidEvent(
                "Invalid value: 'conversation.item.retrieve'.", code="invalid_value", param="type"
            )
        item = self._existing(event.item_id, "retriev", "item_retrieve_invalid_item_id")
        audio = self._state.memory.audio(event.item_id)
        if audio is not None and isinstance(item, Message):
            parts = [
                msgspec.structs.replace(part, audio=audio) if _is_audio(part) else part
                for part in item.content
            ]
            item = msgspec.structs.replace(item, content=parts)
        self._state.outbox.emit(ItemRetrieved(item=item))

    def delete(self, event: ItemDelete) -> None:
        """Take an item out of the conversation."""
        self._existing(event.item_id, "delet", "item_delete_invalid_item_id")
        self._state.outbox.emit(ItemDeleted(item_id=event.item_id))
        self._state.memory.forget(event.item_id)

    def truncate(self, event: ItemTruncate) -> None:
        """Forget the speech that was never played, and its words."""
        item = self._existing(event.item_id, "truncat", "item_truncate_invalid_item_id")
        memory = self._state.memory
        record = memory.spoken.get(event.item_id)
        if not isinstance(item, Message) or item.role != "assistant" or record is None:
            raise InvalidEvent(
                "Only model output audio messages can be truncated",
                code="unsupported_content_type",
                param="item_id",
            )
        if event.content_index != 0:
            raise InvalidEvent(
                f"Invalid content_index: {event.content_index}. The item has 1 content part.",
                code="invalid_value",
                param="content_index",
            )
        if event.audio_end_ms <= 0:  # of an item that nobody heard nothing stays: delete it
            raise InvalidEvent(
                f"Invalid 'audio_end_ms': integer below minimum value. Expected a value >= 1, but "
                f"got {event.audio_end_ms} instead.",
                code="integer_below_min_value",
                param="audio_end_ms",
            )
        made_ms = int(record.seconds * 1000)
        if event.audio_end_ms > made_ms:
            raise InvalidEvent(
                f"Audio content of {made_ms}ms is already shorter than {event.audio_end_ms}ms",
                code="invalid_value",
                param="audio_end_ms",
            )
        record.truncate(event.audio_end_ms / 1000)
        self._shorten_audio(event)
        self._state.outbox.emit(
            ItemTruncated(
                item_id=event.item_id,
                content_index=event.content_index,
                audio_end_ms=event.audio_end_ms,
            )
        )

    def inputs(self, items: list[Item]) -> list[Item]:
        """The ``input`` of a response, made ready: references resolved, audio heard."""
        ready: list[Item] = []
        for index, item in enumerate(items):
            place = f"response.input[{index}]"
            if isinstance(item, ItemReference):
                ready.append(self._referred(item.id, f"{place}.id"))
            elif isinstance(item, Message) and any(map(_is_reference, item.content)):
                # The preview also refers to an item with a content part.
                for number, part in enumerate(item.content):
                    if not _is_reference(part):
                        raise invalid_value(
                            f"{place}.content[{number}].type", part.type, ("item_reference",)
                        )
                    ready.append(self._referred(part.id, f"{place}.content[{number}].id"))
            else:
                made = self._made(item, place)
                self._hear(made, keep=False)
                ready.append(made)
        return ready

    def _was_called(self, call_id: str) -> bool:
        calls = (i for i in self._state.conversation if isinstance(i, FunctionCall))
        return any(call.call_id == call_id for call in calls)

    def _referred(self, item_id: Any, path: str) -> Item:
        if not isinstance(item_id, str):
            raise missing_parameter(path)
        referred = self._state.conversation.get(item_id)
        if referred is None:
            raise InvalidEvent(
                f"Item with id '{item_id}' not found.", code="invalid_value", param=path
            )
        return referred

    def _existing(self, item_id: str, doing: str, code: str) -> Item:
        item = self._state.conversation.get(item_id)
        if item is None:
            raise InvalidEvent(
                f"Error {doing}ing item: the item with id '{item_id}' does not exist.",
                code=code,
                param="item_id",
            )
        return item

    def _made(self, item: Item, place: str) -> Item:
        """The item complete with what the service fills in."""
        filled = {"object": "realtime.item", "id": item.id or self._state.ids("item")}
        if isinstance(item, Message):
            _check_content(item, place, images=self._state.settings.features.images)
            content = [_with_transcript(part) for part in item.content]
            return msgspec.structs.replace(item, content=content, status="completed", **filled)
        if isinstance(item, FunctionCall):
            call_id = item.call_id or self._state.ids("call")
            return msgspec.structs.replace(item, call_id=call_id, status="completed", **filled)
        if isinstance(item, FunctionCallOutput):
            return msgspec.structs.replace(item, status="completed", **filled)
        mcp = self._state.settings.features.mcp
        if mcp and isinstance(item, McpApprovalResponse):
            if place == "item" and self._remote.waits_for(item.approval_request_id):
                return msgspec.structs.replace(item, id=filled["id"])
            raise InvalidEvent(
                f"Error creating item: the approval request with id '{item.approval_request_id}' "
                "does not exist.",
                code="invalid_value",
                param=f"{place}.approval_request_id",
            )
        created = (*_CREATED, "mcp_approval_response") if mcp else _CREATED
        raise invalid_value(f"{place}.type", item.__struct_config__.tag, created)

    def _hear(self, item: Item, *, keep: bool) -> None:
        """Listen to the audio a client put into an item."""
        if not isinstance(item, Message):
            return
        audio = b"".join(part.audio for part in item.content if part.audio)
        if audio:
            kind = self._state.settings.input["format"]["type"]
            if keep:
                self._state.memory.keep_audio(str(item.id), audio)
            self._hearing.hear(str(item.id), WireDecoder(kind).feed(audio))

    def _shorten_audio(self, event: ItemTruncate) -> None:
        memory = self._state.memory
        audio = memory.audio(event.item_id)
        if audio is not None:
            rate = wire_rate(self._state.settings.output["format"]["type"])
            memory.keep_audio(event.item_id, audio[: event.audio_end_ms * rate // 2000 * 2])


def _check_content(item: Message, place: str, *, images: bool) -> None:
    allowed = _CONTENT_OF[item.role]
    if images and item.role == "user":
        allowed = (*allowed, "input_image")
    for index, part in enumerate(item.content):
        path = f"{place}.content[{index}]"
        if part.type not in allowed:
            raise invalid_value(f"{path}.type", part.type, allowed)
        if part.id is not UNSET:
            raise unknown_parameter(f"{path}.id")
        wanted = _WANTED.get(part.type, "text")
        if getattr(part, wanted) is UNSET and (wanted == "image_url" or part.transcript is UNSET):
            raise missing_parameter(f"{path}.{wanted}")
        if part.type == "input_image":
            _check_image(part, path)


def _check_image(part: ContentPart, path: str) -> None:
    if part.detail is not UNSET and part.detail not in _DETAILS:
        raise invalid_value(f"{path}.detail", part.detail, _DETAILS)
    if read_data_uri(part.image_url or "") is None:
        raise InvalidEvent(
            f"Invalid '{path}.image_url'. Expected a base64-encoded data URL of a PNG or JPEG "
            "image, such as 'data:image/png;base64,…'.",
            code="invalid_value",
            param=f"{path}.image_url",
        )


def _is_reference(part: ContentPart) -> bool:
    return part.type == "item_reference"


def _is_audio(part: ContentPart) -> bool:
    return part.type in ("input_audio", "output_audio")


def _with_transcript(part: ContentPart) -> ContentPart:
    if part.type == "input_audio" and part.transcript is UNSET:
        return msgspec.structs.replace(part, transcript=None)
    return part


def _without_audio(item: Item) -> Item:
    if not isinstance(item, Message):
        return item
    parts = [msgspec.structs.replace(part, audio=UNSET) for part in item.content]
    return msgspec.structs.replace(item, content=parts)
