"""What a new conversation is told of an old one reads as the old one did."""

import json
from collections.abc import Sequence
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from realtime_lab.eventlog import Mark, TurnFollower
from realtime_lab.protocol import (
    Announcements,
    ContentPart,
    Conversation,
    FunctionCall,
    FunctionCallOutput,
    Item,
    ItemAdded,
    ItemCreate,
    ItemDelete,
    ItemTruncate,
    ItemTruncated,
    Matching,
    McpListTools,
    Message,
    dialect_named,
    item_text,
)
from realtime_lab.session.history import History
from realtime_lab.session.rehydration import retold
from tests.entries import Stream, ask, created, done
from tests.entries import audio as sound
from tests.entries import words as spoken_words

words = st.text("abc ", max_size=12)
said = st.builds(lambda t: ContentPart(type="input_text", text=t), words)
heard = st.builds(
    lambda t: ContentPart(type="input_audio", transcript=t), st.one_of(st.none(), words)
)
written = st.builds(lambda t: ContentPart(type="output_text", text=t), words)
spoken = st.builds(lambda t: ContentPart(type="output_audio", transcript=t), words)
image = st.just(ContentPart(type="input_image", image_url="data:image/png;base64,AA=="))


def messages(role: str, parts) -> st.SearchStrategy[Item]:
    return st.builds(
        lambda content, status: Message(role=role, content=content, status=status),  # type: ignore[arg-type]
        st.lists(parts, max_size=3),
        st.sampled_from(["completed", "incomplete", "in_progress"]),
    )


calls = st.builds(
    lambda n, status: FunctionCall(name="f", call_id=f"call_{n}", arguments="{}", status=status),
    st.integers(0, 5),
    st.sampled_from(["completed", "in_progress"]),
)
outputs = st.builds(
    lambda n: FunctionCallOutput(call_id=f"call_{n}", output="3"), st.integers(0, 5)
)
items = st.one_of(
    messages("user", st.one_of(said, heard, image)),
    messages("system", said),
    messages("assistant", st.one_of(written, spoken)),
    calls,
    outputs,
    st.just(McpListTools(server_label="remote")),
)


@st.composite
def conversations(draw) -> list[Item]:
    drawn = draw(st.lists(items, max_size=12))
    for number, item in enumerate(drawn):
        item.id = f"item_{number}"
    return drawn


def reads(item: Item) -> tuple:
    if isinstance(item, Message):
        return item.id, item.role, item_text(item)
    return item.id, type(item).__name__, item.call_id  # type: ignore[union-attr]


@given(conversations())
def test_any_conversation_reads_the_same_but_for_what_is_told_to_be_left_out(conversation):
    told = retold(conversation)
    kept = {item.id for item in told.items}
    assert [reads(i) for i in told.items] == [reads(i) for i in conversation if i.id in kept]
    missing = {item.id for item in conversation} - kept
    assert missing <= {one.item_id for one in told.left_out}
    assert all(one.why for one in told.left_out)


@given(conversations())
def test_nothing_with_words_in_it_is_left_out(conversation):
    kept = {item.id for item in retold(conversation).items}
    assert {i.id for i in conversation if item_text(i).strip()} <= kept


@given(conversations())
def test_an_output_stands_behind_its_call(conversation):
    called = set()
    for item in retold(conversation).items:
        if isinstance(item, FunctionCall):
            called.add(item.call_id)
        elif isinstance(item, FunctionCallOutput):
            assert item.call_id in called


@given(conversations())
def test_told_again_it_is_the_same(conversation):
    once = retold(conversation)
    twice = retold(once.items)
    assert twice.items == once.items
    assert twice.left_out == []


@given(conversations(), st.sampled_from(["ga", "preview"]))
def test_every_item_can_be_sent_in_both_dialects(conversation, name):
    dialect = dialect_named(name)
    for item in retold(conversation).items:
        data = dialect.encode_client(ItemCreate(item=item))
        assert json.loads(data)["item"]["id"] == item.id
        assert reads(dialect.decode_client(data).item) == reads(item)  # type: ignore[union-attr]


def test_speech_without_a_transcript_is_told_as_audio_where_there_is_some():
    mute = Message(id="a", role="user", content=[ContentPart(type="input_audio")])
    (item,) = retold([mute], audio={"a": b"\1\0"}).items
    assert isinstance(item, Message)
    assert item.content == [ContentPart(type="input_audio", audio=b"\1\0")]
    (missing,) = retold([mute]).left_out
    assert "transcript" in missing.why


