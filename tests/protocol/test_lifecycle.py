"""A response's events come in the one order the protocol allows, and can be followed."""

import itertools
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from realtime_lab.errors import ProtocolError
from realtime_lab.protocol import (
    GA,
    PREVIEW,
    AudioConfig,
    AudioFormat,
    AudioOutput,
    ContentPartAdded,
    ContentPartDone,
    Conversation,
    FunctionCall,
    InputTokens,
    ItemAdded,
    ItemDeleted,
    ItemDone,
    Message,
    OutputAudioDelta,
    OutputAudioDone,
    OutputItemAdded,
    OutputItemDone,
    OutputTextDelta,
    OutputTextDone,
    OutputTokens,
    OutputTranscriptDelta,
    OutputTranscriptDone,
    Response,
    ResponseCreated,
    ResponseDone,
    ResponseTracker,
    ResponseWriter,
    ServerEvent,
    StatusDetails,
    Usage,
    item_text,
)

from .sdk import judge


class Wire:
    """Sends a writer's events as a server does: numbered, and told to the conversation."""

    def __init__(self) -> None:
        self.conversation = Conversation()
        self.events: list[ServerEvent] = []
        self._numbers = itertools.count(1)

    def new_id(self, prefix: str) -> str:
        return f"{prefix}_{next(self._numbers)}"

    def send(self, events: list[ServerEvent]) -> None:
        for event in events:
            event.event_id = self.new_id("event")
            self.conversation.apply(event)
            self.events.append(event)

    def user_says(self, text: str) -> None:
        item = Message(id=self.new_id("item"), object="realtime.item", role="user", content=[])
        previous = self.conversation.last_id
        self.send([ItemAdded(item=item, previous_item_id=previous)])
        self.send([ItemDone(item=item, previous_item_id=previous)])

    def writer(self, *, out_of_band: bool = False) -> ResponseWriter:
        response = Response(
            id=self.new_id("resp"),
            object="realtime.response",
            status="in_progress",
            conversation_id=None if out_of_band else "conv_1",
            output_modalities=["audio"],
            max_output_tokens="inf",
            audio=AudioConfig(output=AudioOutput(format=AudioFormat(type="audio/pcm", rate=24000))),
            temperature=0.8,
        )
        return ResponseWriter(response, None if out_of_band else self.conversation, self.new_id)

    def names(self, dialect=GA) -> list[str]:
        """Wire names of everything sent so far, shortened: ``response.`` is left out."""
        encoded = (dialect.encode_server(event) for event in self.events)
        names = (json.loads(data)["type"] for data in encoded if data is not None)
        return [name.removeprefix("response.") for name in names]


USAGE = Usage(
    total_tokens=3, input_tokens=1, output_tokens=2,
    input_token_details=InputTokens(text_tokens=1),
    output_token_details=OutputTokens(audio_tokens=2),
)  # fmt: skip


def spoken() -> Wire:
    wire = Wire()
    writer = wire.writer()
    wire.send(writer.begin())
    wire.send(writer.open_message("audio"))
    wire.send(writer.write_text("Hello "))
    wire.send(writer.write_audio(b"\x00\x01"))
    wire.send(writer.write_text("there."))
    wire.send(writer.close_message())
    wire.send(writer.finish("completed", usage=USAGE))
    return wire


def written() -> Wire:
    wire = Wire()
    writer = wire.writer()
    for events in (
        writer.begin, lambda: writer.open_message("text"), lambda: writer.write_text("ok"),
        writer.close_message, lambda: writer.finish("completed"),
    ):  # fmt: skip
        wire.send(events())
    return wire


def called() -> Wire:
    wire = Wire()
    writer = wire.writer()
    wire.send(writer.begin())
    wire.send(writer.call_function("weather", '{"city":"Oslo"}', "call_1"))
    wire.send(writer.finish("completed"))
    return wire


def interrupted() -> Wire:
    wire = Wire()
    writer = wire.writer()
    wire.send(writer.begin())
    wire.send(writer.open_message("audio"))
    wire.send(writer.write_text("Once upon"))
    wire.send(writer.finish("cancelled", StatusDetails(type="cancelled", reason="turn_detected")))
    return wire


