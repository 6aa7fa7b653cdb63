"""What a conversation contains after each event."""

from typing import Any

import pytest

from realtime_lab.protocol import (
    ContentPart,
    ContentPartAdded,
    Conversation,
    FunctionCall,
    FunctionCallArgumentsDone,
    InputTranscriptionCompleted,
    InputTranscriptionDelta,
    ItemAdded,
    ItemDeleted,
    ItemDone,
    ItemTruncated,
    Message,
    OutputItemDone,
    OutputTextDelta,
    OutputTranscriptDelta,
    UnknownEvent,
    item_text,
)


def message(item_id: str, role: Any = "user", *content: ContentPart) -> Message:
    return Message(id=item_id, role=role, content=list(content))


def heard(transcript: str | None = None) -> ContentPart:
    return ContentPart(type="input_audio", transcript=transcript)


def conversation(*events: Any) -> Conversation:
    made = Conversation()
    for event in events:
        made.apply(event)
    return made


def ids(of: Conversation) -> list[Any]:
    return [item.id for item in of]


def words(of: Conversation) -> list[str]:
    return [item_text(item) for item in of]


A, B = (
    ItemAdded(item=message("a"), previous_item_id=None),
    ItemAdded(item=message("b"), previous_item_id="a"),
)
PLACE: dict[str, Any] = {"response_id": "r", "item_id": "m"}
SPOKEN = [
    ItemAdded(item=message("m", "assistant"), previous_item_id=None),
    ContentPartAdded(**PLACE, part=ContentPart(type="audio", transcript="")),
    OutputTranscriptDelta(**PLACE, delta="Hello "),
    OutputTranscriptDelta(**PLACE, delta="you."),
]


@pytest.mark.parametrize(
    ("previous", "order"),
    [
        ("a", ["a", "x", "b"]),
        ("b", ["a", "b", "x"]),
        ("root", ["x", "a", "b"]),
        (None, ["x", "a", "b"]),
        ("nobody", ["a", "b", "x"]),
    ],
)
def test_an_item_stands_after_its_previous_one(previous, order):
    made = conversation(A, B, ItemAdded(item=message("x"), previous_item_id=previous))
    assert ids(made) == order
    assert made.last_id == order[-1]
    assert [made.previous_id(item_id) for item_id in order] == [None, *order[:-1]]


def test_an_item_without_a_place_comes_last():
    assert ids(conversation(A, B, ItemAdded(item=message("x")))) == ["a", "b", "x"]


def test_an_item_that_is_announced_twice_is_there_once():
    assert ids(conversation(A, B, A)) == ["a", "b"]


def test_a_deleted_item_is_gone():
    made = conversation(A, B, ItemDeleted(item_id="a"), ItemDeleted(item_id="a"))
    assert ids(made) == ["b"]
    assert "a" not in made
    assert made.get("a") is None
    assert len(made) == 1


def test_an_item_keeps_its_place_under_another_id():
    made = conversation(A, B)
    made.rename("a", "x")
    made.rename("nobody", "y")
    assert ids(made) == ["x", "b"]
    assert made.get("x") == message("x")


def test_an_empty_conversation_has_no_last_item():
    assert Conversation().last_id is None


def test_words_appear_as_they_are_spoken():
    made = conversation(*SPOKEN)
    assert words(made) == ["Hello you."]
    item = made.get("m")
    assert isinstance(item, Message)
    assert [part.type for part in item.content] == ["output_audio"]


def test_words_appear_as_they_are_written():
    made = conversation(
        ItemAdded(item=message("m", "assistant")),
        ContentPartAdded(**PLACE, part=ContentPart(type="text", text="")),
        OutputTextDelta(**PLACE, delta="Hel"),
        OutputTextDelta(**PLACE, delta="lo"),
    )
    assert words(made) == ["Hello"]


def test_the_event_that_announced_an_item_is_not_changed():
    added = ItemAdded(item=message("m", "assistant"), previous_item_id=None)
    conversation(added, *SPOKEN[1:])
    assert added.item == message("m", "assistant")


@pytest.mark.parametrize("end", [
    ItemDone(item=message("m", "assistant", ContentPart(type="output_audio", transcript="Hi."))),
    OutputItemDone(
        response_id="r",
        item=message("m", "assistant", ContentPart(type="output_audio", transcript="Hi.")),
    ),
])  # fmt: skip
def test_a_finished_item_is_as_the_service_says(end):
    assert words(conversation(*SPOKEN, end)) == ["Hi."]


def test_truncation_forgets_the_words():
    truncated = ItemTruncated(item_id="m", content_index=0, audio_end_ms=300)
    assert words(conversation(*SPOKEN, truncated)) == [""]


def test_the_users_words_come_in_pieces_and_then_whole():
    added = ItemAdded(item=message("u", "user", heard()))
    pieces = [InputTranscriptionDelta(item_id="u", delta=d) for d in ("Hel", None, "lo")]
    made = conversation(added, *pieces)
    assert words(made) == ["Hello"]
    made.apply(InputTranscriptionCompleted(item_id="u", transcript="Hello!"))
    assert words(made) == ["Hello!"]


def test_words_that_came_before_the_item_was_done_are_kept():
    made = conversation(
        ItemAdded(item=message("u", "user", heard())),
        InputTranscriptionCompleted(item_id="u", transcript="Hello!"),
        ItemDone(item=message("u", "user", heard())),
    )
    assert words(made) == ["Hello!"]


def test_the_arguments_of_a_call_arrive():
    made = conversation(
        ItemAdded(item=FunctionCall(id="f", name="weather", call_id="c")),
        FunctionCallArgumentsDone(response_id="r", item_id="f", call_id="c", arguments="{}"),
    )
    call = made.get("f")
    assert isinstance(call, FunctionCall)
    assert call.arguments == "{}"


def test_events_about_other_items_change_nothing():
    made = conversation(
        A,
        OutputTranscriptDelta(**PLACE, delta="x"),
        ContentPartAdded(**PLACE, part=ContentPart(type="audio", transcript="")),
        ItemDone(item=message("m")),
        ItemDeleted(item_id="m"),
        ItemTruncated(item_id="m", content_index=0, audio_end_ms=1),
        InputTranscriptionCompleted(item_id="a", content_index=7, transcript="x"),
        FunctionCallArgumentsDone(response_id="r", item_id="a", call_id="c", arguments="{}"),
        UnknownEvent(type="conversation.item.exploded", body={}),
        ItemAdded(item=Message(role="user")),
    )
    assert list(made) == [message("a")]


def test_only_messages_have_words():
    both = message(
        "m", "user", ContentPart(type="input_text", text="See"), heard("this"), heard(None)
    )
    assert item_text(both) == "See this"
    assert item_text(FunctionCall(name="f")) == ""
