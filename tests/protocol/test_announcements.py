"""Whatever of the service's announcements is lost, the conversation is the service's."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from realtime_lab.protocol import (
    Announcements,
    ContentPart,
    Conversation,
    ErrorDetails,
    ErrorEvent,
    FunctionCall,
    FunctionCallOutput,
    InputAudioBufferCommit,
    InputAudioBufferCommitted,
    InputTranscriptionCompleted,
    ItemAdded,
    ItemCreate,
    ItemDelete,
    ItemDeleted,
    ItemDone,
    Matching,
    Message,
    Response,
    ResponseConfig,
    ResponseCreate,
    ResponseWriter,
    SpeechStarted,
    SpeechStopped,
    answered,
    dialect_named,
    item_text,
)


class Account:
    """What a client knows of a conversation, by what it sends and what arrives."""

    def __init__(self) -> None:
        self.conversation = Conversation()
        self.matching = Matching()
        self.announcements = Announcements(self.conversation, self.matching)
        self.lost: list[Any] = []

    def take(self, event: Any) -> None:
        self.matching.apply(event)
        lost = self.announcements.apply(event)
        for one in lost:  # as if it had come
            self.conversation.apply(one)
        self.lost += lost
        if not isinstance(event, ItemCreate | InputAudioBufferCommit | ResponseCreate):
            self.conversation.apply(event)

    @property
    def reads(self) -> list[tuple[Any, ...]]:
        return reads(self.conversation)

    @property
    def ids(self) -> list[str]:
        return [str(item.id) for item in self.conversation]


def reads(conversation: Conversation) -> list[tuple[Any, ...]]:
    return [
        (type(i).__name__, getattr(i, "role", ""), getattr(i, "call_id", ""), item_text(i))
        for i in conversation
    ]


class Service:
    """Handles what it is told at once and in order; ``loses`` says what does not arrive."""

    def __init__(self, account: Account, loses: Callable[[Any], bool], dialect: str = "ga") -> None:
        self.account = account
        self.loses = loses
        self.dialect = dialect_named(dialect)  # type: ignore[arg-type]
        self.conversation = Conversation()
        self._numbers = itertools.count(1)
        self.requests = itertools.count(1)

    def tell(self, *events: Any) -> None:
        for event in events:
            self.conversation.apply(event)
            data = self.dialect.encode_server(event)
            if data is not None and not self.loses(event):
                self.account.take(self.dialect.decode_server(data))

    def id(self, prefix: str) -> str:
        return f"{prefix}_{next(self._numbers)}"

    def sent(self, event: Any) -> Any:
        event.event_id = f"event_{next(self.requests)}"
        self.account.take(event)
        return event

    # -- what happens ------------------------------------------------------------------------------

    def typed(self, text: str, role: Any = "user", *, refused: bool = False) -> None:
        content = [ContentPart(type="input_text", text=text)]
        event = self.sent(ItemCreate(item=Message(role=role, content=content)))
        if refused:
            details = ErrorDetails(message="no", event_id=event.event_id)
            self.tell(ErrorEvent(error=details))
            return
        self.add(Message(id=self.id("item"), role=role, content=content))

    def add(self, item: Any) -> None:
        before = self.conversation.last_id
        self.tell(ItemAdded(item=item, previous_item_id=before))
        self.tell(ItemDone(item=item, previous_item_id=before))

    def spoken(self, words: str, *, by_hand: bool = False) -> None:
        item_id = self.id("item_u")
        if by_hand:
            self.sent(InputAudioBufferCommit())
        else:
            self.tell(SpeechStarted(item_id=item_id, audio_start_ms=0))
            self.tell(SpeechStopped(item_id=item_id, audio_end_ms=100))
        before = self.conversation.last_id
        self.tell(InputAudioBufferCommitted(item_id=item_id, previous_item_id=before))
        self.add(Message(id=item_id, role="user", content=[ContentPart(type="input_audio")]))
        self.words = (item_id, words)

    def transcribed(self) -> None:
        item_id, words = self.words
        self.tell(InputTranscriptionCompleted(item_id=item_id, transcript=words))

    def answers(self, text: str, *, asked: bool, calls: int = 0, beside: bool = False) -> None:
        if asked:
            config = ResponseConfig(conversation="none") if beside else None
            self.sent(ResponseCreate(response=config) if config else ResponseCreate())
        response = Response(
            id=self.id("resp"),
            status="in_progress",
            conversation_id=None if beside else "conv",
        )
        writer = ResponseWriter(response, None if beside else self.conversation, self.id)
        self.tell(*writer.begin())
        for event in (writer.open_message("audio"), writer.write_text(text)):
            self.tell(*event)
        self.tell(*writer.close_message())
        called = [self.id("call") for _ in range(calls)]
        for name in called:
            self.tell(*writer.call_function("look", "{}", name))
        self.tell(*writer.finish("completed"))
        for name in called:
            self.sent(ItemCreate(item=FunctionCallOutput(call_id=name, output="42")))
            self.add(FunctionCallOutput(id=self.id("item"), call_id=name, output="42"))


ANNOUNCEMENTS = (ItemAdded, ItemDone, InputAudioBufferCommitted)

SCENES = st.lists(
    st.sampled_from([
        "typed", "typed twice", "refused", "system", "spoken", "by hand", "by hand, words first",
        "tools", "beside", "same",
    ]),
    min_size=1,
    max_size=6,
)  # fmt: skip


def play(service: Service, scenes: list[str]) -> None:
    for number, name in enumerate(scenes):
        match name:
            case "typed":
                service.typed(f"typed {number}")
            case "same":
                service.typed("yes")
            case "typed twice":
                service.typed(f"first {number}")
                service.typed(f"second {number}")
            case "refused":
                service.typed(f"refused {number}", refused=True)
                service.typed(f"again {number}")
            case "system":
                service.typed(f"system {number}", role="system")
            case "spoken" | "by hand" | "by hand, words first":
                service.spoken(f"spoken {number}", by_hand=name != "spoken")
                if name == "by hand, words first":
                    service.transcribed()
            case "beside":
                service.answers("aside", asked=True, beside=True)
                continue
        calls = 2 if name == "tools" else 0
        service.answers(f"answer {number}", asked=name != "spoken", calls=calls)
        if calls:
            service.answers(f"follow-up {number}", asked=True)
        if name in ("spoken", "by hand"):
            service.transcribed()


@settings(max_examples=max(300, settings().max_examples))
@given(SCENES, st.sampled_from(["ga", "preview"]), st.data())
def test_whatever_announcements_are_lost_the_conversation_is_the_services(scenes, dialect, data):
    account = Account()
    lost: list[Any] = []

    def loses(event: Any) -> bool:
        if isinstance(event, ANNOUNCEMENTS) and data.draw(st.booleans()):
            lost.append(event)
            return True
        return False

    service = Service(account, loses, dialect)
    play(service, scenes)
    assert account.reads == reads(service.conversation)
    assert len(set(account.ids)) == len(account.ids)
    added = {str(e.item.id) for e in lost if isinstance(e, ItemAdded)}
    assert len([e for e in account.lost if isinstance(e, ItemAdded)]) <= len(added)


@given(SCENES, st.sampled_from(["ga", "preview"]))
def test_where_nothing_is_lost_nothing_is_missed(scenes, dialect):
    account = Account()
    service = Service(account, lambda event: False, dialect)
    play(service, scenes)
    assert account.lost == []
    assert account.ids == [str(item.id) for item in service.conversation]
    assert account.announcements.pending == []


@given(SCENES, st.sampled_from(["ga", "preview"]))
def test_where_only_users_items_are_lost_even_their_ids_are_right(scenes, dialect):
    account = Account()

    def loses(event: Any) -> bool:
        of_user = isinstance(event, ItemAdded | ItemDone) and (
            isinstance(event.item, FunctionCallOutput)
            or (isinstance(event.item, Message) and event.item.role != "assistant")
        )
        return of_user or isinstance(event, InputAudioBufferCommitted)

    service = Service(account, loses, dialect)
    play(service, [name for name in scenes if name not in ("typed twice", "tools", "beside")])
    assert account.ids == [str(item.id) for item in service.conversation]


def losing(*kinds: type, role: str = "user") -> Callable[[Any], bool]:
    return lambda event: (
        isinstance(event, kinds) and getattr(getattr(event, "item", None), "role", role) == role
    )


def test_a_typed_item_that_was_not_announced_stands_before_its_answer():
    account = Account()
    service = Service(account, losing(ItemAdded), "preview")
    service.typed("Hello")
    assert account.reads == []
    assert [item_text(e.item) for e in account.announcements.pending] == ["Hello"]
    service.answers("Hi", asked=True)
    assert [words for *_, words in account.reads] == ["Hello", "Hi"]
    assert account.ids == [str(item.id) for item in service.conversation]
    [event] = account.lost
    assert isinstance(event, ItemAdded)
    assert account.announcements.pending == []


def test_speech_that_was_committed_and_not_announced_is_there_at_its_place():
    account = Account()
    service = Service(account, losing(ItemAdded, ItemDone))
    service.typed("one")
    service.spoken("two")
    service.answers("three", asked=False)
    service.transcribed()
    assert [words for *_, words in account.reads] == ["one", "two", "three"]


def test_a_commit_that_was_not_told_is_known_from_the_item():
    account = Account()
    service = Service(account, losing(InputAudioBufferCommitted))
    service.spoken("words", by_hand=True)
    [event] = account.lost
    assert isinstance(event, InputAudioBufferCommitted)
    assert event.item_id == account.ids[0]


def test_words_alone_show_that_something_was_said():
    account = Account()
    service = Service(account, losing(ItemAdded, ItemDone, InputAudioBufferCommitted))
    service.spoken("Hello")
    service.transcribed()
    assert account.reads == [("Message", "user", "", "Hello")]
    assert [type(e) for e in account.lost] == [InputAudioBufferCommitted, ItemAdded]


def test_what_still_comes_of_an_item_that_was_deleted_does_not_bring_it_back():
    account = Account()
    service = Service(account, lambda event: False)
    service.spoken("Hello")
    item_id = account.ids[0]
    service.tell(ItemDeleted(item_id=item_id))
    service.transcribed()
    assert account.reads == []
    assert account.lost == []


def test_an_item_that_is_made_anew_under_its_old_id_is_there_again():
    account = Account()
    item = Message(id="a", role="user", content=[ContentPart(type="input_text", text="Hello")])
    added = ItemAdded(item=item, previous_item_id=None)
    account.take(added)
    account.take(ItemDeleted(item_id="a"))
    account.take(ItemCreate(event_id="e", item=item))
    account.take(added)
    assert account.ids == ["a"]
    assert account.announcements.pending == []
    assert account.lost == []


def test_a_connection_that_is_lost_leaves_what_was_committed_and_what_is_in_doubt():
    account = Account()
    item = Message(role="user", content=[ContentPart(type="input_text", text="Hello")])
    account.take(InputAudioBufferCommitted(item_id="u", previous_item_id=None))
    account.take(ItemCreate(event_id="e1", item=item))
    account.take(ResponseCreate(event_id="e2"))
    [added] = account.announcements.connection_lost()
    assert account.ids == ["u"]
    assert isinstance(added, ItemAdded)
    assert [e.event_id for e in account.announcements.pending] == ["e1"]
    account.announcements.told_again()
    assert account.announcements.pending == []


def test_ids_of_a_service_that_gives_its_own_are_no_sign_of_anything():
    account = Account()
    account.announcements.told_again(["theirs"])
    item = Message(role="user", content=[ContentPart(type="input_text", text="Hello")])
    account.take(ItemCreate(event_id="e1", item=item))
    account.take(ItemCreate(event_id="e2", item=item))
    added = Message(id="new", role="user", content=item.content)
    account.take(ItemAdded(item=added, previous_item_id="theirs"))
    assert account.ids == ["new"]
    assert len(account.announcements.pending) == 1


def text(words: str, item_id: str = "", role: Any = "user") -> Message:
    item = Message(role=role, content=[ContentPart(type="input_text", text=words)])
    if item_id:
        item.id = item_id
    return item


@pytest.mark.parametrize(
    ("item", "which"),
    [
        (text("one", "b"), 1),
        (text("two", "x"), 1),
        (text("changed", "x"), 0),
        (text("two", "x", role="system"), None),
        (Message(id="x", role="assistant"), None),
        (FunctionCall(id="x", name="f", call_id="c"), None),
        (FunctionCallOutput(id="x", call_id="c", output="changed"), 2),
        (FunctionCallOutput(id="x", call_id="other", output="3"), None),
    ],
)
def test_an_announcement_is_put_to_the_item_that_was_asked_for(item, which):
    asked = [
        ItemCreate(item=text("one", "a")),
        ItemCreate(item=text("two", "b")),
        ItemCreate(item=FunctionCallOutput(call_id="c", output="3")),
    ]
    found = answered(asked, item)
    assert found is (None if which is None else asked[which])


def test_what_is_deleted_on_this_side_is_no_event_of_the_service():
    account = Account()
    assert account.announcements.apply(ItemDelete(item_id="a")) == ()
