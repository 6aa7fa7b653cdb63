"""The items of the conversation, and the calls among them."""

from __future__ import annotations

from dataclasses import dataclass, field

from ...client_events import ItemCreate, ItemDelete, ItemTruncate
from ...items import FunctionCall, FunctionCallOutput, Item, Message
from ...recent import Recent
from ...server_events import (
    ContentPartAdded,
    ErrorEvent,
    InputAudioBufferCommitted,
    ItemAdded,
    ItemDeleted,
    ItemDone,
    ItemTruncated,
    OutputAudioDelta,
    OutputAudioDone,
    OutputItemAdded,
    OutputItemDone,
    ResponseDone,
    SessionCreated,
    SpeechStarted,
)
from ..record import Handlers, Record
from .origin import Origin
from .responses import ResponseFacts
from .sent import Sent
from .settings import SettingsFacts

__all__ = ["Call", "ItemFacts", "Items"]


@dataclass(eq=False, slots=True)
class ItemFacts:
    """An item: what it is, and how much of its speech has come."""

    id: str
    kind: str
    """As ``message`` or ``function_call``; empty while only its id is known."""
    role: str
    record: Record
    """The first event about it."""
    response_id: str = ""
    audio_bytes: int = 0
    bytes_per_ms: int | None = None
    first_audio: Record | None = None
    audio_done: bool = False
    truncation: ItemTruncate | ItemTruncated | None = None
    """The last one that was asked for, or told."""
    parts: dict[int, str] = field(default_factory=dict)
    """Content type of each part of the model's."""

    @property
    def received_ms(self) -> float | None:
        """Length of its speech so far; ``None`` where the format is not certain."""
        return self.audio_bytes / self.bytes_per_ms if self.bytes_per_ms else None


@dataclass(eq=False, slots=True)
class Call:
    """A function call of the model, and the output that was sent for it."""

    call_id: str
    name: str
    response_id: str
    record: Record
    output: Record | None = None


