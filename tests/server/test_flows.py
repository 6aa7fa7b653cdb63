"""The order of events in every flow, in both dialects."""

from __future__ import annotations

import asyncio
import base64
from typing import Any

import pytest

from realtime_lab.engine import ToolCall
from tests.scripted import MS, ScriptedEngine, silence, tone
from tests.server.client import Client, Event, converse, order, session
from tests.servers import RunningServer

SPOKEN = [
    "response.created",
    "response.output_item.added",
    "conversation.item.added",
    "response.content_part.added",
    "response.output_audio_transcript.delta",
    "response.output_audio.delta",
    "response.output_audio.done",
    "response.output_audio_transcript.done",
    "response.content_part.done",
    "response.output_item.done",
    "conversation.item.done",
    "response.done",
    "rate_limits.updated",
]
MANUAL = {
    "ga": {"audio": {"input": {"turn_detection": None}}},
    "preview": {"turn_detection": None},
}


def expected(types: list[str], dialect: str) -> list[str]:
    """What of a GA order remains in a dialect."""
    return [t for t in types if dialect == "ga" or t != "conversation.item.done"]


def of(events: list[Event], client: str, type: str) -> list[Event]:
    """Events of a (GA) type, in a dialect."""
    from tests.server.client import PREVIEW_NAMES

    name = PREVIEW_NAMES.get(type, type) if client == "preview" else type
    return [event for event in events if event["type"] == name]


@pytest.mark.shows("session")
def test_connecting_shows_the_whole_session(server: RunningServer, dialect: str):
    async def run() -> list[Event]:
        async with session(server, dialect) as client:
            return client.events

    events = asyncio.run(run())
    greeting = ["session.created", "conversation.created"]
    assert order(events) == greeting[: 1 if dialect == "ga" else 2]
    shown = events[0]["session"]
    if dialect == "ga":
        assert shown["type"] == "realtime"
        assert shown["audio"]["output"]["voice"] == "alloy"
        assert shown["audio"]["input"]["turn_detection"]["silence_duration_ms"] == 200
        assert shown["output_modalities"] == ["audio"]
    else:
        assert "type" not in shown
        assert shown["voice"] == "alloy"
        assert shown["modalities"] == ["audio", "text"]
        assert shown["input_audio_format"] == "pcm16"
        assert shown["temperature"] == 0.8


def test_a_typed_turn_is_answered_in_text(server: RunningServer, dialect: str):
    async def script(client: Client) -> None:
        await client.say("hello")
        modalities = "output_modalities" if dialect == "ga" else "modalities"
        await client.send("response.create", response={modalities: ["text"]})
        await client.until("rate_limits.updated")

    events = converse(server, script, dialect)
    assert order(events) == expected(
        [
            "conversation.item.added",
            "conversation.item.done",
            "response.created",
            "response.output_item.added",
            "conversation.item.added",
            "response.content_part.added",
            "response.output_text.delta",
            "response.output_text.done",
            "response.content_part.done",
            "response.output_item.done",
            "conversation.item.done",
            "response.done",
            "rate_limits.updated",
        ],
        dialect,
    )
    done = of(events, dialect, "response.done")[0]["response"]
    assert done["status"] == "completed"
    kind = "output_text" if dialect == "ga" else "text"
    assert done["output"][0]["content"] == [{"type": kind, "text": "You said: hello."}]


@pytest.mark.shows("order")
def test_a_typed_turn_is_answered_in_speech(server: RunningServer, dialect: str):
    async def script(client: Client) -> None:
        await client.say("hello")
        await client.send("response.create")
        await client.until("rate_limits.updated")

    events = converse(server, script, dialect)
    assert sorted(set(order(events))) == sorted(set(expected(SPOKEN, dialect)))
    deltas = of(events, dialect, "response.output_audio.delta")
    words = of(events, dialect, "response.output_audio_transcript.delta")
    audio = b"".join(base64.b64decode(delta["delta"]) for delta in deltas)
    assert len(audio) == 300 * MS, "three words of 100 ms"
    assert "".join(word["delta"] for word in words) == "You said: hello."
    assert events.index(words[0]) < events.index(deltas[0]), "the words run ahead"
    assert len(base64.b64decode(deltas[0]["delta"])) <= 60 * MS
    usage = of(events, dialect, "response.done")[0]["response"]["usage"]
    assert usage["output_token_details"]["audio_tokens"] == 6, "50 ms each"