def failed() -> Wire:
    wire = Wire()
    writer = wire.writer()
    wire.send(writer.begin())
    wire.send(writer.finish("failed", StatusDetails(type="failed")))
    return wire


def aside() -> Wire:
    wire = Wire()
    writer = wire.writer(out_of_band=True)
    wire.send(writer.begin())
    wire.send(writer.open_message("text"))
    wire.send(writer.write_text("ok"))
    wire.send(writer.close_message())
    wire.send(writer.call_function("note", "{}", "call_1"))
    wire.send(writer.finish("completed"))
    return wire


def spoken_then_called() -> Wire:
    wire = Wire()
    writer = wire.writer()
    wire.user_says("What is the weather?")
    wire.send(writer.begin())
    wire.send(writer.open_message("audio"))
    wire.send(writer.write_text("Let me see."))
    wire.send(writer.close_message())
    wire.send(writer.call_function("weather", "{}", "call_1"))
    wire.send(writer.finish("completed"))
    return wire


FLOWS = [spoken, written, called, interrupted, failed, aside, spoken_then_called]


def test_a_spoken_answer():
    assert spoken().names() == [
        "created", "output_item.added", "conversation.item.added", "content_part.added",
        "output_audio_transcript.delta", "output_audio.delta", "output_audio_transcript.delta",
        "output_audio.done", "output_audio_transcript.done", "content_part.done",
        "output_item.done", "conversation.item.done", "done",
    ]  # fmt: skip
    assert spoken().names(PREVIEW) == [
        "created", "output_item.added", "conversation.item.created", "content_part.added",
        "audio_transcript.delta", "audio.delta", "audio_transcript.delta",
        "audio.done", "audio_transcript.done", "content_part.done", "output_item.done", "done",
    ]  # fmt: skip


def test_a_written_answer():
    assert written().names() == [
        "created", "output_item.added", "conversation.item.added", "content_part.added",
        "output_text.delta", "output_text.done", "content_part.done", "output_item.done",
        "conversation.item.done", "done",
    ]  # fmt: skip


def test_a_function_call():
    wire = called()
    names = wire.names()
    assert names.count("function_call_arguments.delta") == 5, "as a model writes: in tokens"
    assert list(dict.fromkeys(names)) == [
        "created", "output_item.added", "conversation.item.added",
        "function_call_arguments.delta", "function_call_arguments.done", "output_item.done",
        "conversation.item.done", "done",
    ]  # fmt: skip
    begun = wire.events[1]
    assert isinstance(begun, OutputItemAdded)
    assert isinstance(begun.item, FunctionCall)
    assert (begun.item.status, begun.item.arguments) == ("in_progress", "")
    (call,) = wire.conversation
    assert isinstance(call, FunctionCall)
    assert (call.status, call.arguments) == ("completed", '{"city":"Oslo"}')


def test_an_interrupted_answer_closes_everything_that_is_open():
    wire = interrupted()
    assert wire.names()[-6:] == [
        "output_audio.done", "output_audio_transcript.done", "content_part.done",
        "output_item.done", "conversation.item.done", "done",
    ]  # fmt: skip
    done = wire.events[-1]
    assert isinstance(done, ResponseDone)
    assert done.response.status == "cancelled"
    assert done.response.status_details == StatusDetails(type="cancelled", reason="turn_detected")
    assert [item.status for item in done.response.output] == ["incomplete"]
    assert item_text(done.response.output[0]) == "Once upon"


def test_a_failed_response_is_created_and_done():
    assert failed().names() == ["created", "done"]


def test_an_out_of_band_response_leaves_the_conversation_alone():
    wire = aside()
    assert not [name for name in wire.names() if name.startswith("conversation.")]
    assert len(wire.conversation) == 0
    assert [e.response.conversation_id for e in (wire.events[0], wire.events[-1])] == [None, None]


