"""Each rule of a stream finds the stream that breaks it, and says so; good streams pass."""

from __future__ import annotations

import base64
import itertools
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from realtime_lab.protocol import GA, PREVIEW, StreamChecker, Violation

Event = dict[str, Any]
Stream = list[Event]

RECORDED = Path(__file__).parents[3] / "shared" / "reference" / "examples"
PCM = {"type": "audio/pcm", "rate": 24000}
SECOND = base64.b64encode(bytes(48_000)).decode()


def event(type: str, **fields: Any) -> Event:
    return {"type": type, **fields}


def message(id: str, role: str = "assistant", status: str = "completed", **part: str) -> Event:
    content = [part] if part else []
    return {"id": id, "type": "message", "role": role, "status": status, "content": content}


def session(kind: str = "created", **changes: Any) -> Event:
    audio = {"input": {"format": PCM, "turn_detection": {"type": "server_vad"}}}
    audio |= {"output": {"format": PCM}}
    config = {"type": "realtime", "id": "sess", "expires_at": 9, "audio": audio}
    return event(f"session.{kind}", session={**config, **changes})


def begun(id: str = "r", conversation: str | None = "conv", status: str = "in_progress") -> Event:
    response = {"id": id, "status": status, "conversation_id": conversation}
    return event("response.created", response=response)


def ended(id: str = "r", *items: Event, conversation: str | None = "conv", **more: Any) -> Event:
    response = {"id": id, "status": "completed", "conversation_id": conversation}
    return event("response.done", response={**response, "output": list(items), **more})


def of_part(name: str, **fields: Any) -> Event:
    place = {"response_id": "r", "item_id": "a", "output_index": 0, "content_index": 0}
    return event(f"response.{name}", **{**place, **fields})


def of_item(name: str, item: Event, response: str = "r", index: int = 0) -> Event:
    return event(
        f"response.output_item.{name}", response_id=response, output_index=index, item=item
    )


def in_chain(name: str, item: Event, previous: str | None = None) -> Event:
    return event(f"conversation.item.{name}", item=item, previous_item_id=previous)


def of_call(name: str, **fields: Any) -> Event:
    place = {"response_id": "r", "item_id": "f", "output_index": 0, "call_id": "c"}
    return event(f"response.function_call_arguments.{name}", **place, **fields)


SAID = message("a", type="output_audio", transcript="Hi there.")
CALL = {"id": "f", "type": "function_call", "name": "g", "call_id": "c", "arguments": '{"a":1}'}


def spoken() -> Stream:
    """A turn of the user, and a spoken answer of a second."""
    user = message("u", "user", type="input_audio")
    begins = message("a", status="in_progress")
    return [
        session(),
        event("input_audio_buffer.append", audio=SECOND),
        event("input_audio_buffer.speech_started", item_id="u", audio_start_ms=100),
        event("input_audio_buffer.speech_stopped", item_id="u", audio_end_ms=1000),
        event("input_audio_buffer.committed", item_id="u", previous_item_id=None),
        in_chain("added", user),
        in_chain("done", user),
        begun(),
        of_item("added", begins),
        in_chain("added", begins, "u"),
        of_part("content_part.added", part={"type": "audio", "transcript": ""}),
        of_part("output_audio_transcript.delta", delta="Hi "),
        of_part("output_audio.delta", delta=SECOND),
        of_part("output_audio_transcript.delta", delta="there."),
        event(
            "conversation.item.input_audio_transcription.delta",
            item_id="u",
            content_index=0,
            delta="Hello.",
        ),
        of_part("output_audio.done"),
        of_part("output_audio_transcript.done", transcript="Hi there."),
        of_part("content_part.done", part={"type": "audio", "transcript": "Hi there."}),
        of_item("done", SAID),
        in_chain("done", SAID, "u"),
        event(
            "conversation.item.input_audio_transcription.completed",
            item_id="u",
            content_index=0,
            transcript="Hello.",
        ),
        ended("r", SAID, usage=usage()),
        event("rate_limits.updated", rate_limits=[{"name": "tokens", "limit": 9, "remaining": 5}]),
        event("conversation.item.truncated", item_id="a", content_index=0, audio_end_ms=1000),
        event("conversation.item.deleted", item_id="u"),
    ]