@pytest.mark.shows("manual")
def test_push_to_talk(server: RunningServer, engine: ScriptedEngine, dialect: str):
    engine.transcriber.lines = ["what time is it"]

    async def script(client: Client) -> None:
        await client.update(**MANUAL[dialect])
        await client.append(tone(400))
        await client.append(tone(400))
        await client.send("input_audio_buffer.commit")
        await client.send("response.create")
        await client.until("rate_limits.updated")

    events = converse(server, script, dialect)
    start = [
        "session.updated",
        "input_audio_buffer.committed",
        "conversation.item.added",
        "conversation.item.done",
        *SPOKEN[:6],
    ]
    assert order(events)[: len(expected(start, dialect))] == expected(start, dialect)
    item = of(events, dialect, "conversation.item.added")[0]["item"]
    assert item["role"] == "user"
    assert item["content"] == [{"type": "input_audio", "transcript": None}]
    assert engine.brain.prompts[0].messages[0].text == "what time is it"
    assert engine.transcriber.heard == [tone(800)], "the words come from all of the audio"
    usage = of(events, dialect, "response.done")[0]["response"]["usage"]
    assert usage["input_token_details"]["audio_tokens"] == 8, "100 ms each"


@pytest.mark.shows("server-vad")
def test_the_server_finds_the_turn(server: RunningServer, engine: ScriptedEngine, dialect: str):
    engine.transcriber.lines = ["good morning"]

    async def script(client: Client) -> None:
        await client.append(silence(1000))
        await client.append(tone(600) + silence(400))
        await client.until("rate_limits.updated")

    events = converse(server, script, dialect)
    start = [
        "input_audio_buffer.speech_started",
        "input_audio_buffer.speech_stopped",
        "input_audio_buffer.committed",
        "conversation.item.added",
        "conversation.item.done",
        *SPOKEN[:6],
    ]
    assert order(events)[: len(expected(start, dialect))] == expected(start, dialect)
    started, stopped, committed, item = events[:4]
    assert started["audio_start_ms"] == 700, "300 ms of padding before the voice"
    assert 1600 < stopped["audio_end_ms"] <= 1840, "200 ms of silence behind it"
    ids = {started["item_id"], stopped["item_id"], committed["item_id"], item["item"]["id"]}
    assert len(ids) == 1
    assert committed["previous_item_id"] is None
    answer = of(events, dialect, "conversation.item.added")[1]
    assert answer["previous_item_id"] == started["item_id"]
    assert engine.brain.prompts[0].messages[0].text == "good morning"


@pytest.mark.shows("server-vad")
def test_turns_are_not_answered_when_that_is_switched_off(server: RunningServer, dialect: str):
    detection = {"type": "server_vad", "create_response": False}

    async def script(client: Client) -> None:
        where = {"audio": {"input": {"turn_detection": detection}}}
        await client.update(**(where if dialect == "ga" else {"turn_detection": detection}))
        await client.append(tone(600) + silence(400))
        await client.until("conversation.item.added")
        await client.send("input_audio_buffer.clear")
        await client.until("input_audio_buffer.cleared")

    events = converse(server, script, dialect)
    assert not of(events, dialect, "response.created")


@pytest.mark.shows("semantic-vad")
def test_semantic_turn_detection_waits_by_the_words(
    server: RunningServer, engine: ScriptedEngine, dialect: str
):
    detection = {"type": "semantic_vad", "eagerness": "high"}

    async def script(client: Client) -> None:
        where = {"audio": {"input": {"turn_detection": detection}}}
        await client.update(**(where if dialect == "ga" else {"turn_detection": detection}))
        await client.append(tone(600) + silence(3000))
        await client.until("response.done")

    stopped = of(converse(server, script, dialect), dialect, "input_audio_buffer.speech_stopped")
    assert stopped[0]["audio_end_ms"] >= 2600, "nothing was understood: the longest wait"


