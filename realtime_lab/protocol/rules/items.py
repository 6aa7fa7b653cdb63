"""The items of the conversation: one chain, each added before anything happens to it."""

from __future__ import annotations

from ..base import UNSET
from ..conversation import ROOT
from ..recent import Recent
from ..server_events import (
    InputAudioBufferCommitted,
    ItemAdded,
    ItemDeleted,
    ItemDone,
    ItemRetrieved,
    ItemTruncated,
    OutputItemAdded,
    OutputItemDone,
    ResponseCreated,
    ServerEvent,
)
from .chain import Chain
from .violation import Handlers, Tell, named

__all__ = ["ItemRules"]


class ItemRules:
    """Items form one chain, in which ``previous_item_id`` names the item before.

    ``items_end`` says that each item has a ``conversation.item.done``. Only the client's own items
    may enter elsewhere than at the end.
    """

    def __init__(self, tell: Tell, *, items_end: bool) -> None:
        self._tell = tell
        self._items_end = items_end
        self._chain = Chain()
        self._added: dict[str, ItemAdded] = {}
        """Items that are added and not done."""
        self._deleted: Recent[str, None] = Recent()
        self._at_end: Recent[str, None] = Recent()
        """Items of the model, and of the user's audio."""
        self._aside: Recent[str, None] = Recent()
        """Responses beside the conversation, and their items."""
        self._committed: InputAudioBufferCommitted | None = None

    def handlers(self) -> Handlers:
        return {
            ResponseCreated: self._response_created,
            OutputItemAdded: self._output_added,
            OutputItemDone: self._output_done,
            InputAudioBufferCommitted: self._commit,
            ItemAdded: self._item_added,
            ItemDone: self._item_done,
            ItemDeleted: self._item_deleted,
            ItemRetrieved: lambda event: self._expect(event, str(event.item.id)),
            ItemTruncated: lambda event: self._expect(event, event.item_id),
        }

    def unfinished(self) -> None:
        if self._committed is not None:
            self._tell(
                "chain",
                f"{named(self._committed)} commits item {self._committed.item_id}, which is never "
                "added to the conversation.",
            )
        for item_id, event in self._added.items():
            if self._items_end:
                self._tell(
                    "item-done",
                    f"{named(event)} adds item {item_id}, which has no conversation.item.done.",
                )

    def _response_created(self, event: ResponseCreated) -> None:
        if event.response.conversation_id is None:
            self._aside.remember(event.response.id, None)

    def _output_added(self, event: OutputItemAdded) -> None:
        owner = self._aside if event.response_id in self._aside else self._at_end
        owner.remember(str(event.item.id), None)

    def _output_done(self, event: OutputItemDone) -> None:
        item_id = str(event.item.id)
        if not any(item_id in known for known in (self._chain, self._deleted, self._aside)):
            self._tell(
                "chain",
                f"{named(event)} ends item {item_id}, which was never added to the conversation.",
            )

    def _commit(self, event: InputAudioBufferCommitted) -> None:
        if event.item_id in self._chain:
            self._tell("chain", f"{named(event)} commits item {event.item_id} a second time.")
        self._committed = event
        self._at_end.remember(event.item_id, None)

    def _item_added(self, event: ItemAdded) -> None:
        item_id, previous = str(event.item.id), event.previous_item_id
        committed, self._committed = self._committed, None
        if committed is not None and committed.item_id != item_id:
            self._tell(
                "chain",
                f"{named(event)} adds item {item_id} where {named(committed)} announced "
                f"{committed.item_id}.",
            )
        elif (
            committed is not None
            and previous is not UNSET
            and (previous or None) != (committed.previous_item_id or None)
        ):
            self._tell(
                "chain",
                f"{named(event)} names {previous} as the item before {item_id}, but "
                f"{named(committed)} named {committed.previous_item_id}.",
            )
        if item_id in self._aside:
            self._tell(
                "out-of-band",
                f"{named(event)} adds item {item_id} of a response beside the conversation.",
            )
        if item_id in self._chain:
            self._tell("chain", f"{named(event)} adds item {item_id} a second time.")
            self._chain.remove(item_id)
        self._chain.insert(item_id, self._place(event, item_id))
        self._added[item_id] = event
        self._deleted.pop(item_id, None)

    def _place(self, event: ItemAdded, item_id: str) -> str | None:
        """The item before the one that is added."""
        previous, last = event.previous_item_id, self._chain.last
        if previous is UNSET:
            return last
        if previous is None or previous == ROOT:
            place = None
        elif previous in self._chain:
            place = str(previous)
        else:
            self._tell(
                "chain",
                f"{named(event)} puts item {item_id} after {previous}, which is not in the "
                "conversation.",
            )
            return last
        if place != last and item_id in self._at_end:
            self._tell(
                "chain",
                f"{named(event)} puts item {item_id} after {previous}, but the conversation ends "
                f"with {last}.",
            )
        return place

    def _item_done(self, event: ItemDone) -> None:
        item_id, previous = str(event.item.id), event.previous_item_id
        added = self._added.pop(item_id, None)
        if added is None:
            self._tell(
                "item-done",
                f"{named(event)} ends item {item_id}, which was "
                + ("done already." if item_id in self._chain else "not added before."),
            )
            return
        if event.item.status == "in_progress":
            self._tell("item-done", f"{named(event)} ends item {item_id} as 'in_progress'.")
        before = self._chain.before(item_id)
        # What was before it may have been deleted, or something put between, while it was made.
        if previous is not UNSET and previous not in (before, added.previous_item_id):
            self._tell(
                "chain",
                f"{named(event)} names {previous} as the item before {item_id}; it is {before}.",
            )

    def _item_deleted(self, event: ItemDeleted) -> None:
        self._expect(event, event.item_id)
        if event.item_id in self._chain:
            self._chain.remove(event.item_id)
        self._added.pop(event.item_id, None)
        self._deleted.remember(event.item_id, None)

    def _expect(self, event: ServerEvent, item_id: str) -> None:
        if item_id not in self._chain:
            gone = "was deleted" if item_id in self._deleted else "was never added"
            self._tell("chain", f"{named(event)} concerns item {item_id}, which {gone}.")
