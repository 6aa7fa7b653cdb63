"""What the server refuses, in the words of the service."""

from __future__ import annotations

import asyncio
import base64
from typing import Any

import pytest

from realtime_lab.engine import SpeechChunk
from tests.scripted import ScriptedEngine, silence, tone
from tests.server.client import PATHS, Client, Event, converse
from tests.server.test_flows import MANUAL, gated
from tests.servers import RunningServer


def refusals(
    server: RunningServer, dialect: str, *messages: dict[str, Any], after: Any = None
) -> list[Event]:
    """The errors that these messages get, one each, after the script ``after``."""
    errors = []

    async def script(client: Client) -> None:
        if after is not None:
            await after(client)
        for message in messages:
            await client.send(**message)
            errors.append(await client.refusal())

    converse(server, script, dialect)
    return errors


async def spoken(client: Client) -> Event:
    """Let the model speak; the item it made."""
    await client.send("response.create")
    done = await client.last("response.done")
    await client.until("rate_limits.updated")
    return done["response"]["output"][0]


@pytest.mark.shows("errors")
def test_an_error_names_the_event_that_caused_it(server: RunningServer, dialect: str):
    (error,) = refusals(server, dialect, {"type": "response.cancel", "event_id": "mine"})
    assert error == {
        "type": "invalid_request_error",
        "code": "response_cancel_not_active",
        "message": "Cancellation failed: no active response found",
        "param": None,
        "event_id": "mine",
    }


@pytest.mark.parametrize(
    ("text", "code"),
    [("{", "invalid_event"), ("[]", "invalid_event"), ('{"x": 1}', "invalid_event")],
)
def test_what_is_no_event_is_refused_and_the_session_lives(
    server: RunningServer, dialect: str, text: str, code: str
):
    async def script(client: Client) -> None:
        await client.socket.send(text)
        assert (await client.refusal())["code"] == code
        await client.send("input_audio_buffer.clear")
        await client.until("input_audio_buffer.cleared")

    converse(server, script, dialect)


def test_a_second_response_is_refused(server: RunningServer, engine: ScriptedEngine, dialect: str):
    gated(engine, server, "Once upon a time. ", "The end.")

    async def script(client: Client) -> None:
        await client.send("response.create")
        response = (await client.last("response.created"))["response"]
        await client.send("response.create", event_id="second")
        error = await client.refusal()
        assert error["code"] == "conversation_already_has_active_response"
        assert response["id"] in error["message"]
        assert error["event_id"] == "second"

    converse(server, script, dialect)


@pytest.mark.parametrize(("ms", "told"), [(0, "0.00ms"), (80, "80.00ms")])
@pytest.mark.shows("manual")
def test_too_little_audio_cannot_be_committed(
    server: RunningServer, dialect: str, ms: int, told: str
):
    async def script(client: Client) -> None:
        await client.update(**MANUAL[dialect])
        if ms:
            await client.append(tone(ms))
        await client.send("input_audio_buffer.commit")
        error = await client.refusal()
        assert error["code"] == "input_audio_buffer_commit_empty"
        assert error["message"] == (
            "Error committing input audio buffer: buffer too small. Expected at least 100ms of "
            f"audio, but buffer only has {told} of audio."
        )

    converse(server, script, dialect)


def test_a_turn_that_the_server_committed_cannot_be_committed_again(
    server: RunningServer, dialect: str
):
    async def script(client: Client) -> None:
        await client.append(tone(400) + silence(240))
        await client.until("response.done")
        await client.send("input_audio_buffer.commit")
        assert (await client.refusal())["code"] == "input_audio_buffer_commit_empty"

    converse(server, script, dialect)


def test_the_least_telephone_audio_that_can_be_committed(server: RunningServer):
    format = {"audio": {"input": {"format": {"type": "audio/pcmu"}, "turn_detection": None}}}

    async def script(client: Client) -> None:
        await client.update(**format)
        await client.append(b"\x00" * 800)
        await client.send("input_audio_buffer.commit")
        await client.until("input_audio_buffer.committed")

    converse(server, script)