def usage(**changes: Any) -> Event:
    cached = {"text_tokens": 1, "audio_tokens": 2}
    read = {"text_tokens": 2, "audio_tokens": 5, "cached_tokens": 3}
    return {
        "total_tokens": 12,
        "input_tokens": 7,
        "output_tokens": 5,
        "input_token_details": {**read, "cached_tokens_details": cached},
        "output_token_details": {"text_tokens": 1, "audio_tokens": 4},
        **changes,
    }


def called() -> Stream:
    """A function call."""
    begins = {**CALL, "arguments": "", "status": "in_progress"}
    return [
        session(),
        begun(),
        of_item("added", begins),
        in_chain("added", begins),
        of_call("delta", delta='{"a"'),
        of_call("delta", delta=":1}"),
        of_call("done", arguments='{"a":1}'),
        of_item("done", CALL),
        in_chain("done", CALL),
        ended("r", CALL),
    ]


def aside() -> Stream:
    """An answer beside the conversation, while one of the conversation runs."""
    text = message("a", type="output_text", text="x")
    return [
        session(),
        begun("other"),
        begun("r", None),
        of_item("added", message("a", status="in_progress")),
        of_part("content_part.added", part={"type": "text", "text": ""}),
        of_part("output_text.delta", delta="x"),
        of_part("output_text.done", text="x"),
        of_part("content_part.done", part={"type": "text", "text": "x"}),
        of_item("done", text),
        ended("r", text, conversation=None),
        ended("other"),
    ]


def check(stream: Stream, dialect: Any = GA) -> list[Violation]:
    """All violations; ids are numbered where the stream gives none."""
    checker, numbers, found = StreamChecker(dialect.name), itertools.count(), []
    for body in stream:
        is_sent = body["type"] == "input_audio_buffer.append"
        text = json.dumps(body if is_sent else {"event_id": f"event_{next(numbers)}", **body})
        decode: Callable[[str], Any] = dialect.decode_client if is_sent else dialect.decode_server
        decoded = decode(text)
        assert decoded.type == body["type"] and not hasattr(decoded, "problem"), decoded
        found += checker.apply(decoded)
    return found + checker.unfinished()


@pytest.mark.parametrize("stream", [spoken, called, aside])
def test_a_good_stream_passes(stream: Callable[[], Stream]) -> None:
    assert check(stream()) == []


def test_a_preview_stream_needs_no_ends_of_items() -> None:
    def preview(body: Event) -> Event | None:
        if body["type"] == "conversation.item.done":
            return None
        decoded = GA.decode_server(json.dumps(body))
        return json.loads(PREVIEW.encode_server(decoded) or b"")  # type: ignore[arg-type]

    checker = StreamChecker("preview")
    sent = [preview(body) for body in called()]
    found = [
        violation
        for body in sent
        if body is not None
        for violation in checker.apply(PREVIEW.decode_server(json.dumps(body)))
    ]
    assert [body for body in sent if body is None] != []
    assert found + checker.unfinished() == []


def without(stream: Stream, type: str, number: int = 0) -> Stream:
    """The stream without the event of that type."""
    place = [n for n, body in enumerate(stream) if body["type"] == type][number]
    return stream[:place] + stream[place + 1 :]


def changed(stream: Stream, type: str, number: int = 0, /, **fields: Any) -> Stream:
    """The stream with other fields in the event of that type."""
    place = [n for n, body in enumerate(stream) if body["type"] == type][number]
    return [*stream[:place], {**stream[place], **fields}, *stream[place + 1 :]]


def before(stream: Stream, type: str, *events: Event) -> Stream:
    """The stream with more events before the first of that type."""
    place = [body["type"] for body in stream].index(type)
    return [*stream[:place], *events, *stream[place:]]


LATE = of_part("output_audio_transcript.delta", delta="more")
EXPIRED = event("error", error={"message": "over", "code": "session_expired"})
OFF = {"input": {"format": PCM, "turn_detection": None}, "output": {"format": PCM}}
CLEARED = event("input_audio_buffer.cleared")
STOPPED = event("input_audio_buffer.speech_stopped", item_id="u", audio_end_ms=1000)
USER = message("u", "user", type="input_audio")
TRANSCRIPTION = "conversation.item.input_audio_transcription"

