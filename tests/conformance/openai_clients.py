"""Every way the stock openai SDK reaches a realtime server."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

import pytest

from tests.scripted import MS
from tests.server.judge import judge
from tests.servers import RunningServer

Connect = Callable[..., AbstractAsyncContextManager[Any]]
WAIT = 30


@asynccontextmanager
async def ga(server: RunningServer, **options: Any) -> AsyncIterator[Any]:
    from openai import AsyncOpenAI

    options.setdefault("model", "gpt-realtime")
    async with (
        AsyncOpenAI(api_key=server.key, base_url=f"{server.http_url}/v1") as client,
        client.realtime.connect(**options) as connection,
    ):
        yield connection


@asynccontextmanager
async def azure_ga(server: RunningServer, **options: Any) -> AsyncIterator[Any]:
    """As the Azure documentation has it: the plain client at the resource's GA address."""
    from openai import AsyncOpenAI

    options.setdefault("model", "my-deployment")
    async with (
        AsyncOpenAI(api_key=server.key, base_url=f"{server.http_url}/openai/v1") as client,
        client.realtime.connect(**options) as connection,
    ):
        yield connection


@asynccontextmanager
async def beta(server: RunningServer, **options: Any) -> AsyncIterator[Any]:
    from openai import AsyncOpenAI

    options.setdefault("model", "gpt-4o-realtime-preview")
    async with (
        AsyncOpenAI(api_key=server.key, websocket_base_url=f"{server.ws_url}/v1") as client,
        client.beta.realtime.connect(**options) as connection,
    ):
        yield connection


def _azure(server: RunningServer) -> Any:
    from openai import AsyncAzureOpenAI

    return AsyncAzureOpenAI(
        api_key=server.key,
        api_version="2025-04-01-preview",
        azure_endpoint=server.http_url,
        websocket_base_url=f"{server.ws_url}/openai",
    )


@asynccontextmanager
async def azure_beta(server: RunningServer, **options: Any) -> AsyncIterator[Any]:
    options.setdefault("model", "gpt-4o-realtime-preview")
    async with (
        _azure(server) as client,
        client.beta.realtime.connect(**options) as connection,
    ):
        yield connection


@asynccontextmanager
async def azure_through_the_ga_method(server: RunningServer, **options: Any) -> AsyncIterator[Any]:
    """Reaches the preview path without the beta header: the server must speak preview there."""
    options.setdefault("model", "gpt-4o-realtime-preview")
    async with (
        _azure(server) as client,
        client.realtime.connect(**options) as connection,
    ):
        yield connection


CLIENTS = [
    pytest.param(ga, "ga", id="ga"),
    pytest.param(azure_ga, "ga", id="azure-ga"),
    pytest.param(beta, "preview", id="beta"),
    pytest.param(azure_beta, "preview", id="azure-beta"),
    pytest.param(azure_through_the_ga_method, "preview", id="azure-ga-method"),
]


async def receive(connection: Any, dialect: str) -> Any:
    """The next event as the SDK reads it; judged by its strict types of that dialect."""
    data = (await asyncio.wait_for(connection.recv_bytes(), WAIT)).decode()
    judge(data, json.loads(data), dialect)
    return connection.parse_event(data)


async def until(connection: Any, dialect: str, type: str) -> list[Any]:
    """Events up to one of that type, none of them an unexpected ``error``."""
    events = []
    while not events or events[-1].type != type:
        event = await receive(connection, dialect)
        assert type == "error" or event.type != "error", event.error
        events.append(event)
    return events


async def spoken_turn(connection: Any, dialect: str, pcm: bytes) -> tuple[str, str, bytes]:
    """What the user and the model said, and the model's audio."""
    if dialect == "ga":
        session: Any = {
            "type": "realtime",
            "instructions": "Be brief.",
            "audio": {"input": {"transcription": {"model": "whisper-1"}}},
        }
    else:
        session = {
            "instructions": "Be brief.",
            "input_audio_transcription": {"model": "whisper-1"},
        }
    await connection.session.update(session=session)
    await until(connection, dialect, "session.updated")
    for start in range(0, len(pcm), 100 * MS):
        audio = base64.b64encode(pcm[start : start + 100 * MS]).decode()
        await connection.input_audio_buffer.append(audio=audio)
    events = await until(connection, dialect, "response.done")
    prefix = "response.output_audio" if dialect == "ga" else "response.audio"
    audio = [base64.b64decode(e.delta) for e in events if e.type == f"{prefix}.delta"]
    said = [e.transcript for e in events if e.type == f"{prefix}_transcript.done"]
    heard = [e.transcript for e in events if e.type.endswith("transcription.completed")]
    assert events[-1].response.status == "completed"
    return "".join(heard), "".join(said), b"".join(audio)