@pytest.mark.shows("manual")
def test_cleared_audio_is_gone(server: RunningServer, dialect: str):
    async def script(client: Client) -> None:
        await client.update(**MANUAL[dialect])
        await client.append(tone(400))
        await client.send("input_audio_buffer.clear")
        await client.until("input_audio_buffer.cleared")
        await client.send("input_audio_buffer.commit")
        assert (await client.refusal())["code"] == "input_audio_buffer_commit_empty"

    converse(server, script, dialect)


GONE = "does not exist."


@pytest.mark.parametrize(
    ("message", "code"),
    [
        (
            {"type": "conversation.item.delete", "item_id": "item_x"},
            "item_delete_invalid_item_id",
        ),
        (
            {"type": "conversation.item.retrieve", "item_id": "item_x"},
            "item_retrieve_invalid_item_id",
        ),
        (
            {
                "type": "conversation.item.truncate",
                "item_id": "item_x",
                "content_index": 0,
                "audio_end_ms": 100,
            },
            "item_truncate_invalid_item_id",
        ),
        (
            {
                "type": "conversation.item.create",
                "previous_item_id": "item_x",
                "item": {
                    "type": "message",
                    "role": "user",
                    "content": [{"type": "input_text", "text": "hi"}],
                },
            },
            "item_create_invalid_previous_item_id",
        ),
    ],
)
@pytest.mark.shows("errors")
def test_an_item_that_is_not_there(
    server: RunningServer, dialect: str, message: dict[str, Any], code: str
):
    (error,) = refusals(server, dialect, message)
    assert error["code"] == code
    assert "'item_x'" in error["message"]
    assert error["message"].endswith(GONE)


def test_an_id_can_be_used_once(server: RunningServer, dialect: str):
    item = {
        "id": "mine",
        "type": "message",
        "role": "user",
        "content": [{"type": "input_text", "text": "hi"}],
    }
    message = {"type": "conversation.item.create", "item": item}

    async def once(client: Client) -> None:
        await client.send(**message)
        await client.until("conversation.item.added")

    (error,) = refusals(server, dialect, message, after=once)
    assert error["code"] == "item_create_duplicate_item_id"


def test_a_client_cannot_create_speech_of_the_model(server: RunningServer, dialect: str):
    kind, text = ("output_audio", "output_text") if dialect == "ga" else ("audio", "text")
    item = {
        "type": "message",
        "role": "assistant",
        "content": [{"type": kind, "transcript": "hi"}],
    }
    (error,) = refusals(server, dialect, {"type": "conversation.item.create", "item": item})
    assert error["code"] == "invalid_value"
    assert error["message"] == f"Invalid value: '{kind}'. Supported values are: '{text}'."
    assert error["param"] == "item.content[0].type"


def test_only_speech_of_the_model_can_be_truncated(server: RunningServer, dialect: str):
    async def script(client: Client) -> None:
        await client.say("hello")
        item = (await client.last("conversation.item.added"))["item"]
        await client.send(
            "conversation.item.truncate", item_id=item["id"], content_index=0, audio_end_ms=100
        )
        error = await client.refusal()
        assert error["message"] == "Only model output audio messages can be truncated"

    converse(server, script, dialect)


@pytest.mark.shows("truncate")
def test_speech_cannot_be_truncated_beyond_its_end(server: RunningServer, dialect: str):
    async def script(client: Client) -> None:
        item = await spoken(client)
        await client.send(
            "conversation.item.truncate", item_id=item["id"], content_index=0, audio_end_ms=301
        )
        error = await client.refusal()
        assert error["code"] == "invalid_value"
        assert error["message"] == "Audio content of 300ms is already shorter than 301ms"

    converse(server, script, dialect)


