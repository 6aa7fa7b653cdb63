"""Items of the conversation: named, created, taken out."""

from __future__ import annotations

from ...client_events import ItemCreate, ItemDelete, ItemRetrieve, ItemTruncate
from ...conversation import ROOT
from ..finding import About
from ..record import Handlers, Record
from ..rule import Rule, span

__all__ = ["ItemIdReused", "UnknownItem", "UnknownPreviousItem"]


class UnknownItem(Rule):
    about = About(
        id="unknown-item",
        severity="error",
        title="An item that is not in the conversation",
        why="The service refuses it. An interruption that names the wrong item leaves the model "
        "believing that all was heard.",
        instead="Take the ids from `conversation.item.added` (preview: "
        "`conversation.item.created`) or `response.output_item.added` of this session; after a "
        "reconnection they are others.",
        source="OpenAI API reference; the errors `item_truncate_invalid_item_id`, "
        "`item_delete_invalid_item_id`, `item_retrieve_invalid_item_id`",
    )

    def handlers(self) -> Handlers:
        return {ItemDelete: self._look, ItemRetrieve: self._look, ItemTruncate: self._look}

    def _look(self, event: ItemDelete | ItemRetrieve | ItemTruncate, record: Record) -> None:
        items = self.facts.items
        deleted = items.deleted.get(event.item_id)
        if deleted is not None:
            after = span(self.since(deleted))
            self.tell(
                record, f"{event.type} of {event.item_id}, {after} after it was deleted.", deleted
            )
        elif items.is_complete and items.get(event.item_id) is None:
            self.tell(
                record, f"{event.type} of {event.item_id}, which was never in this conversation."
            )


class UnknownPreviousItem(Rule):
    about = About(
        id="unknown-previous-item",
        severity="error",
        title="An item after one that is not there",
        why="The service refuses the new item.",
        instead="Leave `previous_item_id` out to append; `root` puts an item first.",
        source="OpenAI API reference, `conversation.item.create`",
    )

    def handlers(self) -> Handlers:
        return {ItemCreate: self._created}

    def _created(self, event: ItemCreate, record: Record) -> None:
        items, previous = self.facts.items, event.previous_item_id
        if not isinstance(previous, str) or previous in ("", ROOT) or previous in items.known:
            return
        deleted = items.deleted.get(previous)
        if deleted is not None or items.is_complete:
            state = "was deleted" if deleted is not None else "was never in this conversation"
            self.tell(record, f"An item is put after {previous}, which {state}.", deleted)


class ItemIdReused(Rule):
    about = About(
        id="item-id-reused",
        severity="error",
        title="An item is created under an id that is taken",
        why="The service refuses the item (`item_create_duplicate_item_id`).",
        instead="Leave the id out, and take the one that the service gives.",
        source="OpenAI API reference, `conversation.item.create`; the error as users reported it",
    )

    def handlers(self) -> Handlers:
        return {ItemCreate: self._created}

    def _created(self, event: ItemCreate, record: Record) -> None:
        item = self.facts.items.get(event.item.id)
        if item is not None and not self.facts.origin.moving:
            self.tell(
                record,
                f"An item is created as {item.id}, which has been in the conversation for "
                f"{span(self.since(item.record))}.",
                item.record,
            )
