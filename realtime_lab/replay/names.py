"""Which ids of a new session stand for those of a recording. No I/O."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any, TypeVar

from msgspec.structs import replace

from ..protocol import (
    ClientEvent,
    FunctionCall,
    FunctionCallOutput,
    InputAudioBufferCommitted,
    Item,
    ItemAdded,
    ItemCreate,
    ItemDelete,
    ItemReference,
    ItemRetrieve,
    ItemTruncate,
    OutputItemAdded,
    ResponseCancel,
    ResponseConfig,
    ResponseCreate,
    ResponseCreated,
    ServerEvent,
    SpeechStarted,
    UnknownEvent,
)

__all__ = ["Names", "UnknownName"]

C = TypeVar("C", bound=ClientEvent)
Thing = tuple[str, str]
"""What an id names, and the id: things of one kind are paired in the order in which they came."""


class UnknownName(KeyError):
    """A thing of the recording has no counterpart in the new session, or none yet."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


class Names:
    """Pairs the things of two sessions: the n-th response with the n-th, and so on.

    Items are counted by what made them (the user's speech, a message or a call of the model, a
    creation of the client), calls by the function too. What the client named itself keeps its name.
    """

    def __init__(self, answers: Iterable[ServerEvent], sent: Iterable[ClientEvent]) -> None:
        self._recorded = _Roll()
        for event in answers:
            self._recorded.apply(event)
        created = (str(e.item.id) for e in sent if isinstance(e, ItemCreate) and e.item.id)
        self._own = frozenset(created)
        self._now = _Roll()

    def apply(self, event: ServerEvent | UnknownEvent) -> None:
        """Take an event of the new session's service into account."""
        self._now.apply(event)

    def knows(self, event: ClientEvent) -> bool:
        """Whether everything that the event is about is there."""
        try:
            self.rewritten(event)
        except UnknownName:
            return False
        return True

    def rewritten(self, event: C) -> C:
        """The event as the new session understands it.

        Raises:
            UnknownName: for a thing that is not there.
        """
        match event:
            case ItemTruncate() | ItemDelete() | ItemRetrieve():
                changes: dict[str, Any] = {"item_id": self._now_of(event.item_id)}
            case ResponseCancel() if isinstance(event.response_id, str):
                changes = {"response_id": self._now_of(event.response_id)}
            case ResponseCreate(response=ResponseConfig(input=list() as items) as config):
                changes = {"response": replace(config, input=list(map(self._referred, items)))}
            case ItemCreate():
                changes = self._placed(event)
            case _:
                return event
        return replace(event, **changes)

    def _referred(self, item: Item) -> Item:
        if isinstance(item, ItemReference):
            return replace(item, id=self._now_of(str(item.id)))
        return item

    def _placed(self, event: ItemCreate) -> dict[str, Any]:
        item, before = event.item, event.previous_item_id
        if isinstance(item, FunctionCallOutput):
            item = replace(item, call_id=self._now_of(item.call_id))
        if isinstance(before, str) and before != "root":
            before = self._now_of(before)
        return {"item": item, "previous_item_id": before}

    def _now_of(self, name: str) -> str:
        if name in self._own:
            return name
        place = self._recorded.place(name)
        found = self._now.at(*place) if place else None
        if found is None:
            raise UnknownName(name)
        return found


class _Roll:
    """The things of one session, by kind, in order."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[str, int]] = {}
        self._by_kind: defaultdict[str, list[str]] = defaultdict(list)

    def apply(self, event: object) -> None:
        for kind, name in _things(event):
            if name and name not in self._known:
                self._known[name] = (kind, len(self._by_kind[kind]))
                self._by_kind[kind].append(name)

    def place(self, name: str) -> tuple[str, int] | None:
        return self._known.get(name)

    def at(self, kind: str, number: int) -> str | None:
        names = self._by_kind[kind]
        return names[number] if number < len(names) else None


def _things(event: object) -> Iterator[Thing]:
    match event:
        case SpeechStarted() | InputAudioBufferCommitted():
            yield "speech", event.item_id
        case ResponseCreated():
            yield "response", event.response.id
        case OutputItemAdded(item=FunctionCall() as call):
            yield f"item of {call.name}", str(call.id or "")
            yield f"call of {call.name}", str(call.call_id or "")
        case OutputItemAdded():
            yield "output", str(event.item.id or "")
        case ItemAdded():
            # What the model or the microphone made has been named before.
            yield "creation", str(event.item.id or "")