@pytest.mark.parametrize("format", ["pcm16", "g711_ulaw"])
def test_interrupted_speech_cannot_be_truncated_beyond_what_was_sent(
    server: RunningServer, engine: ScriptedEngine, format: str
):
    async def one_long_chunk(text: str, voice: str, *, speed: float = 1.0) -> Any:
        yield SpeechChunk(tone(2000), text)

    engine.synthesizer.speak = one_long_chunk  # type: ignore[method-assign]

    async def script(client: Client) -> None:
        await client.update(output_audio_format=format)
        # In a time of its own the user interrupts after a certain amount of speech.
        await client.append(tone(300) + silence(500) + tone(400))
        events = await client.until("response.done")
        deltas = [event for event in events if event["type"] == "response.audio.delta"]
        audio = b"".join(base64.b64decode(delta["delta"]) for delta in deltas)
        sent_ms = len(audio) // (48 if format == "pcm16" else 8)
        assert 0 < sent_ms < 2000
        item = {"item_id": deltas[0]["item_id"], "content_index": 0}
        await client.send("conversation.item.truncate", **item, audio_end_ms=sent_ms + 1)
        assert (await client.refusal())["code"] == "invalid_value"
        await client.send("conversation.item.truncate", **item, audio_end_ms=sent_ms)
        await client.until("conversation.item.truncated")

    converse(server, script, "preview", PATHS["preview"] + "&lab_seed=1")


GOOD = {"ga": {"instructions": "Be brief.", "type": "realtime"}, "preview": {"instructions": "x"}}


@pytest.mark.parametrize(
    ("dialect", "session", "code", "param"),
    [
        ("ga", {"instructions": "x"}, "missing_required_parameter", "session.type"),
        ("ga", {"type": "realtime", "voice": "ash"}, "unknown_parameter", "session.voice"),
        (
            "ga",
            {"type": "realtime", "audio": {"output": {"voice": "nobody"}}},
            "invalid_value",
            "session.audio.output.voice",
        ),
        (
            "ga",
            {"type": "realtime", "audio": {"output": {"speed": 9}}},
            "decimal_above_max_value",
            "session.audio.output.speed",
        ),
        (
            "ga",
            {"type": "realtime", "output_modalities": ["audio", "text"]},
            "invalid_value",
            "session.output_modalities",
        ),
        (
            "ga",
            {"type": "realtime", "tools": [{"type": "function", "function": {"name": "f"}}]},
            "missing_required_parameter",
            "session.tools[0].name",
        ),
        (
            "ga",
            {"type": "realtime", "audio": {"input": {"format": {"type": "audio/pcm", "rate": 1}}}},
            "invalid_value",
            "session.audio.input.format.rate",
        ),
        ("ga", {"type": "transcription"}, "invalid_parameter", "session.type"),
        ("preview", {"type": "realtime"}, "unknown_parameter", "session.type"),
        ("preview", {"voice": "nobody"}, "invalid_value", "session.voice"),
        ("preview", {"modalities": ["audio"]}, "invalid_value", "session.modalities"),
        ("preview", {"temperature": 2}, "decimal_above_max_value", "session.temperature"),
    ],
)
@pytest.mark.shows("update")
def test_one_bad_setting_refuses_the_whole_update(
    server: RunningServer, dialect: str, session: dict[str, Any], code: str, param: str
):
    async def script(client: Client) -> None:
        await client.send(
            "session.update", event_id="bad", session={**session, "instructions": "Be mean."}
        )
        error = await client.refusal()
        assert (error["code"], error["param"], error["event_id"]) == (code, param, "bad")
        await client.send("session.update", session={**GOOD[dialect], "instructions": "Be kind."})
        updated = await client.last("session.updated")
        assert updated["session"]["instructions"] == "Be kind."

    events = converse(server, script, dialect)
    assert [event["type"] for event in events] == ["error", "session.updated"]


@pytest.mark.shows("voice")
def test_the_voice_stays_once_the_model_has_spoken(server: RunningServer, dialect: str):
    def voice(name: str) -> dict[str, Any]:
        return {"audio": {"output": {"voice": name}}} if dialect == "ga" else {"voice": name}

    async def script(client: Client) -> None:
        await client.update(**voice("echo"))
        await client.until("session.updated")
        await spoken(client)
        await client.update(**voice("ash"), instructions="lost")
        error = await client.refusal()
        assert error["code"] == "cannot_update_voice"
        assert error["message"] == (
            "Cannot update a conversation's voice if assistant audio is present."
        )
        await client.update(**voice("echo"), instructions="kept")
        shown = (await client.last("session.updated"))["session"]
        assert shown["instructions"] == "kept"

    converse(server, script, dialect)


