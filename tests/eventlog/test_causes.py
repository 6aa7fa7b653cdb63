"""What made an event happen, and what it made happen."""

from __future__ import annotations

import itertools
from typing import Any

import pytest

from realtime_lab.eventlog import LogEntry, Mark
from realtime_lab.eventlog.tables.causes import Causes
from realtime_lab.protocol import (
    REQUEST_TAG,
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
    ItemTruncate,
    ItemTruncated,
    Message,
    OutputItemAdded,
    OutputItemDone,
    RateLimitsUpdated,
    Response,
    ResponseCancel,
    ResponseConfig,
    ResponseCreate,
    ResponseCreated,
    ResponseDone,
    SessionConfig,
    SessionCreated,
    SessionUpdate,
    SessionUpdated,
    SpeechStarted,
    SpeechStopped,
    StatusDetails,
)
from tests.entries import Stream, audio, call, created, done, error, heard, output, words
from tests.eventlog.made import conversation, user_message


class Story:
    """Events by a name each, and what is said of them."""

    def __init__(self, **events: Any) -> None:
        stream = Stream()
        self._causes = Causes()
        self._names: dict[int, str] = {}
        for name, event in events.items():
            entry: LogEntry = stream(event)
            self._names[entry.seq] = name
            self._causes.apply(entry)

    def causes(self, name: str) -> list[str]:
        return [self._names[seq] for seq in self._causes.of(self._seq(name))]

    def consequences(self, name: str) -> list[str]:
        return [self._names[seq] for seq in self._causes.consequences(self._seq(name))]

    def _seq(self, name: str) -> int:
        return next(seq for seq, known in self._names.items() if known == name)


MESSAGE = Message(id="item_m", role="assistant", content=[])
SETTINGS = SessionConfig(type="realtime")


def test_a_spoken_turn_is_a_chain_from_the_sound_to_the_answer():
    story = Story(
        sound=InputAudioBufferAppend(audio=b"ab"),
        started=SpeechStarted(item_id="item_u", audio_start_ms=0),
        stopped=SpeechStopped(item_id="item_u", audio_end_ms=500),
        committed=InputAudioBufferCommitted(item_id="item_u"),
        added=ItemAdded(item=user_message("")),
        written=heard("item_u", "Hello"),
        created=created("resp_1"),
        item=OutputItemAdded(response_id="resp_1", item=MESSAGE),
        text=words("resp_1", "item_m", "Hi"),
        sounds=audio("resp_1", "item_m"),
        end=OutputItemDone(response_id="resp_1", item=MESSAGE),
        done=done("resp_1"),
        limits=RateLimitsUpdated(rate_limits=[]),
    )
    chain = ["sound", "started", "stopped", "committed", "created", "item", "text"]
    for cause, effect in itertools.pairwise(chain):
        assert story.causes(effect) == [cause]
        assert effect in story.consequences(cause)
    assert story.causes("sound") == []
    assert story.consequences("committed") == ["added", "written", "created"]
    assert story.consequences("created") == ["item", "done", "limits"]
    assert story.consequences("item") == ["text", "sounds", "end"]


def test_a_response_is_caused_by_the_request_that_it_repeats():
    def tagged(name: str) -> ResponseCreate:
        return ResponseCreate(event_id=name, response=ResponseConfig(metadata={REQUEST_TAG: name}))

    def begun(response_id: str, name: str) -> ResponseCreated:
        return ResponseCreated(
            response=Response(
                id=response_id,
                status="in_progress",
                conversation_id="conv_1",
                metadata={REQUEST_TAG: name},
            )
        )

    story = Story(
        typed=ItemCreate(event_id="i", item=user_message("Hello")),
        first=tagged("ask_1"),
        second=tagged("ask_2"),
        of_second=begun("resp_2", "ask_2"),
        of_first=begun("resp_1", "ask_1"),
    )
    assert story.causes("first") == ["typed"]
    assert story.causes("of_second") == ["second"]
    assert story.causes("of_first") == ["first"]


def test_a_refusal_is_caused_by_what_it_refuses():
    story = Story(
        request=ResponseCreate(event_id="ask_1"),
        refusal=error("ask_1", "conversation_already_has_active_response"),
        trouble=error(""),
    )
    assert story.causes("refusal") == ["request"]
    assert story.consequences("request") == ["refusal"]
    assert story.causes("trouble") == []


