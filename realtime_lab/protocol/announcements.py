"""What is in a conversation though the service's word of it was lost on its way."""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, ClassVar

from msgspec.structs import replace

from .base import UNSET
from .client_events import InputAudioBufferCommit, ItemCreate, ResponseCreate
from .conversation import ROOT, Conversation
from .items import ContentPart, FunctionCall, FunctionCallOutput, Item, Message, item_text
from .matching import Matching
from .responses import Response
from .server_events import (
    ContentPartAdded,
    ErrorEvent,
    InputAudioBufferCleared,
    InputAudioBufferCommitted,
    InputTranscriptionCompleted,
    InputTranscriptionDelta,
    InputTranscriptionFailed,
    ItemAdded,
    ItemDeleted,
    ItemDone,
    OutputItemAdded,
    OutputItemDone,
    ResponseCreated,
    ResponseDone,
    SpeechStarted,
    SpeechStopped,
)

__all__ = ["Announcements", "Unannounced", "answered"]

REMEMBERED = 200
Unannounced = ItemAdded | InputAudioBufferCommitted
_Asked = ItemCreate | InputAudioBufferCommit | ResponseCreate
_Transcription = InputTranscriptionDelta | InputTranscriptionCompleted | InputTranscriptionFailed
_Output = ContentPartAdded | OutputItemDone | ResponseDone
_Signs = (
    SpeechStarted
    | SpeechStopped
    | InputAudioBufferCleared
    | InputAudioBufferCommitted
    | ItemAdded
    | ItemDone
    | ItemDeleted
    | ResponseCreated
    | OutputItemAdded
    | ErrorEvent
)