@pytest.mark.shows("update")
def test_settings_merge(server: RunningServer):
    async def script(client: Client) -> None:
        await client.update(
            audio={"input": {"turn_detection": {"type": "server_vad", "threshold": 0.7}}}
        )
        await client.update(audio={"input": {"transcription": {"model": "whisper-1"}}})
        await client.update(
            audio={"input": {"turn_detection": {"type": "server_vad", "silence_duration_ms": 700}}}
        )
        await client.update(audio={"output": {"voice": "ash"}}, model="another")
        for _ in range(4):
            shown = (await client.last("session.updated"))["session"]
        detection = shown["audio"]["input"]["turn_detection"]
        assert (detection["threshold"], detection["silence_duration_ms"]) == (0.7, 700)
        assert detection["prefix_padding_ms"] == 300
        assert shown["audio"]["input"]["transcription"] == {"model": "whisper-1"}
        assert shown["audio"]["output"]["voice"] == "ash"
        assert shown["audio"]["output"]["speed"] == 1.0
        assert shown["model"] == "gpt-realtime", "a session keeps its model"
        await client.update(audio={"input": {"turn_detection": None, "transcription": None}})
        shown = (await client.last("session.updated"))["session"]
        assert shown["audio"]["input"]["turn_detection"] is None
        assert shown["audio"]["input"]["transcription"] is None

    converse(server, script)


@pytest.mark.parametrize(
    ("response", "code", "param"),
    [
        ({"metadata": {str(n): "" for n in range(17)}}, "object_above_max_properties", None),
        ({"metadata": {"k" * 65: ""}}, "string_above_max_length", None),
        ({"metadata": {"k": "v" * 513}}, "string_above_max_length", None),
        ({"tool_choice": {"type": "function", "name": "f"}}, "invalid_value", None),
        ({"tool_choice": "maybe"}, "invalid_value", None),
        ({"input": [{"type": "item_reference", "id": "item_x"}]}, "invalid_value", None),
        ({"conversation": "other"}, "invalid_value", "response.conversation"),
        ({"nonsense": 1}, "unknown_parameter", "response.nonsense"),
        ({"response_format": {}}, "unknown_parameter", "response.response_format"),
        ({"include": []}, "unknown_parameter", "response.include"),
        ({"commit": True}, "unknown_parameter", "response.commit"),
        ({"tools": [{"name": "f"}]}, "missing_required_parameter", "response.tools[0].type"),
        ({"tool_choice": {"type": "mcp"}}, "missing_required_parameter", None),
        ({"tool_choice": {"type": "tool"}}, "invalid_value", "response.tool_choice.type"),
    ],
)
@pytest.mark.shows("overrides")
def test_a_response_that_cannot_be(
    server: RunningServer, dialect: str, response: dict[str, Any], code: str, param: str | None
):
    (error,) = refusals(server, dialect, {"type": "response.create", "response": response})
    assert error["code"] == code
    if param:
        assert error["param"] == param


@pytest.mark.parametrize(
    ("response", "code", "param"),
    [
        ({"audio": {"input": {}}}, "unknown_parameter", "response.audio.input"),
        (
            {"audio": {"output": {"speed": 1.1}}},
            "unknown_parameter",
            "response.audio.output.speed",
        ),
        (
            {"audio": {"output": {"format": {"type": "audio/pcm", "rate": 8000}}}},
            "invalid_value",
            "response.audio.output.format.rate",
        ),
        ({"audio": {"output": {"voice": "nova"}}}, "invalid_value", "response.audio.output.voice"),
        ({"prompt": {}}, "missing_required_parameter", "response.prompt.id"),
        ({"reasoning": {"effort": "much"}}, "invalid_value", "response.reasoning.effort"),
        ({"max_output_tokens": 0}, "integer_below_min_value", "response.max_output_tokens"),
    ],
)
def test_a_ga_response_that_cannot_be(
    server: RunningServer, response: dict[str, Any], code: str, param: str
):
    (error,) = refusals(server, "ga", {"type": "response.create", "response": response})
    assert (error["code"], error["param"]) == (code, param)


