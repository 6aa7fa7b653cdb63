"""What a conversation contains, followed event by event.

Client and server keep the same account: both feed it the server's events in order.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, ClassVar

import msgspec

from .base import UNSET
from .items import ContentPart, FunctionCall, Item, McpCall, Message
from .server_events import (
    ContentPartAdded,
    FunctionCallArgumentsDone,
    InputTranscriptionCompleted,
    InputTranscriptionDelta,
    ItemAdded,
    ItemDeleted,
    ItemDone,
    ItemTruncated,
    McpCallArgumentsDone,
    OutputItemDone,
    OutputTextDelta,
    OutputTranscriptDelta,
    ServerEvent,
    UnknownEvent,
)

__all__ = ["ROOT", "Conversation"]

ROOT = "root"
"""The ``previous_item_id`` that means: before every other item."""


class Conversation:
    """The items of a conversation, in order.

    `apply` takes any server event and uses those that change an item. Events about items that it
    does not know (of an out-of-band response, say) are ignored.
    """

    CONCERNS: ClassVar[frozenset[str]]
    """Types of the events that change a conversation; `apply` ignores all others."""

    def __init__(self) -> None:
        self._items: dict[str, Item] = {}
        self._order: list[str] = []

    def __iter__(self) -> Iterator[Item]:
        return (self._items[item_id] for item_id in self._order)

    def __len__(self) -> int:
        return len(self._order)

    def __contains__(self, item_id: str) -> bool:
        return item_id in self._items

    def get(self, item_id: str) -> Item | None:
        """The item with that id, or ``None``."""
        return self._items.get(item_id)

    @property
    def last_id(self) -> str | None:
        """Id of the last item, ``None`` in an empty conversation."""
        return self._order[-1] if self._order else None

    def previous_id(self, item_id: str) -> str | None:
        """Id of the item before this one, ``None`` for the first."""
        place = self._order.index(item_id)
        return self._order[place - 1] if place else None

    def rename(self, item_id: str, new: str) -> None:
        """An item turns out to have another id."""
        item = self._items.pop(item_id, None)
        if item is not None:
            self._items[new] = msgspec.structs.replace(item, id=new)
            self._order[self._order.index(item_id)] = new

    def apply(self, event: ServerEvent | UnknownEvent) -> None:
        """Take one event of the server into account."""
        handler = _HANDLERS.get(event.type)
        if handler is not None:
            handler(self, event)

    def _item_added(self, event: ItemAdded) -> None:
        item_id = event.item.id
        if not isinstance(item_id, str) or item_id in self._items:
            return
        # Copied, because deltas grow the item and the event is somebody else's record.
        self._items[item_id] = _copy(event.item)
        self._order.insert(self._place_after(event.previous_item_id), item_id)

    def _place_after(self, previous: Any) -> int:
        if previous is None or previous == ROOT:
            return 0
        return self._order.index(previous) + 1 if previous in self._items else len(self._order)

    def _item_done(self, event: ItemDone | OutputItemDone) -> None:
        item_id = event.item.id
        if isinstance(item_id, str) and item_id in self._items:
            known = self._items[item_id]
            self._items[item_id] = _copy(event.item)
            _keep_transcripts(self._items[item_id], known)

    def _item_deleted(self, event: ItemDeleted) -> None:
        if self._items.pop(event.item_id, None) is not None:
            self._order.remove(event.item_id)

    def _item_truncated(self, event: ItemTruncated) -> None:
        part = self._part(event.item_id, event.content_index)
        if part is not None:
            part.transcript = UNSET

    def _content_part_added(self, event: ContentPartAdded) -> None:
        item = self._items.get(event.item_id)
        if isinstance(item, Message) and len(item.content) == event.content_index:
            kind = event.part.type
            named = kind if kind.startswith("output_") else f"output_{kind}"
            item.content.append(msgspec.structs.replace(event.part, type=named))

    def _text_grew(self, event: OutputTextDelta) -> None:
        part = self._part(event.item_id, event.content_index)
        if part is not None:
            part.text = (part.text or "") + event.delta

    def _transcript_grew(self, event: OutputTranscriptDelta | InputTranscriptionDelta) -> None:
        part = self._part(event.item_id, event.content_index)
        if part is not None:
            part.transcript = (part.transcript or "") + (event.delta or "")

    def _input_transcribed(self, event: InputTranscriptionCompleted) -> None:
        part = self._part(event.item_id, event.content_index)
        if part is not None:
            part.transcript = event.transcript

    def _arguments_done(self, event: FunctionCallArgumentsDone | McpCallArgumentsDone) -> None:
        item = self._items.get(event.item_id)
        if isinstance(item, FunctionCall | McpCall):
            item.arguments = event.arguments

    def _part(self, item_id: str, content_index: int) -> ContentPart | None:
        item = self._items.get(item_id)
        if isinstance(item, Message) and content_index < len(item.content):
            return item.content[content_index]
        return None


def _copy(item: Item) -> Item:
    if isinstance(item, Message):
        parts = [msgspec.structs.replace(part) for part in item.content]
        return msgspec.structs.replace(item, content=parts)
    return msgspec.structs.replace(item)


def _keep_transcripts(item: Item, known: Item) -> None:
    if isinstance(item, Message) and isinstance(known, Message):
        for part, before in zip(item.content, known.content, strict=False):
            if part.transcript is None and isinstance(before.transcript, str):
                part.transcript = before.transcript


_HANDLERS: dict[str, Callable[[Conversation, Any], None]] = {
    ItemAdded.type: Conversation._item_added,
    ItemDone.type: Conversation._item_done,
    OutputItemDone.type: Conversation._item_done,
    ItemDeleted.type: Conversation._item_deleted,
    ItemTruncated.type: Conversation._item_truncated,
    ContentPartAdded.type: Conversation._content_part_added,
    OutputTextDelta.type: Conversation._text_grew,
    OutputTranscriptDelta.type: Conversation._transcript_grew,
    InputTranscriptionDelta.type: Conversation._transcript_grew,
    InputTranscriptionCompleted.type: Conversation._input_transcribed,
    FunctionCallArgumentsDone.type: Conversation._arguments_done,
    McpCallArgumentsDone.type: Conversation._arguments_done,
}
Conversation.CONCERNS = frozenset(_HANDLERS)