BAD = {
    "no beginning": ("session-begin", spoken()[1:]),
    "two beginnings": ("session-begin", [*spoken(), session()]),
    "another session": ("session-same", [session(), session("updated", id="another")]),
    "another end": ("session-same", [session(), session("updated", expires_at=10)]),
    "an event after the end": ("session-end", [session(), EXPIRED, CLEARED]),
    "an event_id twice": ("event-id", [{**session(), "event_id": "event_1"}, CLEARED]),
    "more than the limit": (
        "rate-limits",
        changed(
            spoken(), "rate_limits.updated", rate_limits=[{"name": "t", "limit": 1, "remaining": 2}]
        ),
    ),
    "a response without its end": ("response-end", without(called(), "response.done")),
    "two ends": ("response-end", [*called(), ended("r", CALL)]),
    "an end without a beginning": ("response-begin", [*called(), ended("another")]),
    "two beginnings of a response": ("response-begin", [*called(), begun(), ended()]),
    "two active responses": (
        "one-active",
        before(called(), "response.done", begun("b"), ended("b")),
    ),
    "a response that begins ended": (
        "response-status",
        [session(), begun(status="completed"), ended()],
    ),
    "a response that ends running": (
        "response-status",
        [session(), begun(), ended(status="in_progress")],
    ),
    "a reason of another end": (
        "response-status",
        [session(), begun(), ended(status_details={"type": "cancelled"})],
    ),
    "a response that moves": ("response-same", [session(), begun(), ended(conversation=None)]),
    "a total that is no sum": (
        "usage",
        changed(spoken(), "response.done", **ended("r", SAID, usage=usage(total_tokens=13))),
    ),
    "inputs that are no sum": (
        "usage",
        changed(
            spoken(),
            "response.done",
            **ended("r", SAID, usage=usage(input_tokens=8, output_tokens=4, total_tokens=12)),
        ),
    ),
    "more cached than read": (
        "usage",
        changed(
            spoken(),
            "response.done",
            **ended(
                "r",
                SAID,
                usage=usage(
                    input_token_details={
                        "text_tokens": 7,
                        "cached_tokens": 1,
                        "cached_tokens_details": {"audio_tokens": 1},
                    }
                ),
            ),
        ),
    ),
    "a delta after the end of the response": ("after-done", [*spoken(), LATE]),
    "a delta of no response": (
        "response-begin",
        [*spoken(), of_part("output_text.delta", delta="x", response_id="nobody")],
    ),
    "a delta after the end of its part": (
        "open-part",
        before(spoken(), "response.output_item.done", LATE),
    ),
    "a delta after its words were done": (
        "open-part",
        before(spoken(), "response.content_part.done", LATE),
    ),
    "a delta after its item": (
        "open-item",
        before(spoken(), "response.done", LATE),
    ),
    "a delta of no part": ("open-part", without(spoken(), "response.content_part.added")),
    "text in speech": (
        "open-part",
        before(spoken(), "response.output_audio.done", of_part("output_text.delta", delta="x")),
    ),
    "an item never begun": ("open-item", without(spoken(), "response.output_item.added")),
    "an item never ended": ("open-item", without(spoken(), "response.output_item.done")),
    "a part never ended": ("open-part", without(spoken(), "response.content_part.done")),
    "words never done": ("open-part", without(spoken(), "response.output_audio_transcript.done")),
    "audio never done": ("open-part", without(spoken(), "response.output_audio.done")),
    "a lost delta": ("sum", without(spoken(), "response.output_audio_transcript.delta")),
    "a part that says something else": (
        "sum",
        changed(spoken(), "response.content_part.done", part={"type": "audio", "transcript": "x"}),
    ),
    "an item that says something else": (
        "sum",
        changed(
            spoken(),
            "response.output_item.done",
            item=message("a", type="output_audio", transcript="x"),
        ),
    ),
    "lost arguments": ("sum", without(called(), "response.function_call_arguments.delta")),
    "arguments after their end": (
        "open-item",
        before(called(), "response.output_item.done", of_call("delta", delta="")),
    ),
    "a skipped output_index": (
        "index",
        changed(called(), "response.output_item.added", output_index=1),
    ),
    "a delta elsewhere": (
        "index",
        changed(spoken(), "response.output_audio.delta", output_index=1),
    ),
    "a skipped content_index": (
        "index",
        changed(spoken(), "response.content_part.added", content_index=1),
    ),
    "output that was not made": ("output", changed(called(), "response.done", **ended("r"))),
    "an item at a wrong place": (
        "chain",
        changed(spoken(), "conversation.item.added", 1, previous_item_id=None),
    ),
    "an item after one that is not there": (
        "chain",
        changed(spoken(), "conversation.item.added", 1, previous_item_id="nobody"),
    ),
    "an item ended at a wrong place": (
        "chain",
        changed(spoken(), "conversation.item.done", 1, previous_item_id="nobody"),
    ),
    "an item twice": (
        "chain",
        before(spoken(), "response.created", in_chain("added", USER, "u"), in_chain("done", USER)),
    ),
    "a committed item that never comes": (
        "chain",
        [session(), event("input_audio_buffer.committed", item_id="u")],
    ),
    "another item than was committed": (
        "chain",
        changed(spoken(), "input_audio_buffer.committed", item_id="v"),
    ),
    "a commit after another item than the chain": (
        "chain",
        changed(spoken(), "input_audio_buffer.committed", previous_item_id="v"),
    ),
    "an item that the conversation lacks": ("chain", without(called(), "conversation.item.added")),
    "an item deleted twice": (
        "chain",
        [*spoken(), event("conversation.item.deleted", item_id="u")],
    ),
    "an item shown that is not there": (
        "chain",
        [*spoken(), event("conversation.item.retrieved", item=USER)],
    ),
    "an item that is done before it is there": (
        "item-done",
        [session(), in_chain("done", USER)],
    ),
    "an item that is never done": ("item-done", without(called(), "conversation.item.done")),
    "an item done twice": ("item-done", [*called(), in_chain("done", CALL)]),
    "an item done too early": (
        "item-done",
        changed(called(), "conversation.item.done", item={**CALL, "status": "in_progress"}),
    ),
    "an item of an answer beside the conversation": (
        "out-of-band",
        before(
            aside(),
            "response.done",
            in_chain("added", message("a")),
            in_chain("done", message("a")),
        ),
    ),
    "two starts": (
        "turn",
        before(
            spoken(),
            "input_audio_buffer.speech_stopped",
            event("input_audio_buffer.speech_started", item_id="u", audio_start_ms=200),
        ),
    ),
    "a stop without a start": ("turn", without(spoken(), "input_audio_buffer.speech_started")),
    "a stop of another item": (
        "turn",
        changed(spoken(), "input_audio_buffer.speech_started", item_id="v"),
    ),
    "a stop without a commit": ("turn", [*spoken(), *spoken()[2:4]]),
    "speech cleared after its stop": (
        "turn",
        before(spoken(), "input_audio_buffer.committed", CLEARED),
    ),
    "a commit of another item": (
        "turn",
        [
            session(),
            event(
                "input_audio_buffer.timeout_triggered",
                item_id="v",
                audio_start_ms=0,
                audio_end_ms=0,
            ),
            event("input_audio_buffer.committed", item_id="u", previous_item_id=None),
            in_chain("added", USER),
            in_chain("done", USER),
        ],
    ),
    "a stop before its start": (
        "position",
        changed(spoken(), "input_audio_buffer.speech_stopped", audio_end_ms=99),
    ),
    "a wait backwards": (
        "position",
        [
            session(),
            event(
                "input_audio_buffer.timeout_triggered",
                item_id="u",
                audio_start_ms=2,
                audio_end_ms=1,
            ),
            event("input_audio_buffer.committed", item_id="u", previous_item_id=None),
            in_chain("added", USER),
            in_chain("done", USER),
        ],
    ),
    "speech that was not sent yet": (
        "position",
        changed(spoken(), "input_audio_buffer.speech_stopped", audio_end_ms=1001),
    ),
    "a truncation beyond the end": (
        "position",
        changed(spoken(), "conversation.item.truncated", audio_end_ms=1001),
    ),
    "words of nobody": ("heard", changed(spoken(), f"{TRANSCRIPTION}.delta", item_id="nobody")),
    "words after their end": (
        "heard",
        [*spoken()[:-1], event(f"{TRANSCRIPTION}.failed", item_id="u", content_index=0, error={})],
    ),
    "words of a deleted item": (
        "heard",
        [*spoken(), event(f"{TRANSCRIPTION}.completed", item_id="u", transcript="")],
    ),
    "words that do not add up": (
        "sum",
        changed(spoken(), f"{TRANSCRIPTION}.completed", transcript="Hello"),
    ),
}