FUNCTION = {"type": "function", "name": "f"}


@pytest.mark.parametrize(
    ("tool", "code", "param"),
    [
        ({"name": "f"}, "missing_required_parameter", "session.tools[0].type"),
        ({"type": "function"}, "missing_required_parameter", "session.tools[0].name"),
        ({**FUNCTION, "name": "a b"}, "invalid_value", "session.tools[0].name"),
        ({**FUNCTION, "name": "f" * 65}, "invalid_value", "session.tools[0].name"),
        ({**FUNCTION, "strict": True}, "unknown_parameter", "session.tools[0].strict"),
        ({**FUNCTION, "parameters": "x"}, "invalid_type", "session.tools[0].parameters"),
        (
            {**FUNCTION, "parameters": {"type": "string"}},
            "invalid_function_parameters",
            "session.tools[0].parameters",
        ),
        ({"type": "retrieval"}, "invalid_value", "session.tools[0].type"),
    ],
)
def test_a_tool_that_cannot_be(
    server: RunningServer, dialect: str, tool: dict[str, Any], code: str, param: str
):
    async def script(client: Client) -> None:
        await client.update(tools=[tool])
        error = await client.refusal()
        assert (error["code"], error["param"]) == (code, param)

    converse(server, script, dialect)


def test_settings_are_cleared(server: RunningServer, dialect: str):
    async def script(client: Client) -> None:
        await client.update(tools=[FUNCTION], instructions="Be brief.")
        await client.update(tools=[], instructions="")
        await client.until("session.updated")
        shown = (await client.last("session.updated"))["session"]
        assert (shown["tools"], shown["instructions"]) == ([], "")

    converse(server, script, dialect)


def test_tracing_stays_as_it_was_enabled(server: RunningServer):
    async def script(client: Client) -> None:
        await client.update(tracing={"workflow_name": "one"})
        await client.until("session.updated")
        await client.update(tracing={"workflow_name": "one"}, instructions="x")
        await client.until("session.updated")
        await client.update(tracing="auto")
        assert (await client.refusal())["param"] == "session.tracing"
        await client.update(tracing=None)
        assert (await client.last("session.updated"))["session"]["tracing"] is None
        await client.update(tracing="auto")
        assert (await client.last("session.updated"))["session"]["tracing"] == "auto"

    converse(server, script)


@pytest.mark.parametrize("audio_end_ms", [0, -1])
def test_nothing_of_an_item_cannot_be_kept(server: RunningServer, dialect: str, audio_end_ms: int):
    async def script(client: Client) -> None:
        item = await spoken(client)
        await client.send(
            "conversation.item.truncate",
            item_id=item["id"],
            content_index=0,
            audio_end_ms=audio_end_ms,
        )
        error = await client.refusal()
        assert (error["code"], error["param"]) == ("integer_below_min_value", "audio_end_ms")

    converse(server, script, dialect)


@pytest.mark.parametrize(
    ("audio", "got"), [("", "empty bytes"), ("not base64!", "an invalid value")]
)
def test_audio_that_is_none(server: RunningServer, dialect: str, audio: str, got: str):
    (error,) = refusals(server, dialect, {"type": "input_audio_buffer.append", "audio": audio})
    assert error["message"] == (
        f"Invalid 'audio'. Expected base64-encoded audio bytes (mono PCM16 at 24kHz) but got {got}."
    )
    assert (error["code"], error["param"]) == ("invalid_value", "audio")


def test_an_append_holds_fifteen_mebibytes_at_most(server: RunningServer):
    async def script(client: Client) -> None:
        await client.update(**MANUAL["ga"])
        await client.append(bytes(15 * 1024 * 1024 + 2))
        error = await client.refusal()
        assert (error["code"], error["param"]) == ("invalid_value", "audio")

    converse(server, script)