@pytest.mark.parametrize(
    ("model", "kind", "deltas"), [("whisper-1", "duration", 1), ("gpt-4o-transcribe", "tokens", 2)]
)
@pytest.mark.shows("transcripts")
def test_the_user_is_transcribed_when_asked_for(
    server: RunningServer,
    engine: ScriptedEngine,
    dialect: str,
    model: str,
    kind: str,
    deltas: int,
):
    engine.transcriber.lines = ["good morning"]
    transcription = {"model": model}

    async def script(client: Client) -> None:
        where = {"audio": {"input": {"transcription": transcription}}}
        asked = where if dialect == "ga" else {"input_audio_transcription": transcription}
        await client.update(**asked)
        await client.append(tone(600) + silence(400))
        await client.until("response.done")

    events = converse(server, script, dialect)
    told = "conversation.item.input_audio_transcription"
    (completed,) = of(events, dialect, f"{told}.completed")
    parts = of(events, dialect, f"{told}.delta")
    assert completed["transcript"] == "good morning"
    assert completed["usage"]["type"] == kind
    assert completed["item_id"] == of(events, dialect, "conversation.item.added")[0]["item"]["id"]
    assert len(parts) == deltas
    assert "".join(part["delta"] for part in parts) == "good morning"


@pytest.mark.shows("tools")
def test_a_function_call_and_its_result(
    server: RunningServer, engine: ScriptedEngine, dialect: str
):
    tool = {"type": "function", "name": "weather", "parameters": {"type": "object"}}
    engine.brain.answers = [[ToolCall("weather", '{"city": "Oslo"}')], ["It rains."]]

    async def script(client: Client) -> None:
        await client.update(tools=[tool])
        await client.say("How is the weather?")
        await client.send("response.create")
        events = await client.until("rate_limits.updated")
        (done,) = of(events, dialect, "response.function_call_arguments.done")
        output = {"type": "function_call_output", "call_id": done["call_id"], "output": "rain"}
        await client.send("conversation.item.create", item=output)
        await client.send("response.create")
        await client.until("rate_limits.updated")

    events = converse(server, script, dialect)
    assert (
        order(events)[: 12 if dialect == "ga" else 9]
        == expected(
            [
                "session.updated",
                "conversation.item.added",
                "conversation.item.done",
                "response.created",
                "response.output_item.added",
                "conversation.item.added",
                "response.function_call_arguments.delta",
                "response.function_call_arguments.done",
                "response.output_item.done",
                "conversation.item.done",
                "response.done",
                "rate_limits.updated",
            ],
            dialect,
        )[: 12 if dialect == "ga" else 9]
    )
    begun = of(events, dialect, "response.output_item.added")[0]["item"]
    assert (begun["type"], begun["status"], begun["arguments"]) == (
        "function_call",
        "in_progress",
        "",
    )
    call = of(events, dialect, "response.output_item.done")[0]["item"]
    assert (call["status"], call["name"]) == ("completed", "weather")
    assert call["arguments"] == '{"city": "Oslo"}'
    assert of(events, dialect, "response.function_call_arguments.done")[0]["name"] == "weather"
    asked, told = engine.brain.prompts
    assert [spec.name for spec in asked.tools] == ["weather"]
    assert told.messages[-2].call == ToolCall("weather", '{"city": "Oslo"}', call["call_id"])
    assert (told.messages[-1].role, told.messages[-1].text) == ("tool", "rain")


def test_words_before_a_call_are_a_message_of_their_own(
    server: RunningServer, engine: ScriptedEngine
):
    engine.brain.answers = [["Let me see.", ToolCall("weather", "{}")]]

    async def script(client: Client) -> None:
        await client.send("response.create")
        await client.until("response.done")

    response = converse(server, script)[-1]["response"]
    assert [item["type"] for item in response["output"]] == ["message", "function_call"]
    assert response["output"][0]["content"][0]["transcript"] == "Let me see."


def gated(engine: ScriptedEngine, server: RunningServer, *pieces: str) -> None:
    """Make the brain stop after its first piece."""
    engine.brain.answers = [list(pieces)]
    engine.brain.gate = asyncio.Event()