def test_a_message_and_a_call_have_their_own_places():
    wire = spoken_then_called()
    added = [e for e in wire.events if isinstance(e, OutputItemAdded)]
    assert [e.output_index for e in added] == [0, 1]
    done = wire.events[-1]
    assert isinstance(done, ResponseDone)
    assert [type(item) for item in done.response.output] == [Message, FunctionCall]


def test_an_item_deleted_while_it_is_spoken_is_not_announced_as_done():
    wire = Wire()
    writer = wire.writer()
    wire.send(writer.begin())
    wire.send(writer.open_message("audio"))
    wire.send([ItemDeleted(item_id=writer.item_id)])
    wire.send(writer.close_message())
    assert "conversation.item.done" not in wire.names()
    assert len(wire.conversation) == 0


def test_the_begun_response_is_not_changed_by_what_follows():
    wire = spoken()
    begun = wire.events[0]
    assert isinstance(begun, ResponseCreated)
    assert (begun.response.status, begun.response.output, begun.response.usage) == (
        "in_progress", [], None,
    )  # fmt: skip
    done = wire.events[-1]
    assert isinstance(done, ResponseDone)
    assert done.response.usage == USAGE


@pytest.mark.parametrize("dialect", [GA, PREVIEW], ids=lambda d: d.name)
@pytest.mark.parametrize("flow", FLOWS, ids=lambda f: f.__name__)
def test_the_sdk_accepts_everything_that_is_written(flow, dialect):
    sent = [dialect.encode_server(event) for event in flow().events]
    assert any(sent)
    for data in filter(None, sent):
        judge(dialect.name, data)


@pytest.mark.parametrize(
    "misuse",
    [
        lambda w: w.write_text("x"),
        lambda w: w.write_audio(b"x"),
        lambda w: w.close_message(),
        lambda w: [w.open_message("text"), w.open_message("text")],
        lambda w: [w.open_message("text"), w.write_audio(b"x")],
        lambda w: [w.open_message("audio"), w.call_function("f", "{}", "c")],
        lambda w: [w.finish("completed"), w.finish("completed")],
        lambda w: [w.finish("completed"), w.open_message("text")],
        lambda w: [w.finish("cancelled"), w.call_function("f", "{}", "c")],
    ],
)
def test_methods_called_out_of_order_are_refused(misuse):
    writer = Wire().writer()
    writer.begin()
    with pytest.raises(ProtocolError, match=writer.response.id):
        misuse(writer)


# What a model and its user may do, in any order: wrong steps are refused and change nothing.
STEPS = {
    "audio": lambda w, wire: w.open_message("audio"),
    "text": lambda w, wire: w.open_message("text"),
    "say": lambda w, wire: w.write_text("word "),
    "sound": lambda w, wire: w.write_audio(b"\x01\x00"),
    "close": lambda w, wire: w.close_message(),
    "call": lambda w, wire: w.call_function("f", '{"a":1}', wire.new_id("call")),
    "complete": lambda w, wire: w.finish("completed"),
    "cancel": lambda w, wire: w.finish("cancelled"),
}


@st.composite
def conversations(draw) -> Wire:
    """A wire on which one response in the conversation and one beside it ran at a time."""
    wire = Wire()
    running = {"main": None, "aside": None}
    for _ in range(draw(st.integers(1, 40))):
        which = draw(st.sampled_from(["main", "main", "aside", "user"]))
        if which == "user":
            wire.user_says("Hello?")
            continue
        writer = running[which]
        if writer is None:
            writer = running[which] = wire.writer(out_of_band=which == "aside")
            wire.send(writer.begin())
            continue
        try:
            wire.send(STEPS[draw(st.sampled_from(list(STEPS)))](writer, wire))
        except ProtocolError:
            continue
        if writer.response.status != "in_progress":
            running[which] = None
    for writer in filter(None, running.values()):
        wire.send(writer.finish("incomplete"))
    return wire


