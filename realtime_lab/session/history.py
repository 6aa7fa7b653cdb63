"""The account of a conversation that outlives its connection."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import ClassVar

import msgspec

from ..eventlog import Spoken
from ..protocol import (
    Announcements,
    Conversation,
    Item,
    ItemCreate,
    ItemDelete,
    ItemDeleted,
    ItemTruncate,
    ItemTruncated,
    Message,
    ServerEvent,
    UnknownEvent,
)
from .rehydration import Retold, retold

__all__ = ["History"]

LONGEST_ID = 32
"""Characters that the id of an item may have."""


class History:
    """Knows what a new connection has to be told of ``conversation``.

    That is its items, what was heard of those that were cut short, and the items that were sent
    and of which it is not known whether they arrived. ``spoken`` tells what the model said in an
    item: what was heard of it is what its turn says.
    """

    CONCERNS: ClassVar = frozenset({ItemTruncated.type})

    def __init__(
        self,
        conversation: Conversation,
        announcements: Announcements,
        spoken: Callable[[str], Spoken | None],
    ) -> None:
        self._conversation = conversation
        self._announcements = announcements
        self._spoken = spoken
        self._cut: dict[str, int] = {}
        """How much was heard of items that were cut short, in ms."""
        self._as_text: set[str] = set()

    def apply(self, event: ServerEvent | UnknownEvent) -> None:
        """Take an event of the service into account."""
        if isinstance(event, ItemTruncated):
            self.shorten(event.item_id, event.audio_end_ms)

    def shorten(self, item_id: str, heard_ms: int) -> None:
        """Of an item of the model so much was heard, and no more will be."""
        if item_id in self._conversation:
            self._cut.setdefault(item_id, heard_ms)

    def forget(self, item_id: str) -> None:
        """An item is no longer in the conversation."""
        self._conversation.apply(ItemDeleted(item_id=item_id))

    def retold(self, audio: Mapping[str, bytes]) -> Retold:
        """What a new connection is told; from then on these items are there as text."""
        heard = {item_id: self._heard(item_id) for item_id in self._cut}
        told = retold(self._conversation, heard=heard, audio=audio)
        self._as_text.update(str(item.id) for item in told.items if isinstance(item, Message))
        told.items += map(_with_id, self._announcements.pending)
        return told

    def instead(self, event: ItemTruncate | ItemDelete) -> list[ItemCreate | ItemDelete] | None:
        """What does to an item that is there as text what a truncation does to speech.

        ``None`` where the event itself does.
        """
        if not isinstance(event, ItemTruncate) or event.item_id not in self._as_text:
            return None
        item = self._conversation.get(event.item_id)
        if item is None:
            return []
        self.shorten(event.item_id, event.audio_end_ms)
        before = self._conversation.previous_id(event.item_id)
        told = retold([item], heard={event.item_id: self._heard(event.item_id)})
        creations = [ItemCreate(item=i, previous_item_id=before or "root") for i in told.items]
        return [ItemDelete(item_id=event.item_id), *creations]

    def _heard(self, item_id: str) -> str:
        spoken = self._spoken(item_id)
        return spoken.heard_within(self._cut[item_id]).text if spoken else ""


def _with_id(event: ItemCreate) -> Item:
    item_id = event.item.id or f"item_{event.event_id}"[-LONGEST_ID:]
    return msgspec.structs.replace(event.item, id=item_id)
