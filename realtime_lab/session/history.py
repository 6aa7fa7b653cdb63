"""The account of a conversation that outlives its connection."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from ..audio import RATE
from ..protocol import (
    ContentPart,
    Conversation,
    ErrorEvent,
    InputAudioBufferCommitted,
    Item,
    ItemAdded,
    ItemCreate,
    ItemDelete,
    ItemDeleted,
    ItemTruncate,
    ItemTruncated,
    Message,
    OutputAudioDelta,
    ServerEvent,
    UnknownEvent,
    item_text,
)
from .rehydration import Retold, heard_text, retold

__all__ = ["History"]

_BYTES_PER_MS = RATE * 2 // 1000


class History:
    """Knows what a new connection has to be told of ``conversation``.

    That is its items, what was heard of those that were cut short, and the items that were sent
    and of which it is not known whether they arrived. Must take events before the conversation
    does, which forgets the words of what is truncated.
    """

    CONCERNS: ClassVar = frozenset(
        {
            OutputAudioDelta.type,
            ItemTruncated.type,
            InputAudioBufferCommitted.type,
            ItemAdded.type,
            ErrorEvent.type,
        }
    )

    def __init__(self, conversation: Conversation) -> None:
        self._conversation = conversation
        self._received: dict[str, int] = {}
        self._heard: dict[str, str] = {}
        self._in_doubt: list[ItemCreate] = []
        self._as_text: set[str] = set()
        self._committed: list[str] = []
        """Items of the user's speech that were announced and have not come yet."""

    def apply(self, event: ServerEvent | UnknownEvent) -> None:
        """Take an event of the service into account."""
        match event:
            case OutputAudioDelta():
                received = self._received.get(event.item_id, 0)
                self._received[event.item_id] = received + len(event.delta)
            case ItemTruncated():
                self.shorten(event.item_id, event.audio_end_ms)
            case InputAudioBufferCommitted():
                self._committed.append(event.item_id)
            case ItemAdded():
                self._confirmed(event.item)
            case ErrorEvent():
                refused = event.error.event_id
                self._in_doubt = [e for e in self._in_doubt if e.event_id != refused]

    def sent(self, event: ItemCreate) -> None:
        """An item is on its way."""
        self._in_doubt.append(event)

    def shorten(self, item_id: str, heard_ms: int) -> None:
        """Of an item of the model so much was heard, and no more will be."""
        item = self._conversation.get(item_id)
        received_ms = self._received.get(item_id, 0) / _BYTES_PER_MS
        if item is not None and item_id not in self._heard:
            share = heard_ms / received_ms if received_ms else 0.0
            self._heard[item_id] = heard_text(item_text(item), share)

    def forget(self, item_id: str) -> None:
        """An item is no longer in the conversation."""
        self._conversation.apply(ItemDeleted(item_id=item_id))

    def retold(self, audio: Mapping[str, bytes]) -> Retold:
        """What a new connection is told; from then on these items are there as text."""
        items = [*self._conversation, *map(_spoken, self._committed)]
        told = retold(items, heard=self._heard, audio=audio)
        self._as_text.update(str(item.id) for item in told.items if isinstance(item, Message))
        for event in self._in_doubt:
            told.items.append(event.item)
        return told

    def arrived(self) -> None:
        """A new connection has been told everything."""
        self._in_doubt = []
        self._committed = []

    def instead(self, event: ItemTruncate | ItemDelete) -> list[ItemCreate | ItemDelete] | None:
        """What does to an item that is there as text what a truncation does to speech.

        ``None`` where the event itself does.
        """
        if not isinstance(event, ItemTruncate) or event.item_id not in self._as_text:
            return None
        item = self._conversation.get(event.item_id)
        self.shorten(event.item_id, event.audio_end_ms)
        text = self._heard.get(event.item_id, "")
        if item is None:
            return []
        before = self._conversation.previous_id(event.item_id)
        told = retold([item], heard={event.item_id: text})
        creations = [ItemCreate(item=i, previous_item_id=before or "root") for i in told.items]
        return [ItemDelete(item_id=event.item_id), *creations]

    def _confirmed(self, item: Item) -> None:
        if item.id in self._committed:
            self._committed.remove(str(item.id))
            return
        for event in self._in_doubt:
            if event.item.id == item.id or _reads(event.item) == _reads(item):
                self._in_doubt.remove(event)
                return


def _spoken(item_id: str) -> Message:
    return Message(id=item_id, role="user", content=[ContentPart(type="input_audio")])


def _reads(item: Item) -> tuple[object, ...]:
    """What tells an item from others where a service gave it its id."""
    fields = (getattr(item, name, None) for name in ("role", "call_id", "output", "name"))
    return (type(item), item_text(item), *fields)