@pytest.mark.parametrize("name", BAD)
def test_a_broken_rule_is_told(name: str) -> None:
    rule, stream = BAD[name]
    found = check(stream)
    assert rule in {violation.rule for violation in found}
    for violation in found:
        assert str(violation).endswith(".")
        assert "event_" in str(violation), "the event is named"


GOOD = {
    "a turn may be cleared": [*spoken(), spoken()[2], CLEARED],
    "a turn may go when its detection is switched off": [
        session(),
        event("input_audio_buffer.speech_started", item_id="u", audio_start_ms=0),
        session("updated", audio=OFF),
        session("updated"),
        event("input_audio_buffer.speech_started", item_id="v", audio_start_ms=0),
    ],
    "a client may put its item first": [
        *spoken()[:-1],
        in_chain("added", message("first", "user")),
        in_chain("done", message("first", "user")),
    ],
    "an id may be used again once its item is gone": [
        *spoken(),
        in_chain("added", message("u", "user"), "a"),
        in_chain("done", message("u", "user"), "a"),
    ],
    "an item may be deleted while it is made": before(
        without(called(), "conversation.item.done"),
        "response.output_item.done",
        event("conversation.item.deleted", item_id="f"),
    ),
    "G.711 has 8 bytes a millisecond": before(
        changed(
            spoken(),
            "response.created",
            response={
                "id": "r",
                "status": "in_progress",
                "conversation_id": "conv",
                "audio": {"output": {"format": {"type": "audio/pcmu"}}},
            },
        ),
        "conversation.item.truncated",
        event("conversation.item.truncated", item_id="a", content_index=0, audio_end_ms=6000),
    ),
}


