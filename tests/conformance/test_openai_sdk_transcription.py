"""The stock openai SDK opens sessions that only write down what is said."""

from __future__ import annotations

import asyncio
import base64
from typing import Any

import pytest

from tests.conformance.openai_clients import Connect, azure_beta, azure_ga, beta, ga, until
from tests.scripted import MS, ScriptedEngine, silence, tone
from tests.servers import RunningServer

INTENT = {"intent": "transcription"}
COMPLETED = "conversation.item.input_audio_transcription.completed"


async def speak(connection: Any, pcm: bytes) -> None:
    for start in range(0, len(pcm), 100 * MS):
        audio = base64.b64encode(pcm[start : start + 100 * MS]).decode()
        await connection.input_audio_buffer.append(audio=audio)


@pytest.mark.parametrize("connect", [pytest.param(ga, id="ga"), pytest.param(azure_ga, id="azure")])
@pytest.mark.shows("transcription-sessions")
def test_a_ga_transcription_session(
    server: RunningServer, engine: ScriptedEngine, connect: Connect
):
    from openai import omit

    engine.transcriber.lines = ["good morning"]
    session: Any = {
        "type": "transcription",
        "audio": {
            "input": {
                "format": {"type": "audio/pcm", "rate": 24000},
                "noise_reduction": {"type": "near_field"},
                "transcription": {"model": "gpt-4o-transcribe", "language": "en", "prompt": "hi"},
                "turn_detection": {
                    "type": "server_vad",
                    "threshold": 0.5,
                    "prefix_padding_ms": 300,
                    "silence_duration_ms": 300,
                },
            }
        },
        "include": ["item.input_audio_transcription.logprobs"],
    }

    async def run() -> None:
        async with connect(server, model=omit, extra_query=INTENT) as c:
            (created,) = await until(c, "ga", "session.created")
            assert created.session.type == "transcription"
            await c.session.update(session=session)
            (updated,) = await until(c, "ga", "session.updated")
            assert updated.session.audio.input.transcription.model == "gpt-4o-transcribe"
            await speak(c, tone(600) + silence(500))
            events = await until(c, "ga", COMPLETED)
            assert events[-1].transcript == "good morning"
            assert not [e for e in events if e.type.startswith("response.")]

    asyncio.run(run())


@pytest.mark.parametrize(
    "connect", [pytest.param(beta, id="beta"), pytest.param(azure_beta, id="azure-beta")]
)
@pytest.mark.shows("transcription-sessions")
def test_a_preview_transcription_session(
    server: RunningServer, engine: ScriptedEngine, connect: Connect
):
    engine.transcriber.lines = ["good morning"]
    session: Any = {
        "input_audio_format": "pcm16",
        "input_audio_noise_reduction": {"type": "far_field"},
        "input_audio_transcription": {
            "model": "whisper-1",
            "language": "en",
            "prompt": "hi",
        },
        "turn_detection": {
            "type": "server_vad",
            "threshold": 0.5,
            "prefix_padding_ms": 300,
            "silence_duration_ms": 300,
        },
        "include": ["item.input_audio_transcription.logprobs"],
    }

    async def run() -> None:
        async with connect(server, extra_query=INTENT) as c:
            await c.transcription_session.update(session=session)
            *_, updated = await until(c, "preview", "transcription_session.updated")
            assert updated.session.input_audio_transcription.model == "whisper-1"
            await speak(c, tone(600) + silence(500))
            events = await until(c, "preview", COMPLETED)
            assert events[-1].transcript == "good morning"
            assert not [e for e in events if e.type.startswith("response.")]

    asyncio.run(run())
