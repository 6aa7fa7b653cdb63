"""Sessions that write down what they hear and answer nothing."""

from __future__ import annotations

import asyncio
import math
from typing import Any

import pytest

from realtime_lab.errors import EngineError
from tests.scripted import ScriptedEngine, silence, tone
from tests.server.client import Client, Event, converse, order, session
from tests.servers import RunningServer

PATHS = {
    "azure": ("ga", "/openai/v1/realtime?intent=transcription"),
    "openai": ("ga", "/v1/realtime?intent=transcription"),
    "azure-preview": (
        "preview",
        "/openai/realtime?api-version=2025-04-01-preview&intent=transcription",
    ),
}
TOLD = "conversation.item.input_audio_transcription"
LOGPROBS = "item.input_audio_transcription.logprobs"
TURN = [
    "input_audio_buffer.speech_started",
    "input_audio_buffer.speech_stopped",
    "input_audio_buffer.committed",
    "conversation.item.added",
    "conversation.item.done",
]


@pytest.fixture(params=PATHS)
def address(request: pytest.FixtureRequest) -> tuple[str, str]:
    return PATHS[request.param]


@pytest.fixture(params=["ga", "preview"])
def path(request: pytest.FixtureRequest) -> tuple[str, str]:
    return PATHS["openai" if request.param == "ga" else "azure-preview"]


async def configure(client: Client, *, include: list[str] | None = None, **hearing: Any) -> None:
    """Update the session in its dialect; ``hearing`` are fields of ``audio.input``."""
    extra = {} if include is None else {"include": include}
    if client.dialect == "ga":
        asked = {"type": "transcription", "audio": {"input": hearing}, **extra}
        await client.send("session.update", session=asked)
        return
    names = {"transcription": "input_audio_transcription", "format": "input_audio_format"}
    asked = {names.get(name, name): value for name, value in hearing.items()}
    await client.send("transcription_session.update", session={**asked, **extra})


async def configured(client: Client, **settings: Any) -> Event:
    await configure(client, **settings)
    updated = {"ga": "session.updated", "preview": "transcription_session.updated"}
    return (await client.last(updated[client.dialect]))["session"]


def in_order(events: list[Event], dialect: str) -> list[str]:
    return [type for type in order(events) if type != "conversation.item.done" or dialect == "ga"]


def expected(types: list[str], dialect: str) -> list[str]:
    return [type for type in types if dialect == "ga" or type != "conversation.item.done"]


def test_the_session_shows_that_it_only_transcribes(
    server: RunningServer, address: tuple[str, str]
):
    dialect, path = address

    async def run() -> list[Event]:
        async with session(server, dialect, path) as client:
            return client.events

    (created,) = asyncio.run(run())
    shown = created["session"]
    assert shown["object"] == "realtime.transcription_session"
    assert {"model", "instructions", "voice", "tools"}.isdisjoint(shown)
    detection = {
        "type": "server_vad",
        "threshold": 0.5,
        "prefix_padding_ms": 300,
        "silence_duration_ms": 200,
    }
    if dialect == "ga":
        assert created["type"] == "session.created"
        assert shown["type"] == "transcription"
        assert list(shown["audio"]) == ["input"]
        assert shown["audio"]["input"]["turn_detection"] == detection
    else:
        assert created["type"] == "transcription_session.created"
        assert shown["input_audio_format"] == "pcm16"
        assert shown["turn_detection"] == detection


