"""The stock openai SDK makes ephemeral keys and opens sessions with them."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from tests.conformance.openai_clients import azure_beta, beta, ga, until
from tests.servers import RunningServer


def openai_client(server: RunningServer) -> Any:
    from openai import AsyncOpenAI

    return AsyncOpenAI(api_key=server.key, base_url=f"{server.http_url}/v1")


def azure_client(server: RunningServer) -> Any:
    from openai import AsyncAzureOpenAI

    return AsyncAzureOpenAI(
        api_key=server.key,
        api_version="2025-04-01-preview",
        azure_endpoint=server.http_url,
    )


async def strictly(call: Any, type: type[Any], **arguments: Any) -> Any:
    """The answer to an HTTP call, as its own type reads it strictly."""
    answer = await call(**arguments)
    return type.model_validate_json(answer.text, strict=True)


@pytest.mark.shows("ephemeral")
def test_a_ga_key_opens_the_session_it_was_made_for(server: RunningServer):
    from openai.types.realtime import ClientSecretCreateResponse

    session: Any = {
        "type": "realtime",
        "model": "gpt-realtime",
        "instructions": "Be brief.",
        "audio": {"output": {"voice": "marin"}},
    }

    async def run() -> None:
        async with openai_client(server) as client:
            made = await strictly(
                client.realtime.client_secrets.with_raw_response.create,
                ClientSecretCreateResponse,
                expires_after={"anchor": "created_at", "seconds": 60},
                session=session,
            )
        assert made.value.startswith("ek_")
        assert made.session.audio.output.voice == "marin"
        async with ga(replace(server, key=made.value)) as connection:
            (created,) = await until(connection, "ga", "session.created")
            assert created.session.instructions == "Be brief."
            assert created.session.audio.output.voice == "marin"

    asyncio.run(run())


def test_a_ga_key_for_a_transcription_session(server: RunningServer):
    from openai import omit
    from openai.types.realtime import ClientSecretCreateResponse

    session: Any = {
        "type": "transcription",
        "audio": {"input": {"transcription": {"model": "gpt-4o-transcribe"}}},
    }

    async def run() -> None:
        async with openai_client(server) as client:
            made = await strictly(
                client.realtime.client_secrets.with_raw_response.create,
                ClientSecretCreateResponse,
                session=session,
            )
        query = {"intent": "transcription"}
        key = replace(server, key=made.value)
        async with ga(key, model=omit, extra_query=query) as connection:
            (created,) = await until(connection, "ga", "session.created")
            assert created.session.type == "transcription"
            assert created.session.audio.input.transcription.model == "gpt-4o-transcribe"

    asyncio.run(run())


@pytest.mark.parametrize(
    ("new_client", "connect"),
    [
        pytest.param(openai_client, beta, id="beta"),
        pytest.param(azure_client, azure_beta, id="azure-beta"),
    ],
)
@pytest.mark.shows("ephemeral")
def test_a_preview_key_opens_the_session_it_was_made_for(
    server: RunningServer, new_client: Any, connect: Any
):
    from openai.types.beta.realtime import SessionCreateResponse

    async def run() -> None:
        async with new_client(server) as client:
            made = await strictly(
                client.beta.realtime.sessions.with_raw_response.create,
                SessionCreateResponse,
                model="gpt-4o-realtime-preview",
                modalities=["audio", "text"],
                instructions="Be brief.",
                voice="echo",
            )
        key = made.client_secret.value
        async with connect(replace(server, key=key)) as connection:
            (created,) = await until(connection, "preview", "session.created")
            assert (created.session.instructions, created.session.voice) == ("Be brief.", "echo")

    asyncio.run(run())


def test_a_preview_key_for_a_transcription_session(server: RunningServer):
    from openai.types.beta.realtime import TranscriptionSession

    async def run() -> None:
        async with openai_client(server) as client:
            made = await strictly(
                client.beta.realtime.transcription_sessions.with_raw_response.create,
                TranscriptionSession,
                input_audio_transcription={"model": "whisper-1"},
            )
        assert made.input_audio_transcription.model == "whisper-1"
        key = replace(server, key=made.client_secret.value)
        async with beta(key, extra_query={"intent": "transcription"}) as connection:
            await connection.transcription_session.update(session={})
            *_, updated = await until(connection, "preview", "transcription_session.updated")
            assert updated.session.input_audio_transcription.model == "whisper-1"

    asyncio.run(run())