CANCELLED_SPEECH = [
    "response.output_audio.done",
    "response.output_audio_transcript.done",
    "response.content_part.done",
    "response.output_item.done",
    "conversation.item.done",
    "response.done",
    "rate_limits.updated",
]


@pytest.mark.shows("cancel")
def test_cancelling_closes_everything_that_is_open(
    server: RunningServer, engine: ScriptedEngine, dialect: str
):
    gated(engine, server, "Once upon a time. ", "And so on.")

    async def script(client: Client) -> None:
        await client.send("response.create")
        await client.until("response.output_audio.delta")
        await client.send("response.cancel")
        await client.until("rate_limits.updated")

    events = converse(server, script, dialect)
    tail = expected(CANCELLED_SPEECH, dialect)
    assert order(events)[-len(tail) :] == tail
    response = of(events, dialect, "response.done")[0]["response"]
    assert response["status"] == "cancelled"
    assert response["status_details"] == {"type": "cancelled", "reason": "client_cancelled"}
    assert response["output"][0]["status"] == "incomplete"
    assert response["output"][0]["content"][0]["transcript"] == "Once upon a time. "
    assert response["usage"]["output_token_details"]["audio_tokens"] > 0


@pytest.mark.shows("cancel")
def test_nothing_follows_a_cancelled_response(server: RunningServer, engine: ScriptedEngine):
    gated(engine, server, "Once upon a time. ", "And so on.")

    async def script(client: Client) -> None:
        await client.send("response.create")
        await client.until("response.output_audio.delta")
        await client.send("response.cancel")
        await client.until("rate_limits.updated")
        assert engine.brain.gate is not None
        server.loop.call_soon_threadsafe(engine.brain.gate.set)
        await client.say("anybody there?")
        assert order(await client.until("conversation.item.done")) == [
            "conversation.item.added",
            "conversation.item.done",
        ]

    converse(server, script)


@pytest.mark.shows("cancel")
def test_speaking_interrupts_the_model(server: RunningServer, engine: ScriptedEngine, dialect: str):
    gated(engine, server, "Once upon a time. ", "And so on.")

    async def script(client: Client) -> None:
        await client.send("response.create")
        await client.until("response.output_audio.delta")
        engine.brain.gate = None
        engine.transcriber.lines = ["stop"]
        await client.append(tone(300))
        await client.until("rate_limits.updated")
        await client.append(silence(400))
        await client.until("rate_limits.updated")

    events = converse(server, script, dialect)
    types = order(events)
    start = types.index("input_audio_buffer.speech_started")
    tail = expected(CANCELLED_SPEECH, dialect)
    assert types[start + 1 : start + 1 + len(tail)] == tail
    first, second = of(events, dialect, "response.done")
    assert first["response"]["status_details"]["reason"] == "turn_detected"
    assert second["response"]["status"] == "completed"
    assert engine.brain.prompts[1].messages[-1].text == "stop"


def test_speaking_does_not_interrupt_when_that_is_switched_off(
    server: RunningServer, engine: ScriptedEngine, dialect: str
):
    gated(engine, server, "Once upon a time. ", "And so on.")
    detection = {"type": "server_vad", "interrupt_response": False}

    async def script(client: Client) -> None:
        where = {"audio": {"input": {"turn_detection": detection}}}
        await client.update(**(where if dialect == "ga" else {"turn_detection": detection}))
        await client.send("response.create")
        await client.until("response.output_audio.delta")
        await client.append(tone(300) + silence(400))
        await client.until("input_audio_buffer.committed")
        assert engine.brain.gate is not None
        server.loop.call_soon_threadsafe(engine.brain.gate.set)
        await client.until("response.done")
        await client.until("response.done")

    first, second = of(converse(server, script, dialect), dialect, "response.done")
    assert first["response"]["status"] == "completed"
    assert second["response"]["status"] == "completed", "the turn is answered afterwards"


def test_a_turn_without_words_is_answered_too(server: RunningServer, engine: ScriptedEngine):
    async def script(client: Client) -> None:
        await client.append(tone(300) + silence(400))
        await client.until("response.done")

    converse(server, script)
    assert engine.brain.prompts[0].messages[-1].role == "user"
    assert engine.brain.prompts[0].messages[-1].text == ""