@pytest.mark.parametrize(
    ("model", "deltas", "usage"),
    [
        ("whisper-1", ["good morning"], "duration"),
        ("gpt-4o-transcribe", ["good", " morning"], "tokens"),
        ("gpt-realtime-whisper", ["good", " morning"], "duration"),
    ],
)
@pytest.mark.shows("transcription-sessions")
def test_a_turn_is_written_down_and_not_answered(
    server: RunningServer,
    engine: ScriptedEngine,
    address: tuple[str, str],
    model: str,
    deltas: list[str],
    usage: str,
):
    dialect, path = address
    engine.transcriber.lines = ["good morning"]
    by_hand = model == "gpt-realtime-whisper"
    if by_hand and dialect == "preview":
        pytest.skip("the model came after the preview dialect")

    async def script(client: Client) -> None:
        detection = {"turn_detection": None} if by_hand else {}
        await configured(client, transcription={"model": model}, **detection)
        await client.append(tone(600) + silence(400))
        if by_hand:
            await client.send("input_audio_buffer.commit")
        await client.until(f"{TOLD}.completed")
        await client.send("input_audio_buffer.clear")
        await client.until("input_audio_buffer.cleared")

    events = converse(server, script, dialect, path)[1:]
    turn = TURN[2:] if by_hand else TURN
    told = [*turn, f"{TOLD}.delta", f"{TOLD}.completed", "input_audio_buffer.cleared"]
    assert in_order(events, dialect) == expected(told, dialect)
    assert [e["delta"] for e in events if e["type"] == f"{TOLD}.delta"] == deltas
    completed = next(e for e in events if e["type"] == f"{TOLD}.completed")
    assert completed["transcript"] == "good morning"
    assert completed["usage"]["type"] == usage
    assert "logprobs" not in completed
    assert not engine.brain.prompts


@pytest.mark.shows("transcripts")
def test_probabilities_are_told_where_they_are_asked_for(
    server: RunningServer, engine: ScriptedEngine, path: tuple[str, str]
):
    engine.transcriber.lines = ["good morning"]
    engine.transcriber.confidence = 0.5

    async def script(client: Client) -> None:
        shown = await configured(
            client, transcription={"model": "gpt-4o-transcribe"}, include=[LOGPROBS]
        )
        assert shown["include"] == [LOGPROBS]
        await client.append(tone(600) + silence(400))
        completed = await client.last(f"{TOLD}.completed")
        good, morning = completed["logprobs"]
        assert (good["token"], morning["token"]) == ("good", " morning")
        assert morning["bytes"] == list(b" morning")
        assert good["logprob"] == pytest.approx(math.log(0.5), abs=1e-6)
        deltas = [e for e in client.events if e["type"] == f"{TOLD}.delta"]
        assert [delta["logprobs"] for delta in deltas] == [[good], [morning]]

    converse(server, script, *path)


def test_speakers_are_told_apart_by_the_model_that_does_so(
    server: RunningServer, engine: ScriptedEngine
):
    engine.transcriber.lines = ["good morning"]

    async def script(client: Client) -> None:
        await configured(client, transcription={"model": "gpt-4o-transcribe-diarize"})
        await client.append(tone(600) + silence(400))
        await client.until(f"{TOLD}.completed")

    events = converse(server, script, *PATHS["openai"])
    assert in_order(events, "ga")[-2:] == [f"{TOLD}.segment", f"{TOLD}.completed"]
    segment = events[-2]
    assert (segment["text"], segment["speaker"], segment["start"]) == ("good morning", "A", 0.0)
    assert segment["end"] == pytest.approx(0.8, abs=0.05)


def test_what_cannot_be_written_down_fails_and_the_session_goes_on(
    server: RunningServer, engine: ScriptedEngine, path: tuple[str, str]
):
    engine.transcriber.lines = [EngineError("no ears"), "good morning"]

    async def script(client: Client) -> None:
        await configured(client, transcription={"model": "whisper-1"})
        await client.append(tone(600) + silence(400))
        failed = await client.last(f"{TOLD}.failed")
        assert failed["error"]["message"] == (
            f"Input transcription failed for item '{failed['item_id']}'."
        )
        await client.append(tone(600) + silence(400))
        assert (await client.last(f"{TOLD}.completed"))["transcript"] == "good morning"

    converse(server, script, *path)


def test_language_and_keywords_reach_the_ears(
    server: RunningServer, engine: ScriptedEngine, path: tuple[str, str]
):
    async def script(client: Client) -> None:
        await configured(
            client, transcription={"model": "whisper-1", "language": "de", "prompt": "Uhu, Kauz"}
        )
        await client.append(tone(600) + silence(400))
        await client.until(f"{TOLD}.completed")

    converse(server, script, *path)
    (hints,) = engine.transcriber.hints
    assert hints.language == "de"
    assert {"Uhu", "Kauz"} <= set(hints.words)


