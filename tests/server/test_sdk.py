"""The stock openai SDK holds a conversation with the server, in each dialect."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

import pytest

from tests.scripted import MS, ScriptedEngine, silence, tone
from tests.server.judge import judge
from tests.servers import KEY, RunningServer

Connect = Callable[[RunningServer], AbstractAsyncContextManager[Any]]


@asynccontextmanager
async def ga(server: RunningServer) -> AsyncIterator[Any]:
    from openai import AsyncOpenAI

    async with (
        AsyncOpenAI(api_key=KEY, base_url=f"{server.http_url}/v1") as client,
        client.realtime.connect(model="gpt-realtime") as connection,
    ):
        yield connection


@asynccontextmanager
async def azure_ga(server: RunningServer) -> AsyncIterator[Any]:
    from openai import AsyncOpenAI

    async with (
        AsyncOpenAI(api_key=KEY, base_url=f"{server.http_url}/openai/v1") as client,
        client.realtime.connect(model="my-deployment") as connection,
    ):
        yield connection


@asynccontextmanager
async def beta(server: RunningServer) -> AsyncIterator[Any]:
    from openai import AsyncOpenAI

    async with (
        AsyncOpenAI(api_key=KEY, websocket_base_url=f"{server.ws_url}/v1") as client,
        client.beta.realtime.connect(model="gpt-4o-realtime-preview") as connection,
    ):
        yield connection


@asynccontextmanager
async def azure_beta(server: RunningServer) -> AsyncIterator[Any]:
    from openai import AsyncAzureOpenAI

    async with (
        AsyncAzureOpenAI(
            api_key=KEY,
            api_version="2025-04-01-preview",
            azure_endpoint=server.http_url,
            websocket_base_url=f"{server.ws_url}/openai",
        ) as client,
        client.beta.realtime.connect(model="gpt-4o-realtime-preview") as connection,
    ):
        yield connection


@asynccontextmanager
async def azure_through_the_ga_method(server: RunningServer) -> AsyncIterator[Any]:
    """Reaches the preview path without the beta header: the server must speak preview there."""
    from openai import AsyncAzureOpenAI

    async with (
        AsyncAzureOpenAI(
            api_key=KEY,
            api_version="2025-04-01-preview",
            azure_endpoint=server.http_url,
            websocket_base_url=f"{server.ws_url}/openai",
        ) as client,
        client.realtime.connect(model="gpt-4o-realtime-preview") as connection,
    ):
        yield connection


CLIENTS = [
    pytest.param(ga, "ga", id="ga"),
    pytest.param(azure_ga, "ga", id="azure-ga"),
    pytest.param(beta, "preview", id="beta"),
    pytest.param(azure_beta, "preview", id="azure-beta"),
    pytest.param(azure_through_the_ga_method, "preview", id="azure-ga-method"),
]


async def until(connection: Any, dialect: str, type: str) -> list[Any]:
    """Events up to one of that type, each judged by the types of that dialect."""
    events = []
    while not events or events[-1].type != type:
        data = (await asyncio.wait_for(connection.recv_bytes(), 30)).decode()
        event = connection.parse_event(data)
        judge(data, json.loads(data), dialect)
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


@pytest.mark.parametrize(("connect", "dialect"), CLIENTS)
def test_the_sdk_completes_a_spoken_turn(
    server: RunningServer, engine: ScriptedEngine, connect: Connect, dialect: str
):
    engine.transcriber.lines = ["good morning"]

    async def run() -> None:
        async with connect(server) as connection:
            heard, said, audio = await spoken_turn(connection, dialect, tone(600) + silence(500))
            assert heard == "good morning"
            assert said == "You said: good morning."
            assert len(audio) == 400 * MS

    asyncio.run(run())


@pytest.mark.parametrize(("connect", "dialect"), CLIENTS)
def test_every_helper_of_the_sdk_is_accepted(server: RunningServer, connect: Connect, dialect: str):
    async def run() -> None:
        async with connect(server) as c:
            kind = {"type": "realtime"} if dialect == "ga" else {}
            off: Any = (
                {"audio": {"input": {"turn_detection": None}}}
                if dialect == "ga"
                else {"turn_detection": None}
            )
            await c.session.update(session={**kind, **off})
            await c.input_audio_buffer.append(audio=base64.b64encode(tone(400)).decode())
            await c.input_audio_buffer.clear()
            await c.input_audio_buffer.append(audio=base64.b64encode(tone(400)).decode())
            await c.input_audio_buffer.commit()
            item: Any = {
                "id": "mine",
                "type": "message",
                "role": "user",
                "content": [{"type": "input_text", "text": "hello"}],
            }
            await c.conversation.item.create(item=item)
            await c.conversation.item.retrieve(item_id="mine")
            await c.conversation.item.delete(item_id="mine")
            await c.response.create()
            events = await until(c, dialect, "response.done")
            said = events[-1].response.output[0].id
            await c.conversation.item.truncate(item_id=said, content_index=0, audio_end_ms=100)
            await until(c, dialect, "conversation.item.truncated")
            await c.response.cancel()
            events += await until(c, dialect, "error")
            assert [e.error.code for e in events if e.type == "error"] == [
                "response_cancel_not_active"
            ]

    asyncio.run(run())


@pytest.mark.parametrize(("connect", "dialect"), CLIENTS[:1] + CLIENTS[2:3])
def test_the_sdk_is_turned_away_without_the_key(
    server: RunningServer, connect: Connect, dialect: str, monkeypatch: pytest.MonkeyPatch
):
    from websockets.exceptions import InvalidStatus

    monkeypatch.setattr("tests.server.test_sdk.KEY", "wrong")

    async def run() -> None:
        with pytest.raises(InvalidStatus) as error:
            async with connect(server):
                pass
        assert error.value.response.status_code == 401

    asyncio.run(run())