@pytest.mark.parametrize("name", GOOD)
def test_what_is_allowed_passes(name: str) -> None:
    assert check(GOOD[name]) == []


def test_an_unknown_event_is_let_pass_but_for_its_event_id() -> None:
    checker = StreamChecker()
    unknown = GA.decode_server('{"type":"lab.new","event_id":"event_1"}')
    assert [v.rule for v in checker.apply(unknown)] == ["session-begin"]
    assert [v.rule for v in checker.apply(unknown)] == ["event-id"]


def test_one_mistake_is_told_once() -> None:
    found = check(without(spoken(), "response.created"))
    assert [violation.rule for violation in found].count("response-begin") == 2, (
        "at its first event, and at its end"
    )


def test_a_violation_says_what_is_wrong_for_people() -> None:
    (violation,) = check([*called(), of_call("delta", delta="x")])[:1]
    assert str(violation) == (
        "response.function_call_arguments.delta (event_10) comes after response.done (event_9), "
        "the end of response r."
    )


@pytest.mark.parametrize(("name", "dialect"), [("ga_server", GA), ("beta_server", PREVIEW)])
def test_recorded_streams_keep_the_order(name: str, dialect: Any) -> None:
    path = RECORDED / f"{name}.jsonl"
    if not path.is_file():
        pytest.skip("no recorded streams beside the checkout (../shared/reference/examples)")
    checker = StreamChecker(dialect.name)
    found = [
        violation.rule
        for line in path.read_text().splitlines()
        for violation in checker.apply(dialect.decode_server(line))
    ]
    # They are shortened: some responses lack their beginning, some deltas are left out.
    assert set(found) <= {"response-begin", "output", "sum", "position"}