@pytest.mark.shows("out-of-band")
def test_a_response_beside_the_conversation(
    server: RunningServer, engine: ScriptedEngine, dialect: str
):
    modalities = "output_modalities" if dialect == "ga" else "modalities"

    async def script(client: Client) -> None:
        await client.say("my name is Ada")
        item = (await client.last("conversation.item.added"))["item"]
        await client.send(
            "response.create",
            response={
                "conversation": "none",
                "metadata": {"topic": "check"},
                modalities: ["text"],
                "instructions": "Judge.",
                "input": [
                    {"type": "item_reference", "id": item["id"]},
                    {
                        "type": "message",
                        "role": "user",
                        "content": [{"type": "input_text", "text": "Is that a name?"}],
                    },
                ],
            },
        )
        await client.until("response.done")
        await client.send("response.create")
        await client.until("response.done")

    events = converse(server, script, dialect)
    created, _ = of(events, dialect, "response.created")
    done, _ = of(events, dialect, "response.done")
    for event in (created, done):
        assert event["response"]["conversation_id"] is None
        assert event["response"]["metadata"] == {"topic": "check"}
    begin, end = events.index(created), events.index(done)
    beside = [event["type"] for event in events[begin:end]]
    assert not [type for type in beside if type.startswith("conversation.item")]
    first, second = engine.brain.prompts
    assert [m.text for m in first.messages] == ["my name is Ada", "Is that a name?"]
    assert first.instructions == "Judge."
    assert [m.text for m in second.messages] == ["my name is Ada"], "it left no trace"


def test_a_response_reads_only_what_it_is_given(server: RunningServer, engine: ScriptedEngine):
    async def script(client: Client) -> None:
        await client.say("old")
        await client.send("response.create", response={"input": []})
        await client.until("response.done")

    converse(server, script)
    assert list(engine.brain.prompts[0].messages) == []


@pytest.mark.parametrize("shape", ["item", "content"])
def test_a_response_refers_to_an_item(
    server: RunningServer, engine: ScriptedEngine, dialect: str, shape: str
):
    if (dialect, shape) == ("ga", "content"):
        pytest.skip("a shape of the preview dialect")

    async def script(client: Client) -> None:
        await client.say("first")
        item_id = (await client.last("conversation.item.added"))["item"]["id"]
        await client.say("second")
        reference = {"type": "item_reference", "id": item_id}
        if shape == "content":
            reference = {"type": "message", "role": "user", "content": [reference]}
        await client.send("response.create", response={"input": [reference]})
        await client.until("response.done")

    converse(server, script, dialect)
    assert [message.text for message in engine.brain.prompts[0].messages] == ["first"]


@pytest.mark.parametrize(
    "choice",
    [{"type": "function", "name": "f"}, {"type": "function", "function": {"name": "f"}}],
)
def test_a_tool_is_chosen_in_either_shape(
    server: RunningServer, engine: ScriptedEngine, dialect: str, choice: dict[str, Any]
):
    async def script(client: Client) -> None:
        asked = {"tools": [{"type": "function", "name": "f"}], "tool_choice": choice}
        await client.send("response.create", response=asked)
        await client.until("response.done")

    converse(server, script, dialect)
    assert engine.brain.prompts[0].tool_choice == "f"


def test_an_item_is_retrieved_while_it_is_spoken(server: RunningServer, engine: ScriptedEngine):
    gated(engine, server, "Once upon a time. ", "The end.")

    async def script(client: Client) -> None:
        await client.send("response.create")
        item_id = (await client.last("response.output_item.added"))["item"]["id"]
        await client.until("response.output_audio.delta")
        await client.send("conversation.item.retrieve", item_id=item_id)
        item = (await client.last("conversation.item.retrieved"))["item"]
        assert item["status"] == "in_progress"
        assert item["content"][0]["transcript"]

    converse(server, script)


@pytest.mark.shows("out-of-band")
def test_a_response_beside_the_conversation_runs_in_parallel(
    server: RunningServer, engine: ScriptedEngine
):
    gated(engine, server, "Once upon a time. ", "And so on.")

    async def script(client: Client) -> None:
        await client.send("response.create")
        await client.until("response.output_audio.delta")
        await client.send(
            "response.create",
            response={"conversation": "none", "output_modalities": ["text"], "input": []},
        )
        beside = await client.last("response.done")
        assert beside["response"]["conversation_id"] is None
        assert engine.brain.gate is not None
        server.loop.call_soon_threadsafe(engine.brain.gate.set)
        spoken = await client.last("response.done")
        assert spoken["response"]["status"] == "completed"

    converse(server, script)