@given(wire=conversations())
def test_every_response_begins_once_and_ends_once(wire):
    begun = [e.response.id for e in wire.events if isinstance(e, ResponseCreated)]
    ended = [e.response.id for e in wire.events if isinstance(e, ResponseDone)]
    assert len(set(begun)) == len(begun)
    assert sorted(begun) == sorted(ended)
    alive: set[str] = set()
    for event in wire.events:
        if isinstance(event, ResponseCreated):
            alive.add(event.response.id)
        elif isinstance(event, ResponseDone):
            alive.remove(event.response.id)
        elif hasattr(event, "response_id"):
            assert event.response_id in alive


@given(wire=conversations())
def test_deltas_come_only_in_open_parts_and_add_up(wire):
    open_parts: dict[tuple, str] = {}
    for event in wire.events:
        if not hasattr(event, "content_index"):
            continue
        place = (event.response_id, event.item_id, event.output_index, event.content_index)
        if isinstance(event, ContentPartAdded):
            assert place not in open_parts
            open_parts[place] = ""
            continue
        assert place in open_parts
        match event:
            case OutputTextDelta() | OutputTranscriptDelta():
                open_parts[place] += event.delta
            case OutputTextDone():
                assert event.text == open_parts[place]
            case OutputTranscriptDone():
                assert event.transcript == open_parts[place]
            case ContentPartDone():
                said = open_parts.pop(place)
                assert (event.part.text or event.part.transcript or "") == said
            case OutputAudioDelta() | OutputAudioDone():
                pass
            case _:
                pytest.fail(f"unexpected {event.type}")
    assert not open_parts


@given(wire=conversations())
def test_items_make_one_chain(wire):
    chain: list[str] = []
    for event in wire.events:
        if isinstance(event, ItemAdded):
            assert event.previous_item_id == (chain[-1] if chain else None)
            chain.append(event.item.id)
        elif isinstance(event, ItemDone):
            before = chain.index(event.item.id) - 1
            assert event.previous_item_id == (chain[before] if before >= 0 else None)
    done = [e.item.id for e in wire.events if isinstance(e, ItemDone)]
    assert sorted(done) == sorted(chain)
    assert [item.id for item in wire.conversation] == chain
    assert all(item.status != "in_progress" for item in wire.conversation)


@given(wire=conversations())
def test_a_done_response_lists_what_it_gave(wire):
    given_items: dict[str, list] = {}
    for event in wire.events:
        if isinstance(event, OutputItemAdded):
            assert event.output_index == len(given_items.get(event.response_id, []))
        elif isinstance(event, OutputItemDone):
            given_items.setdefault(event.response_id, []).append(event.item)
        elif isinstance(event, ResponseDone):
            assert event.response.output == given_items.get(event.response.id, [])


@given(wire=conversations())
def test_a_client_in_either_dialect_sees_the_same_conversation(wire):
    for dialect in (GA, PREVIEW):
        client = Conversation()
        for data in filter(None, map(dialect.encode_server, wire.events)):
            client.apply(dialect.decode_server(data))
        assert list(client) == list(wire.conversation)


@given(wire=conversations())
def test_the_tracker_knows_what_runs(wire):
    tracker = ResponseTracker()
    alive: dict[str, Response] = {}
    for event in wire.events:
        tracker.apply(event)
        if isinstance(event, ResponseCreated):
            alive[event.response.id] = event.response
        elif isinstance(event, ResponseDone):
            del alive[event.response.id]
        of_conversation = [r for r in alive.values() if r.conversation_id is not None]
        assert tracker.active == (of_conversation[0] if of_conversation else None)
        assert all(tracker.is_running(response_id) for response_id in alive)
    assert tracker.active is None


def test_the_tracker_forgives_a_done_without_a_created():
    tracker = ResponseTracker()
    tracker.apply(ResponseDone(response=Response(id="resp_9", status="cancelled")))
    assert tracker.active is None
    assert not tracker.is_running("resp_9")


def test_the_first_preview_had_no_conversation_id():
    tracker = ResponseTracker()
    tracker.apply(ResponseCreated(response=Response(id="resp_1", status="in_progress")))
    assert tracker.active is not None