class Announcements:
    """Follows every item to its ``conversation.item.added``, and finds those that never come.

    A service handles what it is told in order, and answers in order. So whatever answers a later
    event of ours shows that the items sent before it were handled: those that were neither
    announced nor refused are in the conversation all the same. Of speech, a transcript, an
    ``input_audio_buffer.committed`` and the response that the service began by itself show as
    much; of an item of the model, the events of its response; of any item, the next one, whose
    ``previous_item_id`` names it.

    `apply` must take every event, in both directions, after `Matching` and before whoever follows
    the conversation; it gives the announcements that were lost, as they would have come.
    ``conversation`` has taken them by then. An item whose id nothing has told yet has one that is
    made up.
    """

    CONCERNS: ClassVar = frozenset(
        kind.type for kind in (*_Asked.__args__, *_Transcription.__args__, *_Output.__args__)
    ) | frozenset(kind.type for kind in _Signs.__args__)
    """Types of the events that matter; `apply` does nothing with any other."""

    def __init__(self, conversation: Conversation, matching: Matching) -> None:
        self._conversation = conversation
        self._matching = matching
        self._sent: list[_Asked] = []
        """What was sent and has no answer yet, in order."""
        self._speech: dict[str, bool] = {}
        """Items that speech is to become, and whether it has stopped."""
        self._committed: dict[str, InputAudioBufferCommitted] = {}
        """Items that speech has become, and that are to be announced."""
        self._unnamed: dict[str, bool] = {}
        """The ids that were made up, and whether it is what was spoken that has one."""
        self._named: dict[str, str] = {}
        """The ids that were made up and turned out by the last event."""
        self._made_up = 0
        self._next: OrderedDict[str, str] = OrderedDict()
        """Of items that are not known, the items that follow them."""
        self._responses: deque[str] = deque(maxlen=REMEMBERED)
        """Those that are known to be of the conversation."""
        self._gone: deque[str] = deque(maxlen=REMEMBERED)
        """Items that were deleted: nothing brings them back."""
        self._also_called: frozenset[str] = frozenset()
        """Ids that the service has for items that are known by others."""

    @property
    def pending(self) -> list[ItemCreate]:
        """Items that were sent, and of which it is not known whether they arrived."""
        return [event for event in self._sent if isinstance(event, ItemCreate)]

    def apply(self, event: Any) -> Sequence[Unannounced]:
        """Take an event of either side into account; gives those that should have come before."""
        if event.type not in self.CONCERNS:
            return ()
        if isinstance(event, _Asked):
            self._sent.append(event)
            return ()
        self._named.clear()
        lost = [*self._begun(), *self._shown_by(event)]
        return list(map(self._by_its_name, lost)) if self._named else lost

    def connection_lost(self) -> Sequence[Unannounced]:
        """What was sent will not be answered; it is pending until `told_again`."""
        lost = list(self._became_items(list(self._committed)))
        self._sent = list(self.pending)
        return lost

    def told_again(self, also_called: Iterable[str] = ()) -> None:
        """Another connection was told what was pending.

        ``also_called`` are ids that its service gave to items which have another here.
        """
        for of_the_old in (self._sent, self._unnamed, self._speech, self._committed):
            of_the_old.clear()
        self._also_called = frozenset(also_called)

    def _begun(self) -> Iterator[Unannounced]:
        """Where a response has begun: what it follows on was there."""
        response_id = self._matching.begun
        if not response_id:
            return
        request = self._matching.request_of(response_id)
        yield from self._answered(self._sent_as(request))
        stopped = [] if request else [i for i, has_stopped in self._speech.items() if has_stopped]
        yield from self._became_items([*self._committed, *stopped])

    def _shown_by(self, event: Any) -> Iterator[Unannounced]:
        match event:
            case ItemAdded() | ItemDone():
                yield from self._note_item(event)
            case InputAudioBufferCommitted():
                yield from self._note_committed(event)
            case SpeechStarted() | SpeechStopped():
                self._speech[event.item_id] = isinstance(event, SpeechStopped)
            case InputAudioBufferCleared():
                self._speech.clear()
            case ItemDeleted():
                self._gone.append(event.item_id)
            case ErrorEvent():
                refused = self._matching.refused
                event_id = refused.event_id if refused else event.error.event_id
                yield from self._answered(self._sent_as(event_id))
            case ResponseCreated() if event.response.conversation_id is not None:
                self._responses.append(event.response.id)
            case ContentPartAdded() if event.response_id in self._responses:
                begun = Message(id=event.item_id, role="assistant", status="in_progress")
                yield from self._there([begun])
            case OutputItemDone() if event.response_id in self._responses:
                yield from self._there([event.item])
            case ResponseDone(response=Response(status="completed") as response):
                # One that broke off may name an item that it never came to.
                if response.conversation_id is not None:
                    yield from self._there(response.output)
            case _ if isinstance(event, _Transcription) and not self._is_known(event.item_id):
                if made_up := self._made_up_for(_speech(event.item_id)):
                    yield from self._name(made_up, event.item_id)
                    return
                if event.item_id not in (*self._speech, *self._committed):
                    yield from self._answered(self._first(InputAudioBufferCommit))
                yield from self._became_items([event.item_id])

    def _note_item(self, event: ItemAdded | ItemDone) -> Iterator[Unannounced]:
        item, item_id = event.item, str(event.item.id)
        if isinstance(event, ItemAdded) and item_id in self._gone:
            self._gone.remove(item_id)
        if self._is_known(item_id):
            return
        is_spoken = item_id in self._committed or item_id in self._speech
        asked = None if is_spoken else answered(self.pending, item)
        committed = self._committed.pop(item_id, None)
        if asked is not None:
            yield from self._answered(asked)
        elif not is_spoken and (made_up := self._made_up_for(item)):
            # It was taken for lost and comes late: its announcement says where it stands.
            yield from self._name(made_up, item_id)
            self._conversation.apply(ItemDeleted(item_id=item_id))
        elif committed is None and _is_speech(item):
            yield from self._answered(self._first(InputAudioBufferCommit))
            self._speech.pop(item_id, None)
            yield InputAudioBufferCommitted(
                item_id=item_id, previous_item_id=event.previous_item_id or None
            )
        yield from self._became_items(list(self._committed))
        yield from self._before(item_id, event.previous_item_id)
        if isinstance(event, ItemDone):
            yield self._add(item, event.previous_item_id)

    def _note_committed(self, event: InputAudioBufferCommitted) -> Iterator[Unannounced]:
        item_id = event.item_id
        yield from self._answered(self._first(InputAudioBufferCommit))
        yield from self._became_items(list(self._committed))
        yield from self._before(item_id, event.previous_item_id)
        self._speech.pop(item_id, None)
        made_up = self._made_up_for(_speech(item_id))
        if made_up:
            self._unnamed[made_up] = False
            yield from self._name(made_up, item_id)
        elif not self._is_known(item_id):
            self._committed[item_id] = event

    def _before(self, item_id: str, previous: Any) -> Iterator[Unannounced]:
        """An item stands behind another, ``previous``: so that one is there, too."""
        if not previous or previous == ROOT or self._is_known(previous):
            return
        if previous in self._speech or previous in self._committed:
            yield from self._became_items([previous])
        elif self._unnamed:
            yield from self._name([*self._unnamed][-1], previous)
        elif first := self._first(ItemCreate, InputAudioBufferCommit):
            yield from self._answered(first, previous)
        else:
            self._next[previous] = item_id
            if len(self._next) > REMEMBERED:
                self._next.popitem(last=False)

    def _answered(self, asked: _Asked | None, item_id: str | None = None) -> Iterator[Unannounced]:
        """What was sent was answered, so all before it was handled; nothing more comes of either.

        With ``item_id`` it made that item, which was not announced.
        """
        if asked is None:
            return
        place = next(n for n, event in enumerate(self._sent) if event is asked)
        before, self._sent = self._sent[:place], self._sent[place + 1 :]
        for event in before:
            yield from self._made(event, "")
        if item_id is not None:
            yield from self._made(asked, item_id)

    def _made(self, event: _Asked, item_id: str) -> Iterator[Unannounced]:
        """What was sent made an item that was not announced."""
        if isinstance(event, ResponseCreate):
            return
        if isinstance(event, ItemCreate):
            item_id = item_id or event.item.id or self._make_up(spoken=False)
            yield self._add(replace(event.item, id=item_id), event.previous_item_id)
        elif item_id:
            yield from self._became_items([item_id])
        else:
            yield self._add(_speech(self._make_up(spoken=True)), UNSET)

    def _make_up(self, *, spoken: bool) -> str:
        self._made_up += 1
        made_up = f"unannounced_{self._made_up}"
        self._unnamed[made_up] = spoken
        return made_up

    def _made_up_for(self, item: Item) -> str:
        """The id that was made up for such an item, if one was."""
        for made_up in self._unnamed:
            known = self._conversation.get(made_up)
            if known is not None and _kind(known) == _kind(item) and not _is_models(item):
                return made_up
        return ""

    def _name(self, made_up: str, item_id: str) -> Iterator[Unannounced]:
        """The true id of an item turns out."""
        self._conversation.rename(made_up, item_id)
        self._named[made_up] = item_id
        if self._unnamed.pop(made_up):
            before = self._conversation.previous_id(item_id)
            yield InputAudioBufferCommitted(item_id=item_id, previous_item_id=before)

    def _by_its_name(self, event: Unannounced) -> Unannounced:
        if not isinstance(event, ItemAdded):
            return event
        name = self._named.get(str(event.item.id))
        return replace(event, item=replace(event.item, id=name)) if name else event

    def _became_items(self, item_ids: Iterable[str]) -> Iterator[Unannounced]:
        """What was spoken is in the conversation, and was not announced."""
        for item_id in item_ids:
            self._speech.pop(item_id, None)
            committed = self._committed.pop(item_id, None)
            if self._is_known(item_id):
                continue
            if committed is None:
                committed = InputAudioBufferCommitted(
                    item_id=item_id, previous_item_id=self._conversation.last_id
                )
                yield committed
            yield self._add(_speech(item_id), committed.previous_item_id or UNSET)

    def _there(self, items: Iterable[Item]) -> Iterator[Unannounced]:
        """Items of the model are in the conversation."""
        for item in items:
            if item.id and not self._is_known(str(item.id)):
                yield self._add(item, UNSET)

    def _add(self, item: Item, previous: Any) -> ItemAdded:
        follower = self._next.pop(str(item.id), "")
        if previous is UNSET and follower in self._conversation:
            previous = self._conversation.previous_id(follower)
        added = ItemAdded(item=item, previous_item_id=previous)
        self._conversation.apply(added)
        return added

    def _is_known(self, item_id: str) -> bool:
        return any(
            item_id in known for known in (self._conversation, self._gone, self._also_called)
        )

    def _sent_as(self, event_id: Any) -> _Asked | None:
        return next((e for e in self._sent if event_id and e.event_id == event_id), None)

    def _first(self, *kinds: type) -> _Asked | None:
        return next((event for event in self._sent if isinstance(event, kinds)), None)