def test_too_many_tokens_end_a_response(
    server: RunningServer, engine: ScriptedEngine, dialect: str
):
    engine.brain.answers = [["One two three four five six seven eight nine ten."]]
    limit = "max_output_tokens" if dialect == "ga" else "max_response_output_tokens"

    async def script(client: Client) -> None:
        await client.send("response.create", response={limit: 10})
        await client.until("response.done")

    response = converse(server, script, dialect)[-1]["response"]
    assert response["status"] == "incomplete"
    assert response["status_details"] == {"type": "incomplete", "reason": "max_output_tokens"}
    assert response["output"][0]["status"] == "incomplete"
    assert 0 < response["usage"]["output_tokens"] <= 10


def test_a_brain_that_fails_fails_the_response_and_not_the_session(
    server: RunningServer, engine: ScriptedEngine, dialect: str
):
    engine.brain.answers = [RuntimeError("out of ideas")]

    async def script(client: Client) -> None:
        await client.send("response.create")
        await client.until("rate_limits.updated")
        await client.send("response.create")
        await client.until("rate_limits.updated")

    failed, done = of(converse(server, script, dialect), dialect, "response.done")
    assert failed["response"]["status"] == "failed"
    assert failed["response"]["status_details"]["error"]["type"] == "server_error"
    assert failed["response"]["usage"]["total_tokens"] == 0
    assert done["response"]["status"] == "completed"


@pytest.mark.parametrize("law", ["u", "a"])
@pytest.mark.shows("formats")
def test_telephone_audio_in_both_directions(
    server: RunningServer, engine: ScriptedEngine, dialect: str, law: str
):
    ga: Any = {
        "audio": {
            "input": {"format": {"type": f"audio/pcm{law}"}, "turn_detection": None},
            "output": {"format": {"type": f"audio/pcm{law}"}},
        }
    }
    preview = {
        "input_audio_format": f"g711_{law}law",
        "output_audio_format": f"g711_{law}law",
        "turn_detection": None,
    }

    async def script(client: Client) -> None:
        await client.update(**(ga if dialect == "ga" else preview))
        await client.append(b"\x55" * 8000)
        await client.send("input_audio_buffer.commit")
        await client.send("response.create")
        await client.until("response.done")

    events = converse(server, script, dialect)
    heard = len(engine.transcriber.heard[0])
    assert abs(heard - 1000 * MS) < 20 * MS, "a second of 8 kHz is a second of 24 kHz"
    deltas = of(events, dialect, "response.output_audio.delta")
    audio = b"".join(base64.b64decode(delta["delta"]) for delta in deltas)
    spoken_ms = len(engine.synthesizer.spoken[0][0].split(" ")) * 100
    assert abs(len(audio) - spoken_ms * 8) <= 8, "8 bytes a millisecond"


def test_the_speed_of_the_session_is_the_speed_of_the_voice(
    server: RunningServer, engine: ScriptedEngine, dialect: str
):
    ga = {"audio": {"output": {"speed": 1.25, "voice": "echo"}}}

    async def script(client: Client) -> None:
        await client.update(**(ga if dialect == "ga" else {"speed": 1.25, "voice": "echo"}))
        await client.send("response.create")
        await client.until("response.done")

    converse(server, script, dialect)
    assert engine.synthesizer.spoken[0][1:] == ("echo", 1.25)


def test_the_same_seed_gives_the_same_ids(engine: ScriptedEngine):
    from random import Random

    from tests.servers import scripted_server

    async def script(client: Client) -> None:
        await client.say("hello")
        await client.send("response.create")
        await client.until("response.done")

    runs = []
    for _ in range(2):
        with scripted_server(random=Random(7), wall=lambda: 0.0, clock=lambda: 0.0) as server:
            runs.append(converse(server, script))
    assert runs[0] == runs[1]