def test_a_tool_is_called_answered_and_spoken_of():
    story = Story(
        created=created("resp_1"),
        item=OutputItemAdded(response_id="resp_1", item=call()),
        arguments=FunctionCallArgumentsDone(
            response_id="resp_1", item_id="item_call_1", call_id="call_1", arguments="{}"
        ),
        end=OutputItemDone(response_id="resp_1", item=call()),
        done=done("resp_1", output=[call()]),
        output=output("call_1"),
        request=ResponseCreate(event_id="ask_2"),
        added=ItemAdded(item=FunctionCallOutput(id="item_o", call_id="call_1", output="3")),
        again=created("resp_2"),
    )
    assert story.causes("output") == ["arguments"]
    assert story.consequences("output") == ["request", "added"]
    assert story.causes("again") == ["request"]


@pytest.mark.parametrize(
    ("request_", "answer"),
    [
        (SessionUpdate(session=SETTINGS), SessionUpdated(session=SETTINGS)),
        (InputAudioBufferCommit(), InputAudioBufferCommitted(item_id="item_u")),
        (InputAudioBufferClear(), InputAudioBufferCleared()),
        (ItemDelete(item_id="item_m"), ItemDeleted(item_id="item_m")),
        (
            ItemTruncate(item_id="item_m", content_index=0, audio_end_ms=1),
            ItemTruncated(item_id="item_m", content_index=0, audio_end_ms=1),
        ),
        (ItemCreate(item=Message(role="user")), ItemAdded(item=user_message("Hello"))),
        (ItemCreate(item=user_message("Hello")), ItemAdded(item=user_message("Hello"))),
    ],
)
def test_requests_are_answered_in_order_and_a_refused_one_is_not(request_: Any, answer: Any):
    def named(name: str) -> Any:
        return type(request_)(
            **{f: getattr(request_, f) for f in request_.__struct_fields__ if f != "event_id"},
            event_id=name,
        )

    story = Story(
        refused=named("a"), request=named("b"), refusal=error("a"), answer=answer, unasked=answer
    )
    assert story.causes("refusal") == ["refused"]
    assert story.causes("answer") == ["request"]
    assert "request" not in story.causes("unasked") or isinstance(answer, ItemAdded)


def test_what_is_cut_short_says_by_what():
    story = Story(
        created=created("resp_1"),
        item=OutputItemAdded(response_id="resp_1", item=MESSAGE),
        started=SpeechStarted(item_id="item_u", audio_start_ms=0),
        interrupted=Mark("lab.interrupted", {"item_id": "item_m", "heard_ms": 3}),
        truncate=ItemTruncate(item_id="item_m", content_index=0, audio_end_ms=3),
        done=ResponseDone(
            response=Response(
                id="resp_1",
                status="cancelled",
                status_details=StatusDetails(type="cancelled", reason="turn_detected"),
            )
        ),
        created_2=created("resp_2"),
        cancel=ResponseCancel(),
        done_2=done("resp_2", "cancelled", reason="client_cancelled"),
    )
    assert story.causes("done") == ["created", "started"]
    assert story.causes("truncate") == ["interrupted"]
    assert story.causes("interrupted") == ["item"]
    assert story.causes("done_2") == ["created_2", "cancel"]


def test_marks_are_caused_by_what_they_tell_of():
    story = Story(
        connecting=Mark("lab.connecting", {}),
        connected=Mark("lab.connected", {}),
        session=SessionCreated(session=SETTINGS),
        request=ResponseCreate(event_id="ask_1"),
        withdrawn=Mark("lab.withdrawn", {"event_id": "ask_1"}),
        lost=Mark("lab.connection_lost", {}),
        trying=Mark("lab.reconnecting", {}),
        again=Mark("lab.connected", {}),
        reconnected=Mark("lab.reconnected", {}),
    )
    assert story.causes("session") == ["connected"]
    assert story.causes("connected") == ["connecting"]
    assert story.causes("withdrawn") == ["request"]
    assert story.causes("again") == ["trying"]
    assert story.causes("trying") == ["lost"]
    assert story.causes("reconnected") == ["again"]


def test_an_item_that_is_put_behind_another_depends_on_it():
    story = Story(
        first=ItemAdded(item=user_message("Hello")),
        done=ItemDone(item=user_message("Hello")),
        second=ItemCreate(item=Message(role="user"), previous_item_id="item_u"),
        wild=ItemCreate(item=Message(role="user"), previous_item_id="nobody"),
    )
    assert story.causes("done") == ["first"]
    assert story.causes("second") == ["first"]
    assert story.causes("wild") == []


@pytest.mark.parametrize("dialect", ["ga", "preview"])
def test_a_log_finds_the_relations_of_an_event_with_its_words(dialect: str):
    log = conversation(dialect).log
    causes, consequences = log.index.related(9)
    assert [row.type for row in causes] == ["input_audio_buffer.committed"]
    assert [row.seq for row in consequences] == [10, 11, 15, 16]
    assert log.index.related(12).causes[0].words == "resp_1 in_progress"  # in the midst of a run
    assert log.index.related(999).causes == []
