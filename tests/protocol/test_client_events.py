"""What a client says is understood in both dialects, and refused in the words of a service."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from realtime_lab.errors import InvalidEvent
from realtime_lab.protocol import (
    CLIENT_EVENTS,
    GA,
    PREVIEW,
    AudioConfig,
    AudioFormat,
    AudioInput,
    AudioOutput,
    ClientEvent,
    ContentPart,
    Dialect,
    FunctionCallOutput,
    InputAudioBufferAppend,
    InputAudioBufferClear,
    InputAudioBufferCommit,
    ItemCreate,
    ItemDelete,
    ItemReference,
    ItemRetrieve,
    ItemTruncate,
    Message,
    NoiseReduction,
    OutputAudioBufferClear,
    ResponseCancel,
    ResponseConfig,
    ResponseCreate,
    SemanticVad,
    ServerVad,
    SessionConfig,
    SessionUpdate,
    TranscriptionConfig,
)

from .sdk import judge
from .streams import TOOL

AUDIO = AudioConfig(
    input=AudioInput(
        format=AudioFormat(type="audio/pcm", rate=24000),
        transcription=TranscriptionConfig(model="whisper-1"),
        noise_reduction=NoiseReduction(type="near_field"),
        turn_detection=ServerVad(threshold=0.6, silence_duration_ms=300),
    ),
    output=AudioOutput(format=AudioFormat(type="audio/pcma"), voice="sage", speed=1.25),
)
SETTINGS: dict[str, Any] = {
    "output_modalities": ["audio"],
    "instructions": "Be brief.",
    "audio": AUDIO,
    "tools": [TOOL],
    "tool_choice": "auto",
    "max_output_tokens": 100,
}
ANSWER = Message(role="assistant", content=[ContentPart(type="output_text", text="Hi.")])
ASKED = ResponseConfig(
    conversation="none",
    input=[ANSWER],
    instructions="Be loud.",
    output_modalities=["text"],
    audio=AudioConfig(output=AudioOutput(voice="echo")),
    tools=[],
    tool_choice="none",
    max_output_tokens="inf",
    metadata={"topic": "noise"},
)
EVENTS: list[ClientEvent] = [
    InputAudioBufferAppend(audio=b"\x00\x01" * 10, event_id="e"),
    InputAudioBufferCommit(event_id="e"),
    InputAudioBufferClear(),
    ItemCreate(item=ANSWER, previous_item_id="root"),
    ItemCreate(item=FunctionCallOutput(call_id="call_1", output="{}")),
    ItemRetrieve(item_id="item_1"),
    ItemTruncate(item_id="item_1", content_index=0, audio_end_ms=1500),
    ItemDelete(item_id="item_1"),
    ResponseCreate(event_id="e"),
    ResponseCreate(response=ASKED),
    ResponseCancel(response_id="resp_1"),
    OutputAudioBufferClear(),
]
# Documented by the service, and not in the SDK's GA types.
REFERENCE = ResponseCreate(response=ResponseConfig(input=[ItemReference(id="item_1")]))
UPDATES: dict[str, ClientEvent] = {
    "ga": SessionUpdate(session=SessionConfig(type="realtime", **SETTINGS), event_id="e"),
    "preview": SessionUpdate(session=SessionConfig(temperature=0.9, **SETTINGS), event_id="e"),
}
BOTH = [GA, PREVIEW]
both_dialects = pytest.mark.parametrize("dialect", BOTH, ids=lambda d: d.name)


def refusal(dialect: Dialect, body: Any) -> InvalidEvent:
    with pytest.raises(InvalidEvent) as refused:
        dialect.decode_client(json.dumps(body))
    return refused.value


def refused(dialect: Dialect, body: Any) -> tuple[str | None, str | None]:
    error = refusal(dialect, body)
    return error.code, error.param


@both_dialects
@pytest.mark.parametrize(
    "event", [*EVENTS, REFERENCE, UPDATES], ids=lambda e: getattr(e, "type", "update")
)
def test_an_event_is_read_as_it_was_written(dialect, event):
    event = event[dialect.name] if event is UPDATES else event
    data = dialect.encode_client(event)
    assert dialect.decode_client(data) == event
    assert dialect.decode_client(data.decode()) == event


@both_dialects
@pytest.mark.parametrize("event", [*EVENTS, UPDATES], ids=lambda e: getattr(e, "type", "update"))
def test_what_we_write_is_what_the_sdk_would_send(dialect, event):
    judge(dialect.name, dialect.encode_client(event[dialect.name] if event is UPDATES else event),
          side="Client")  # fmt: skip


def test_every_client_event_is_tried_here():
    assert {e.type for e in [*EVENTS, UPDATES["ga"]]} == {e.type for e in CLIENT_EVENTS}


def test_preview_settings_on_the_wire():
    session = json.loads(PREVIEW.encode_client(UPDATES["preview"]))["session"]
    assert session == {
        "instructions": "Be brief.", "tools": [TOOL], "tool_choice": "auto",
        "modalities": ["audio", "text"], "voice": "sage", "speed": 1.25,
        "input_audio_format": "pcm16", "output_audio_format": "g711_alaw",
        "input_audio_transcription": {"model": "whisper-1"},
        "input_audio_noise_reduction": {"type": "near_field"},
        "turn_detection": {
            "type": "server_vad", "threshold": 0.6, "silence_duration_ms": 300,
        },
        "max_response_output_tokens": 100, "temperature": 0.9,
    }  # fmt: skip


def test_preview_does_not_send_what_only_ga_has():
    settings = SessionConfig(type="realtime", id="sess_1", truncation="auto", instructions="Hi")
    session = json.loads(PREVIEW.encode_client(SessionUpdate(session=settings)))["session"]
    assert session == {"instructions": "Hi"}


def test_only_what_is_given_is_changed_and_null_is_not_absence():
    event = GA.decode_client(
        '{"type":"session.update","session":{"type":"realtime",'
        '"audio":{"input":{"turn_detection":null}}}}'
    )
    assert isinstance(event, SessionUpdate)
    assert event.session.audio and event.session.audio.input
    assert event.session.audio.input.turn_detection is None
    assert not event.session.audio.input.transcription
    assert event.session.audio.input.transcription is not None


def test_preview_turn_detection_none_means_manual_turns():
    event = PREVIEW.decode_client(
        '{"type":"session.update","session":{"turn_detection":{"type":"none"}}}'
    )
    assert isinstance(event, SessionUpdate)
    assert event.session == SessionConfig(audio=AudioConfig(input=AudioInput(turn_detection=None)))


TRANSCRIBE = SessionConfig(
    type="transcription",
    include=["item.input_audio_transcription.logprobs"],
    audio=AudioConfig(input=AudioInput(transcription=TranscriptionConfig(model="whisper-1"))),
)


def test_the_preview_has_an_event_of_its_own_for_transcription_sessions():
    event = SessionUpdate(session=TRANSCRIBE, event_id="e")
    data = PREVIEW.encode_client(event)
    assert json.loads(data) == {
        "type": "transcription_session.update",
        "event_id": "e",
        "session": {
            "input_audio_transcription": {"model": "whisper-1"},
            "include": ["item.input_audio_transcription.logprobs"],
        },
    }
    judge("preview", data, side="Client")
    assert PREVIEW.decode_client(data) == event
    assert json.loads(GA.encode_client(event))["type"] == "session.update"


def test_only_the_preview_knows_that_event():
    body = {"type": "transcription_session.update", "session": {"modalities": ["text"]}}
    assert isinstance(PREVIEW.decode_client(json.dumps(body)), SessionUpdate)
    assert refused(GA, body) == ("invalid_value", "type")


@pytest.mark.parametrize("name", ["instructions", "voice", "id", "client_secret", "model"])
def test_a_transcription_session_has_fewer_settings(name):
    body = {"type": "transcription_session.update", "session": {name: "x"}}
    assert refused(PREVIEW, body) == ("unknown_parameter", f"session.{name}")


def test_semantic_turn_detection_is_told_apart():
    event = GA.decode_client(
        '{"type":"session.update","session":{"type":"realtime","audio":{"input":'
        '{"turn_detection":{"type":"semantic_vad","eagerness":"low"}}}}}'
    )
    assert isinstance(event, SessionUpdate)
    assert event.session.audio and event.session.audio.input
    assert event.session.audio.input.turn_detection == SemanticVad(eagerness="low")


@both_dialects
@pytest.mark.parametrize("data", ["", "{", "[]", "7", "null", b"\xff", "{}", '{"event_id":"e"}'])
def test_what_is_no_event_is_an_invalid_event(dialect, data):
    with pytest.raises(InvalidEvent) as refused:
        dialect.decode_client(data)
    assert refused.value.code == "invalid_event"
    assert refused.value.type == "invalid_request_error"


@both_dialects
def test_an_unknown_type_is_answered_with_the_known_ones(dialect):
    error = refusal(dialect, {"type": "session.updat", "event_id": "e"})
    assert (error.code, error.param, error.event_id) == ("invalid_value", "type", "e")
    for kind in CLIENT_EVENTS:
        assert f"'{kind.type}'" in error.message


def ga_update(**session: Any) -> dict[str, Any]:
    return {"type": "session.update", "event_id": "e", "session": {"type": "realtime", **session}}


def preview_update(**session: Any) -> dict[str, Any]:
    return {"type": "session.update", "event_id": "e", "session": session}


def heard(**fields: Any) -> dict[str, Any]:
    return ga_update(audio={"input": fields})


def spoken(**fields: Any) -> dict[str, Any]:
    return ga_update(audio={"output": fields})


UNKNOWN, MISSING, VALUE = "unknown_parameter", "missing_required_parameter", "invalid_value"


@pytest.mark.parametrize(
    ("dialect", "body", "code", "param"),
    [
        (GA, preview_update(), MISSING, "session.type"),
        (GA, preview_update(modalities=["text"]), MISSING, "session.type"),
        (GA, ga_update(voice="alloy"), UNKNOWN, "session.voice"),
        (GA, ga_update(temperature=0.8), UNKNOWN, "session.temperature"),
        (GA, ga_update(temperature=9), UNKNOWN, "session.temperature"),
        (GA, ga_update(id="sess_1"), UNKNOWN, "session.id"),
        (GA, ga_update(client_secret={}), UNKNOWN, "session.client_secret"),
        (GA, heard(foo=1), UNKNOWN, "session.audio.input.foo"),
        (GA, ga_update(output_modalities=["audio", "text"]), VALUE, "session.output_modalities"),
        (GA, ga_update(output_modalities=["video"]), VALUE, "session.output_modalities[0]"),
        (GA, ga_update(max_output_tokens=5000), "integer_above_max_value",
         "session.max_output_tokens"),
        (GA, ga_update(max_output_tokens="many"), VALUE, "session.max_output_tokens"),
        (GA, ga_update(instructions=5), "invalid_type", "session.instructions"),
        (GA, spoken(speed=2), "decimal_above_max_value", "session.audio.output.speed"),
        (GA, heard(turn_detection={"type": "server_vad", "threshold": -1}),
         "decimal_below_min_value", "session.audio.input.turn_detection.threshold"),
        (GA, heard(turn_detection={"type": "vad"}), VALUE,
         "session.audio.input.turn_detection.type"),
        (GA, heard(turn_detection={"type": "semantic_vad", "threshold": 0.5}), UNKNOWN,
         "session.audio.input.turn_detection.threshold"),
        (GA, heard(turn_detection={}), MISSING, "session.audio.input.turn_detection.type"),
        (GA, {"type": "session.update"}, MISSING, "session"),
        (GA, {"type": "response.create", "response": {"temperature": 1}}, UNKNOWN,
         "response.temperature"),
        (GA, {"type": "response.create", "response": {"modalities": ["text"]}}, UNKNOWN,
         "response.modalities"),
        (PREVIEW, preview_update(type="realtime"), UNKNOWN, "session.type"),
        (PREVIEW, preview_update(output_modalities=["text"]), UNKNOWN,
         "session.output_modalities"),
        (PREVIEW, preview_update(audio={}), UNKNOWN, "session.audio"),
        (PREVIEW, preview_update(tracing="auto"), UNKNOWN, "session.tracing"),
        (PREVIEW, preview_update(expires_at=1), UNKNOWN, "session.expires_at"),
        (PREVIEW, preview_update(voice=5), "invalid_type", "session.voice"),
        (PREVIEW, preview_update(temperature=0.1), "decimal_below_min_value",
         "session.temperature"),
        (PREVIEW, preview_update(max_response_output_tokens=0), "integer_below_min_value",
         "session.max_response_output_tokens"),
        (PREVIEW, preview_update(modalities=["audio"]), VALUE, "session.modalities"),
        (PREVIEW, preview_update(modalities=["video"]), VALUE, "session.modalities[0]"),
        (PREVIEW, preview_update(modalities=[1, "text"]), "invalid_type", "session.modalities[0]"),
        (PREVIEW, preview_update(input_audio_format="mp3"), VALUE, "session.input_audio_format"),
        (PREVIEW, preview_update(output_audio_format=["pcm16"]), VALUE,
         "session.output_audio_format"),
        (PREVIEW, preview_update(turn_detection={"type": "server_vad", "threshold": 2}),
         "decimal_above_max_value", "session.turn_detection.threshold"),
        (PREVIEW, preview_update(input_audio_transcription={"enabled": True}), UNKNOWN,
         "session.input_audio_transcription.enabled"),
        (PREVIEW, {"type": "response.create", "response": {"max_output_tokens": 5}}, UNKNOWN,
         "response.max_output_tokens"),
        (PREVIEW, {"type": "response.create", "response": {"temperature": 1.3}},
         "decimal_above_max_value", "response.temperature"),
        (PREVIEW, {"type": "transcription_session.update",
                   "session": {"turn_detection": {"type": "server_vad", "threshold": 2}}},
         "decimal_above_max_value", "session.turn_detection.threshold"),
        (PREVIEW, {"type": "response.create", "response": {"modalities": ["audio"]}}, VALUE,
         "response.modalities"),
    ],
)  # fmt: skip
def test_settings_are_refused_with_code_and_path_in_the_dialects_words(dialect, body, code, param):
    error = refusal(dialect, body)
    assert (error.code, error.param) == (code, param)
    assert error.event_id == body.get("event_id")
    assert param in error.message or code == VALUE


@both_dialects
@pytest.mark.parametrize(
    ("body", "code", "param"),
    [
        ({"type": "input_audio_buffer.append"}, MISSING, "audio"),
        ({"type": "input_audio_buffer.append", "audio": "!!"}, VALUE, "audio"),
        ({"type": "input_audio_buffer.append", "audio": 5}, "invalid_type", "audio"),
        ({"type": "input_audio_buffer.commit", "now": True}, UNKNOWN, "now"),
        ({"type": "conversation.item.truncate", "item_id": "i"}, MISSING, "content_index"),
        ({"type": "conversation.item.truncate", "item_id": "i", "content_index": "0"},
         "invalid_type", "content_index"),
        ({"type": "conversation.item.create", "item": {}}, MISSING, "item.type"),
        ({"type": "conversation.item.create", "item": {"type": "poem"}}, VALUE, "item.type"),
        ({"type": "conversation.item.create", "item": {"type": "message", "role": "robot"}},
         VALUE, "item.role"),
        ({"type": "conversation.item.create", "item": {"type": "message", "role": "user",
          "content": [{"text": "x"}]}}, MISSING, "item.content[0].type"),
        ({"type": "conversation.item.create", "item": {"type": "message", "role": "user",
          "content": [{"type": "input_text", "text": "x"}, {"type": "input_text", "text": 5}]}},
         "invalid_type", "item.content[1].text"),
        ({"type": "conversation.item.create", "item": {"type": "message", "role": "user",
          "content": [{"type": "input_text", "text": "x", "bold": True}]}},
         UNKNOWN, "item.content[0].bold"),
        ({"type": "response.create", "response": {"conversation": "x"}}, VALUE,
         "response.conversation"),
        ({"type": "response.create", "response": {"metadata": {"a": 1}}}, "invalid_type",
         "response.metadata"),
    ],
)  # fmt: skip
def test_requests_are_refused_with_code_and_path(dialect, body, code, param):
    assert refused(dialect, body) == (code, param)


@pytest.mark.parametrize(
    ("dialect", "body", "sentence"),
    [
        (GA, heard(turn_detection={"type": "vad"}),
         "Invalid value: 'vad'. Supported values are: 'server_vad' and 'semantic_vad'."),
        (GA, ga_update(output_modalities=["video"]),
         "Invalid value: 'video'. Supported values are: 'audio' and 'text'."),
        (GA, {"type": "conversation.item.create", "item": {"type": "message", "role": "robot"}},
         "Invalid value: 'robot'. Supported values are: 'assistant', 'system' and 'user'."),
        (PREVIEW, preview_update(input_audio_format="mp3"),
         "Invalid value: 'mp3'. Supported values are: 'pcm16', 'g711_ulaw' and 'g711_alaw'."),
        (GA, preview_update(), "Missing required parameter: 'session.type'."),
        (PREVIEW, preview_update(type="realtime"), "Unknown parameter: 'session.type'."),
        (GA, {"type": "input_audio_buffer.append", "audio": "!!"},
         "Invalid 'audio'. Expected base64-encoded audio bytes (mono PCM16 at 24kHz) but got an "
         "invalid value."),
        (GA, {"type": "input_audio_buffer.append", "audio": 5},
         "Invalid type for 'audio': expected a base64 string, but got an integer instead."),
    ],
)  # fmt: skip
def test_refusals_are_worded_as_the_service_words_them(dialect, body, sentence):
    assert refusal(dialect, body).message == sentence


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5000)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.sampled_from(["audio", "text", "message", "server_vad", "pcm16", "inf", "", "AAA="]),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(
        st.sampled_from(
            ["type", "session", "modalities", "voice", "turn_detection", "audio", "output",
             "input", "content", "item", "role", "tools", "output_audio_format", "metadata"]
        ),
        inner,
        max_size=4,
    ),
    max_leaves=12,
)  # fmt: skip


@given(
    body=st.fixed_dictionaries(
        {"type": st.sampled_from([e.type for e in CLIENT_EVENTS])},
        optional=dict.fromkeys(("session", "item", "response", "audio"), json_values),
    )
)
def test_nothing_a_client_sends_raises_anything_but_a_refusal(body):
    for dialect in BOTH:
        try:
            event = dialect.decode_client(json.dumps(body))
        except InvalidEvent as error:
            assert error.code
            assert error.message
        else:
            assert event.type == body["type"]


@given(
    body=st.fixed_dictionaries(
        {
            "type": st.sampled_from(
                ["session.created", "response.done", "conversation.item.created"]
            )
        },
        optional=dict.fromkeys(("session", "item", "response"), json_values),
    )
)
def test_nothing_a_server_sends_raises(body):
    for dialect in BOTH:
        assert dialect.decode_server(json.dumps(body)).type == body["type"] or (
            body["type"] == "conversation.item.created"
        )
