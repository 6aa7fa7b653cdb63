"""What services send is understood in both dialects, and written back as it came."""

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from realtime_lab.protocol import (
    EIGHT_VOICES,
    GA,
    PREVIEW,
    SERVER_EVENTS,
    Dialect,
    ItemDone,
    OutputAudioDelta,
    ResponseDone,
    ServerVad,
    SessionCreated,
    UnknownEvent,
    dialect_named,
)

from .sdk import judge
from .streams import GA_BODIES, GA_SESSION, PAIRS, PREVIEW_BODIES, PREVIEW_SESSION

EXAMPLES = Path(__file__).parents[3] / "shared" / "reference" / "examples"
EVERY_BODY = [(GA, body) for body in GA_BODIES] + [(PREVIEW, body) for body in PREVIEW_BODIES]


def named(case: Any) -> str:
    dialect, body = case
    return f"{dialect.name}-{body['type']}"


def read(dialect: Dialect, body: dict[str, Any]) -> Any:
    event = dialect.decode_server(json.dumps(body).encode())
    assert not isinstance(event, UnknownEvent), event.problem
    return event


def written(dialect: Dialect, event: Any) -> dict[str, Any]:
    data = dialect.encode_server(event)
    assert data is not None
    return json.loads(data)


@pytest.mark.parametrize("case", EVERY_BODY, ids=named)
def test_an_event_is_written_back_as_it_was_read(case):
    dialect, body = case
    assert written(dialect, read(dialect, body)) == body


@pytest.mark.parametrize("case", EVERY_BODY, ids=named)
def test_the_golden_events_are_what_the_sdk_expects(case):
    dialect, body = case
    judge(dialect.name, json.dumps(body).encode())


@pytest.mark.parametrize("pair", [p for p in PAIRS if all(p)], ids=lambda p: p[0]["type"])
def test_the_same_event_means_the_same_in_both_dialects(pair):
    ga_body, preview_body = pair
    ga, preview = read(GA, ga_body), read(PREVIEW, preview_body)
    assert isinstance(preview, type(ga))
    assert preview.type == ga.type == ga_body["type"]
    assert without_differences(written(GA, preview)) == without_differences(ga_body)
    assert without_differences(written(PREVIEW, ga)) == without_differences(preview_body)


def without_differences(body: dict[str, Any]) -> dict[str, Any]:
    """An event without the fields that only one dialect has."""
    only_one = {"session": ("type", "client_secret"), "response": ("temperature",)}
    return {
        key: {k: v for k, v in value.items() if k not in only_one[key]}
        if key in only_one
        else value
        for key, value in body.items()
    }


def test_the_golden_streams_hold_every_event_of_each_dialect():
    names = {event.type for event in SERVER_EVENTS}
    assert {body["type"] for body in GA_BODIES} == names
    read_from_preview = {read(PREVIEW, body).type for body in PREVIEW_BODIES}
    assert names - read_from_preview == {
        body["type"] for body, preview in PAIRS if preview is None and body is not None
    }


@pytest.mark.parametrize(("file", "dialect"), [("ga_server", GA), ("beta_server", PREVIEW)])
def test_the_recorded_streams_are_understood_and_written_back(file, dialect):
    path = EXAMPLES / f"{file}.jsonl"
    if not path.is_file():
        pytest.skip(f"no recorded stream beside the checkout (../shared/reference/examples/{file})")
    for line in path.read_bytes().splitlines():
        body = json.loads(line)
        assert written(dialect, read(dialect, body)) == body


def test_settings_are_found_where_ga_has_them():
    for dialect, session in ((GA, GA_SESSION), (PREVIEW, PREVIEW_SESSION)):
        event = read(dialect, {"type": "session.created", "event_id": "e", "session": session})
        assert isinstance(event, SessionCreated)
        audio = event.session.audio
        assert audio.output.voice == "alloy"
        assert audio.output.format.type == "audio/pcmu"
        assert isinstance(audio.input.turn_detection, ServerVad)
        assert event.session.output_modalities == ["audio"]


def test_audio_is_bytes_and_base64_on_the_wire():
    event = read(GA, next(b for b in GA_BODIES if b["type"] == OutputAudioDelta.type))
    assert event.delta == b"\x00\x01\x02\x03"


def test_preview_has_no_item_done():
    body = next(b for b in GA_BODIES if b["type"] == ItemDone.type)
    assert PREVIEW.encode_server(read(GA, body)) is None


def test_fields_that_are_not_known_are_ignored():
    event = read(GA, {"type": "input_audio_buffer.cleared", "event_id": "e", "obfuscation": "x"})
    assert event.event_id == "e"


@pytest.mark.parametrize("dialect", [GA, PREVIEW], ids=lambda d: d.name)
def test_an_event_nobody_told_us_of_is_kept(dialect):
    body = {"type": "session.paused", "event_id": "event_9", "item_id": "item_m"}
    event = dialect.decode_server(json.dumps(body).encode())
    assert isinstance(event, UnknownEvent)
    assert (event.type, event.event_id, event.body) == ("session.paused", "event_9", body)
    assert event.problem


@pytest.mark.parametrize("dialect", [GA, PREVIEW], ids=lambda d: d.name)
@pytest.mark.parametrize(
    "data",
    [b"", b"{", b"[]", b"3", b"null", b"\xff\xfe", b'{"a":1}', b'{"type":5}', b'{"type":null}',
     b'{"type":"error"}', b'{"type":"response.done","response":[]}', b'{"type":["error"]}',
     b'{"type":{"a":1},"session":3}', b'{"type":"session.created","session":{"audio":5}}',
     b'{"type":"response.created","response":{"id":"r","status":"odd","output":[4]}}',
     b'{"type":"conversation.item.created","item":{"type":"message","content":[4,{"type":[]}]}}',
     b'{"type":"response.created","response":{"modalities":["audio",3],"status":"x"}}',
     "\ud800".encode("utf-8", "surrogatepass")],
)  # fmt: skip
def test_nothing_a_service_sends_raises(dialect, data):
    event = dialect.decode_server(data)
    assert isinstance(event, UnknownEvent)
    assert event.problem


@pytest.mark.parametrize(
    "session", ['{"voice":{"a":1},"modalities":[1]}', '{"output_audio_format":["pcm16"]}', "[]"]
)
def test_preview_settings_that_make_no_sense_do_not_raise(session):
    event = PREVIEW.decode_server(f'{{"type":"session.created","session":{session}}}')
    assert isinstance(event, UnknownEvent)


def test_a_done_response_that_cannot_be_read_is_still_told_apart():
    body = {"type": "response.done", "event_id": "e", "response": {"id": "r", "status": "exploded"}}
    event = GA.decode_server(json.dumps(body))
    assert isinstance(event, UnknownEvent)
    assert event.type == ResponseDone.type
    assert "exploded" in event.problem


def test_both_dialects_are_found_by_name():
    assert dialect_named("ga") is GA
    assert dialect_named("preview") is PREVIEW
    with pytest.raises(ValueError, match="beta"):
        dialect_named("beta")


def test_every_event_type_is_its_tag():
    for event in SERVER_EVENTS:
        assert event.type == msgspec.inspect.type_info(event).tag


def test_there_are_eight_voices():
    assert len(set(EIGHT_VOICES)) == 8