class Items:
    """Everything known of the conversation.

    `known` also has the items of responses beside it, and those that a client asked for under an
    id of its own. `is_complete` says that an id which is not known does not exist.
    """

    def __init__(
        self, origin: Origin, sent: Sent, settings: SettingsFacts, responses: ResponseFacts
    ) -> None:
        self.known: Recent[str, ItemFacts] = Recent()
        self.deleted: Recent[str, Record] = Recent()
        """The event that deleted, or asked to delete, each item."""
        self.calls: Recent[str, Call] = Recent()
        self._calls_of: Recent[str, list[Call]] = Recent()
        self._origin = origin
        self._sent = sent
        self._settings = settings
        self._responses = responses
        self._from_beginning = False

    def handlers(self) -> Handlers:
        return {
            SessionCreated: self._begun,
            SpeechStarted: self._coming,
            InputAudioBufferCommitted: self._coming,
            ItemCreate: self._asked,
            ItemDelete: self._delete,
            ItemTruncate: self._truncated,
            ItemAdded: self._added,
            ItemDone: self._added,
            ItemDeleted: self._delete,
            ItemTruncated: self._truncated,
            OutputItemAdded: self._output_item,
            OutputItemDone: self._output_item,
            ContentPartAdded: self._part_added,
            OutputAudioDelta: self._audio,
            OutputAudioDone: self._audio_done,
            ResponseDone: self._response_done,
            ErrorEvent: self._error,
        }

    @property
    def is_complete(self) -> bool:
        """Whether the session was seen from its beginning, and nothing was forgotten."""
        return self._from_beginning and not self.known.forgot and not self._origin.has_gaps

    def get(self, item_id: object) -> ItemFacts | None:
        """The item with that id, unless it was deleted."""
        return self.known.get(item_id) if isinstance(item_id, str) else None

    def call_answered_by(self, item: Item) -> Call | None:
        """The call that an item is the output of, if it is one of this session."""
        return self.calls.get(item.call_id) if isinstance(item, FunctionCallOutput) else None

    def calls_of(self, response_id: str) -> list[Call]:
        """The calls that one response made."""
        return self._calls_of.get(response_id, [])

    def _begun(self, *_: object) -> None:
        self._from_beginning = True

    def _coming(self, event: SpeechStarted | InputAudioBufferCommitted, record: Record) -> None:
        self._note(event.item_id, "message", "user", record)

    def _asked(self, event: ItemCreate, record: Record) -> None:
        self._learn(event.item, record)
        if isinstance(event.item, FunctionCallOutput):
            self._answer(event.item.call_id, record)

    def _added(self, event: ItemAdded | ItemDone, record: Record) -> None:
        self._learn(event.item, record)
        if isinstance(event.item, FunctionCallOutput):
            self._answer(event.item.call_id, record)

    def _output_item(self, event: OutputItemAdded | OutputItemDone, record: Record) -> None:
        self._learn(event.item, record, event.response_id)

    def _response_done(self, event: ResponseDone, record: Record) -> None:
        for item in event.response.output:
            self._learn(item, record, event.response.id)

    def _learn(self, item: Item, record: Record, response_id: str = "") -> None:
        if isinstance(item.id, str):
            role = item.role if isinstance(item, Message) else ""
            kind = str(item.__struct_config__.tag)
            self._note(item.id, kind, role, record, response_id)
        if isinstance(item, FunctionCall) and isinstance(item.call_id, str):
            call = self.calls.get(item.call_id)
            if call is None:
                call = Call(item.call_id, item.name, "", record)
                self.calls.remember(item.call_id, call)
            if response_id and not call.response_id:
                call.response_id = response_id
                self._calls_of.remember(response_id, [*self.calls_of(response_id), call])

    def _note(
        self, item_id: str, kind: str, role: str, record: Record, response_id: str = ""
    ) -> None:
        known = self.known.get(item_id)
        if known is None:
            if item_id in self.deleted and not isinstance(record.event, ItemCreate | ItemAdded):
                return  # it was deleted while it was made
            known = ItemFacts(item_id, kind, role, record)
            self.known.remember(item_id, known)
            self.deleted.pop(item_id, None)
        known.response_id = known.response_id or response_id

    def _answer(self, call_id: str, record: Record) -> None:
        call = self.calls.get(call_id)
        if call is not None and call.output is None:
            call.output = record

    def _delete(self, event: ItemDelete | ItemDeleted, record: Record) -> None:
        self.known.pop(event.item_id, None)
        if event.item_id not in self.deleted:
            self.deleted.remember(event.item_id, record)

    def _truncated(self, event: ItemTruncate | ItemTruncated, _: Record) -> None:
        item = self.known.get(event.item_id)
        if item is not None:
            item.truncation = event

    def _part_added(self, event: ContentPartAdded, _: Record) -> None:
        item = self.known.get(event.item_id)
        if item is not None:
            item.parts[event.content_index] = event.part.type

    def _audio(self, event: OutputAudioDelta, record: Record) -> None:
        item = self.known.get(event.item_id)
        if item is None:
            self._note(event.item_id, "message", "assistant", record, event.response_id)
            item = self.known.get(event.item_id)
            if item is None:
                return
        if item.first_audio is None:
            item.first_audio = record
            running = self._responses.running(event.response_id)
            told = running.bytes_per_ms if running else None
            item.bytes_per_ms = told or self._settings.output_bytes_per_ms
        item.audio_bytes += len(event.delta)

    def _audio_done(self, event: OutputAudioDone, _: Record) -> None:
        item = self.known.get(event.item_id)
        if item is not None:
            item.audio_done = True

    def _error(self, event: ErrorEvent, _: Record) -> None:
        """An item that was refused is not there after all."""
        cause = self._sent.cause_of(event)
        if cause is not None and isinstance(cause.event, ItemCreate):
            item = self.get(cause.event.item.id)
            if item is not None and item.record is cause:
                del self.known[item.id]