def answered(asked: Sequence[ItemCreate], item: Item) -> ItemCreate | None:
    """Which of these an announced item answers.

    It has the id that was asked for; where the service gives its own, it reads the same; where it
    changes the words, too, it is the first of its kind that only we make, as services answer in
    order.
    """
    same = (e for e in asked if item.id and e.item.id == item.id)
    alike = (e for e in asked if _reads(e.item) == _reads(item))
    of_its_kind = (e for e in asked if _kind(e.item) == _kind(item) and not _is_models(item))
    return next(same, None) or next(alike, None) or next(of_its_kind, None)


def _speech(item_id: str) -> Message:
    return Message(
        id=item_id,
        status="completed",
        role="user",
        content=[ContentPart(type="input_audio", transcript=None)],
    )


def _is_speech(item: Item) -> bool:
    return (
        isinstance(item, Message)
        and item.role == "user"
        and any(part.type == "input_audio" for part in item.content)
    )


def _is_models(item: Item) -> bool:
    return isinstance(item, FunctionCall) or getattr(item, "role", "") == "assistant"


def _kind(item: Item) -> tuple[object, ...]:
    if isinstance(item, FunctionCallOutput):
        return FunctionCallOutput, item.call_id
    return type(item), getattr(item, "role", ""), _is_speech(item)


def _reads(item: Item) -> tuple[object, ...]:
    return (*_kind(item), item_text(item), getattr(item, "arguments", ""))
