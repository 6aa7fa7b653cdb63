"""The ids of items where a service gives others than it was asked for."""

from __future__ import annotations

from typing import TypeVar

import msgspec

from ..protocol import ClientEvent, ItemCreate, ItemDelete, ItemRetrieve, ItemTruncate

__all__ = ["ItemNames"]

E = TypeVar("E", bound=ClientEvent)


class ItemNames:
    """Old ids and what the service of the present connection calls the same items.

    Items are created again under their old ids, which the services take; this is for one that
    does not. The log, the turns and the conversation keep the old ids.
    """

    def __init__(self) -> None:
        self._new: dict[str, str] = {}

    def learn(self, names: dict[str, str]) -> None:
        """What the service of a new connection calls the items."""
        self._new = {old: new for old, new in names.items() if old != new}

    def outgoing(self, event: E) -> E:
        """An event as the service understands it."""
        if not self._new:
            return event
        match event:
            case ItemDelete() | ItemTruncate() | ItemRetrieve():
                return self._renamed(event, "item_id")
            case ItemCreate() if isinstance(event.previous_item_id, str):
                return self._renamed(event, "previous_item_id")
        return event

    def _renamed(self, event: E, field: str) -> E:
        old = getattr(event, field)
        return msgspec.structs.replace(event, **{field: self._new.get(old, old)})