@pytest.mark.parametrize(
    ("item", "code", "param"),
    [
        ({"type": "item_reference", "id": "x"}, "invalid_value", "item.type"),
        ({"type": "mcp_list_tools", "server_label": "x"}, "invalid_value", "item.type"),
        ({"type": "function_call_output", "call_id": "c"}, "missing_required_parameter",
         "item.output"),
        ({"type": "function_call_output", "call_id": "c", "output": {}}, "invalid_type",
         "item.output"),
        ({"type": "function_call", "arguments": "{}"}, "missing_required_parameter", "item.name"),
        ({"type": "message", "role": "user", "content": [{"type": "input_text"}]},
         "missing_required_parameter", "item.content[0].text"),
        ({"type": "message", "role": "system", "content": [{"type": "input_audio"}]},
         "invalid_value", "item.content[0].type"),
        ({"type": "message", "role": "user",
          "content": [{"type": "input_text", "text": "x", "id": "y"}]},
         "unknown_parameter", "item.content[0].id"),
    ],
)  # fmt: skip
def test_an_item_that_cannot_be(
    server: RunningServer, dialect: str, item: dict[str, Any], code: str, param: str
):
    (error,) = refusals(server, dialect, {"type": "conversation.item.create", "item": item})
    assert (error["code"], error["param"]) == (code, param)


def test_only_a_call_is_answered(server: RunningServer, dialect: str):
    output = {"type": "function_call_output", "call_id": "call_x", "output": "{}"}
    (error,) = refusals(server, dialect, {"type": "conversation.item.create", "item": output})
    assert error["code"] == "invalid_tool_call_id"
    assert error["message"] == "Tool call ID 'call_x' not found in conversation."


@pytest.mark.shows("expiry")
def test_a_session_ends_when_its_time_is_up(engine: ScriptedEngine, dialect: str):
    from websockets.exceptions import ConnectionClosed

    from tests.servers import scripted_server

    async def script(client: Client) -> None:
        error = await client.refusal()
        assert error["code"] == "session_expired"
        with pytest.raises(ConnectionClosed) as closed:
            await client.next()
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == 1001
        assert closed.value.rcvd.reason.startswith("Your session hit the maximum duration")

    with scripted_server(engine, session_seconds=0) as server:
        converse(server, script, dialect)


def test_nobody_hears_a_client_that_left(server: RunningServer, engine: ScriptedEngine):
    gated(engine, server, "Once upon a time. ", "The end.")

    async def script(client: Client) -> None:
        await client.send("response.create")
        await client.until("response.output_audio.delta")

    converse(server, script)

    async def all_have_ended() -> bool:
        running = [task for task in asyncio.all_tasks() if "RunningResponse" in repr(task)]
        return not running or not (await asyncio.wait(running, timeout=10))[1]

    assert asyncio.run_coroutine_threadsafe(all_have_ended(), server.loop).result(20)


def test_a_fault_of_the_ears_does_not_end_the_session(
    server: RunningServer, engine: ScriptedEngine, dialect: str
):
    engine.transcriber.open = None  # type: ignore[assignment]

    async def script(client: Client) -> None:
        await client.append(tone(400))
        error = await client.refusal()
        assert error["type"] == "server_error"
        await client.say("still here?")
        await client.send("response.create")
        await client.until("response.done")

    converse(server, script, dialect)


@pytest.mark.parametrize(
    "message",
    [
        {"type": "input_audio_buffer.append", "audio": "not base64!"},
        {"type": "input_audio_buffer.append", "audio": 5},
        {"type": "input_audio_buffer.append"},
        {"type": "conversation.item.create", "item": {"type": "message"}},
        {"type": "conversation.item.create", "item": []},
        {"type": "session.update"},
        {"type": "no.such.event"},
        {"type": 5},
        {"type": "response.create", "response": "now"},
        {"type": "output_audio_buffer.clear"},
    ],
)
@pytest.mark.shows("malformed")
def test_malformed_events_are_refused(server: RunningServer, dialect: str, message: dict[str, Any]):
    (error,) = refusals(server, dialect, {**message, "event_id": "mine"})
    assert error["type"] == "invalid_request_error"
    assert error["event_id"] == "mine"
    assert error["message"]
