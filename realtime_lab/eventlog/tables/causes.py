"""Which event made which happen, as far as the ids in them and the order of the protocol tell."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator

from ...protocol import (
    ErrorEvent,
    FunctionCall,
    FunctionCallArgumentsDone,
    FunctionCallOutput,
    InputAudioBufferAppend,
    InputAudioBufferClear,
    InputAudioBufferCleared,
    InputAudioBufferCommit,
    InputAudioBufferCommitted,
    ItemAdded,
    ItemCreate,
    ItemDelete,
    ItemDeleted,
    ItemDone,
    ItemRetrieve,
    ItemRetrieved,
    ItemTruncate,
    ItemTruncated,
    Matching,
    OutputItemAdded,
    OutputItemDone,
    RateLimitsUpdated,
    ResponseCancel,
    ResponseCreate,
    ResponseCreated,
    ResponseDone,
    SessionCreated,
    SessionUpdate,
    SessionUpdated,
    SpeechStarted,
    SpeechStopped,
)
from ..entry import LogEntry, LoggedEvent, Mark, item_id_of, response_id_of

__all__ = ["Causes"]

_ANSWERS = {
    answer.type: request.type
    for answer, request in (
        (SessionUpdated, SessionUpdate),
        (InputAudioBufferCommitted, InputAudioBufferCommit),
        (InputAudioBufferCleared, InputAudioBufferClear),
        (ItemTruncated, ItemTruncate),
        (ItemDeleted, ItemDelete),
        (ItemRetrieved, ItemRetrieve),
    )
}
"""What the service answers, one by one and in order, to which requests."""
_MARKS = {
    "lab.connected": ("lab.reconnecting", "lab.recycling", "lab.connecting"),
    "lab.reconnecting": ("lab.connection_lost",),
    "lab.reconnected": ("lab.connected",),
    "lab.recycled": ("lab.connected",),
}
"""Marks and those that they follow."""


class Causes:
    """Follows entries, in order, and keeps for each its nearest causes.

    What asked for an event caused it, where ids or the order of the protocol name it: a refusal is
    caused by the event that it names; what a response brings, by the item or the response that it
    is of; a response, by its request (see `Matching`), or by the speech that the service answers of
    its own accord; an item, by what put it into the conversation; a tool's output, by the call; a
    request, by what was said or sent before it; a mark, by what it tells of.
    """

    def __init__(self) -> None:
        self._causes: dict[int, list[int]] = {}
        self._consequences: dict[int, list[int]] = {}
        self._matching = Matching()
        self._named: dict[tuple[str, str], int] = {}
        """The event that an id is traced to, by what it is the id of."""
        self._last: dict[str, int] = {}
        """The last event of each type."""
        self._asked: dict[str, deque[int]] = {}
        """Requests that the service has not answered yet."""
        self._said: list[int] = []
        """What was put into the conversation since a response was asked for."""

    def of(self, seq: int) -> list[int]:
        """The ``seq`` of what made an event happen, in order."""
        return self._causes.get(seq, [])

    def consequences(self, seq: int) -> list[int]:
        """The ``seq`` of what an event made happen, in order."""
        return self._consequences.get(seq, [])

    def apply(self, entry: LogEntry) -> None:
        """Take the next entry into account."""
        self._matching.apply(entry.event)
        causes = {seq for seq in self._found(entry.event) if seq is not None}
        self._causes[entry.seq] = sorted(causes)
        for seq in causes:
            self._consequences.setdefault(seq, []).append(entry.seq)
        self._note(entry)

    def _found(self, event: LoggedEvent) -> Iterator[int | None]:
        named, last = self._named.get, self._last.get
        match event:
            case Mark():
                yield self._told_of(event)
                followed = (last(name) for name in _MARKS.get(event.type, ()))
                yield max((seq for seq in followed if seq is not None), default=None)
            case ErrorEvent():
                refused = self._matching.refused
                name = event.error.event_id or (refused and refused.event_id) or ""
                yield named(("event", str(name)))
            case SessionCreated():
                yield last("lab.connected")
            case SpeechStarted():
                yield last(InputAudioBufferAppend.type)
            case SpeechStopped():
                yield named(("started", event.item_id))
            case InputAudioBufferCommitted():
                asked = self._answered(event)
                yield named(("stopped", event.item_id)) if asked is None else asked
            case ItemAdded():
                yield self._put(event)
            case ItemDone():
                yield named(("added", str(event.item.id)))
            case ItemCreate():
                if isinstance(event.item, FunctionCallOutput):
                    yield named(("call", event.item.call_id))
                if isinstance(event.previous_item_id, str):
                    yield named(("item", event.previous_item_id))
            case ItemTruncate():
                yield named(("interrupted", event.item_id))
            case ResponseCreate():
                yield from self._said
            case ResponseCreated():
                request = self._matching.request_of(event.response.id)
                asked = named(("event", request)) if request else None
                yield last(InputAudioBufferCommitted.type) if asked is None else asked
            case ResponseDone():
                began = named(("response", event.response.id))
                yield began
                if event.response.status == "cancelled":
                    yield self._cancelled(event, began)
            case OutputItemAdded():
                yield named(("response", event.response_id))
            case RateLimitsUpdated():
                yield last(ResponseCreated.type)
            case _ if event.type in _ANSWERS:
                yield self._answered(event)
            case _:
                of_item = named(("item", item_id_of(event) or ""))
                yield (
                    named(("response", response_id_of(event) or "")) if of_item is None else of_item
                )

    def _told_of(self, mark: Mark) -> int | None:
        for thing in ("event", "call", "response", "item"):
            seq = self._named.get((thing, str(mark.data.get(f"{thing}_id") or "")))
            if seq is not None:
                return seq
        return None

    def _answered(self, event: LoggedEvent) -> int | None:
        waiting = self._asked.get(_ANSWERS[event.type])
        return waiting.popleft() if waiting else None

    def _put(self, event: ItemAdded) -> int | None:
        """What put an item into the conversation."""
        item, item_id = event.item, str(event.item.id)
        if isinstance(item, FunctionCallOutput):
            return self._named.get(("output", item.call_id))
        known = self._named.get(("item", item_id), self._named.get(("sent", item_id)))
        if known is not None:
            return known
        waiting = self._asked.get(ItemCreate.type)
        return waiting.popleft() if waiting else None

    def _cancelled(self, event: ResponseDone, began: int | None) -> int | None:
        """What cut a response short."""
        details = event.response.status_details
        by = SpeechStarted if details and details.reason == "turn_detected" else ResponseCancel
        seq = self._last.get(by.type)
        return seq if seq is not None and seq > (-1 if began is None else began) else None

    def _note(self, entry: LogEntry) -> None:
        event, seq = entry.event, entry.seq
        name = self._name
        self._last[event.type] = seq
        if entry.direction == "sent":
            name("event", getattr(event, "event_id", None), seq)
            self._note_sent(event, seq)
            return
        match event:
            case Mark(type="lab.interrupted"):
                name("interrupted", event.data.get("item_id"), seq)
            case ErrorEvent():
                self._forget(self.of(seq))
            case SpeechStarted():
                name("started", event.item_id, seq)
            case SpeechStopped():
                name("stopped", event.item_id, seq)
            case InputAudioBufferCommitted():
                name("item", event.item_id, seq)
                self._said.append(seq)
            case ItemAdded():
                name("added", event.item.id, seq)
                self._named.setdefault(("item", str(event.item.id)), seq)
            case ResponseCreated():
                name("response", event.response.id, seq)
            case OutputItemAdded():
                name("item", event.item.id, seq)
            case FunctionCallArgumentsDone():
                name("call", event.call_id, seq)
            case OutputItemDone(item=FunctionCall() as call):
                self._named.setdefault(("call", str(call.call_id)), seq)

    def _note_sent(self, event: LoggedEvent, seq: int) -> None:
        match event:
            case ResponseCreate():
                self._said.clear()
            case ItemCreate(item=FunctionCallOutput() as output):
                self._name("output", output.call_id, seq)
                self._said.append(seq)
            case ItemCreate():
                self._said.append(seq)
                if event.item.id:
                    self._name("sent", event.item.id, seq)
                else:
                    self._asked.setdefault(ItemCreate.type, deque()).append(seq)
            case _ if event.type in _ANSWERS.values():
                self._asked.setdefault(event.type, deque()).append(seq)

    def _name(self, thing: str, name: object, seq: int) -> None:
        if name and isinstance(name, str):
            self._named[thing, name] = seq

    def _forget(self, refused: list[int]) -> None:
        """What was refused is not answered."""
        for waiting in self._asked.values():
            for seq in refused:
                if seq in waiting:
                    waiting.remove(seq)