class Talk:
    """A conversation, its turns and its history, fed together as a session does."""

    def __init__(self) -> None:
        self.conversation = Conversation()
        self.matching = Matching()
        self.announcements = Announcements(self.conversation, self.matching)
        self.turns = TurnFollower(self.matching)
        self.history = History(self.conversation, self.announcements, self.turns.spoken)
        self._stream = Stream()

    def take(self, *events: Any) -> None:
        for event in events:
            self.matching.apply(event)
            self.announcements.apply(event)
            self.turns.apply(self._stream(event))
            if not isinstance(event, Mark | ItemCreate):
                self.history.apply(event)
                self.conversation.apply(event)

    @property
    def texts(self) -> list[str]:
        return [item_text(item) for item in self.history.retold({}).items]


def answered(pieces: Sequence[tuple[str, int]] = (("one two three four", 400),)) -> Talk:
    """The model has said these words, each piece followed by so many ms of sound."""
    talk = Talk()
    part = ContentPart(type="output_audio", transcript="")
    talk.take(
        ItemAdded(item=Message(id="q", role="user", content=[]), previous_item_id=None),
        created("r"),
        ItemAdded(item=Message(id="a", role="assistant", content=[part]), previous_item_id="q"),
    )
    for text, ms in pieces:
        talk.take(spoken_words("r", "a", text), sound("r", "a", ms))
    return talk


def interrupted(heard_ms: int) -> Mark:
    told = {"response_id": "r", "item_id": "a", "heard_ms": heard_ms, "received_ms": 0}
    return Mark("lab.interrupted", told)


def truncated(ms: int) -> ItemTruncated:
    return ItemTruncated(item_id="a", content_index=0, audio_end_ms=ms)


def test_of_an_answer_that_was_cut_short_its_heard_words_are_told():
    talk = answered()
    talk.take(truncated(200))
    assert talk.texts == ["one two"]


@given(
    st.lists(st.tuples(words, st.integers(0, 500)), max_size=8),
    st.integers(1, 2000),
    st.booleans(),
)
def test_what_is_told_to_have_been_heard_is_what_the_turn_says_was_heard(pieces, ms, by_hand):
    talk = answered(pieces)
    received = sum(length for _, length in pieces)
    heard_ms = min(ms, max(1, received))
    talk.take(*([] if by_hand else [interrupted(heard_ms)]), truncated(heard_ms))
    [turn] = talk.turns.turns
    assert talk.texts == ([turn.heard] if turn.heard else [])


def test_an_answer_that_is_cut_short_after_it_was_told_as_text_is_told_anew():
    talk = answered()
    history = talk.history
    assert talk.texts == ["one two three four"]
    cut = ItemTruncate(item_id="a", content_index=0, audio_end_ms=100)
    deleted, created = history.instead(cut) or []
    assert deleted == ItemDelete(item_id="a")
    assert isinstance(created, ItemCreate)
    assert (created.item.id, created.previous_item_id) == ("a", "q")
    assert item_text(created.item) == "one"


def test_an_item_that_never_arrived_is_told_again_and_one_that_did_is_not():
    talk = answered()
    for number in (1, 2):
        text = ContentPart(type="input_text", text=f"number {number}")
        talk.take(ItemCreate(event_id=f"e{number}", item=Message(role="user", content=[text])))
    first = Message(
        id="new", role="user", content=[ContentPart(type="input_text", text="number 1")]
    )
    talk.take(ItemAdded(item=first, previous_item_id="a"))
    assert talk.texts == ["one two three four", "number 1", "number 2"]


def test_an_item_that_arrived_unannounced_is_told_again_at_its_place():
    talk = Talk()
    for number in (1, 2):
        text = ContentPart(type="input_text", text=f"number {number}")
        item = Message(role="user", content=[text])
        talk.take(ItemCreate(event_id=f"item_{number}", item=item), ask(f"ask_{number}"))
        talk.take(created(f"r{number}"))
        part = ContentPart(type="output_text", text=f"answer {number}")
        answer = Message(id=f"a{number}", role="assistant", content=[part])
        talk.take(ItemAdded(item=answer, previous_item_id=f"u{number}"), done(f"r{number}"))
    assert talk.texts == ["number 1", "answer 1", "number 2", "answer 2"]