@pytest.mark.parametrize(
    ("type", "fields"),
    [
        ("response.create", {}),
        ("response.cancel", {}),
        (
            "conversation.item.create",
            {"item": {"type": "message", "role": "user", "content": []}},
        ),
    ],
)
def test_nothing_can_be_asked_of_it(
    server: RunningServer, path: tuple[str, str], type: str, fields: dict[str, Any]
):
    async def script(client: Client) -> None:
        await client.send(type, event_id="mine", **fields)
        error = await client.refusal()
        assert error["message"] == f"'{type}' is not supported in a transcription session."
        assert (error["code"], error["event_id"]) == ("invalid_value", "mine")

    converse(server, script, *path)


def test_a_session_stays_of_its_kind(server: RunningServer):
    async def transcribing(client: Client) -> None:
        await client.send("session.update", session={"type": "realtime"})
        error = await client.refusal()
        assert error["code"] == "invalid_parameter"
        assert error["message"] == (
            "Passing a realtime session update event to a transcription session is not allowed."
        )

    async def answering(client: Client) -> None:
        await configure(client, transcription={"model": "whisper-1"})
        error = await client.refusal()
        assert error["code"] == "invalid_parameter"
        assert error["message"] == (
            "Passing a transcription session update event to a realtime session is not allowed."
        )

    converse(server, transcribing, *PATHS["openai"])
    converse(server, answering, "ga")
    converse(server, answering, "preview")


def test_the_preview_update_of_another_kind_is_refused(server: RunningServer):
    async def script(client: Client) -> None:
        await client.send("session.update", session={"instructions": "Hi."})
        assert (await client.refusal())["code"] == "invalid_parameter"

    converse(server, script, *PATHS["azure-preview"])


@pytest.mark.parametrize(
    ("session", "code", "param"),
    [
        ({"instructions": "Hi."}, "unknown_parameter", "session.instructions"),
        ({"tools": []}, "unknown_parameter", "session.tools"),
        ({"output_modalities": ["text"]}, "unknown_parameter", "session.output_modalities"),
        ({"audio": {"output": {"voice": "ash"}}}, "unknown_parameter", "session.audio.output"),
        ({"include": ["everything"]}, "invalid_value", "session.include[0]"),
        (
            {"audio": {"input": {"transcription": {"model": "gpt-realtime-whisper"}}}},
            "invalid_value",
            "session.audio.input.turn_detection",
        ),
        (
            {"audio": {"input": {"transcription": {"delay": "none"}}}},
            "invalid_value",
            "session.audio.input.transcription.delay",
        ),
    ],
)
def test_settings_that_it_does_not_have(
    server: RunningServer, session: dict[str, Any], code: str, param: str
):
    async def script(client: Client) -> None:
        await client.send("session.update", session={"type": "transcription", **session})
        error = await client.refusal()
        assert (error["code"], error["param"]) == (code, param)

    converse(server, script, *PATHS["openai"])


def test_settings_merge_and_switches_of_answers_say_nothing(
    server: RunningServer, path: tuple[str, str]
):
    async def script(client: Client) -> None:
        await configured(client, transcription={"model": "whisper-1", "language": "en"})
        shown = await configured(
            client,
            transcription={"prompt": "owls"},
            turn_detection={
                "type": "server_vad",
                "silence_duration_ms": 700,
                "create_response": False,
            },
        )
        hearing = shown["audio"]["input"] if client.dialect == "ga" else shown
        name = "transcription" if client.dialect == "ga" else "input_audio_transcription"
        assert hearing[name] == {"model": "whisper-1", "language": "en", "prompt": "owls"}
        assert hearing["turn_detection"] == {
            "type": "server_vad",
            "threshold": 0.5,
            "prefix_padding_ms": 300,
            "silence_duration_ms": 700,
        }

    converse(server, script, *path)


def test_telephone_audio_is_written_down(server: RunningServer, engine: ScriptedEngine):
    engine.transcriber.lines = ["hello"]

    async def script(client: Client) -> None:
        await configured(
            client,
            format={"type": "audio/pcmu"},
            transcription={"model": "whisper-1"},
            turn_detection=None,
        )
        await client.append(b"\x10" * 8000)
        await client.send("input_audio_buffer.commit")
        completed = await client.last(f"{TOLD}.completed")
        assert completed["usage"] == {"type": "duration", "seconds": 1}

    converse(server, script, *PATHS["azure"])
