"""The stock openai SDK holds conversations with the server, with each of its clients."""

from __future__ import annotations

import asyncio
import base64
import inspect
from collections.abc import Iterator
from dataclasses import replace
from operator import attrgetter
from typing import Any

import pytest

from tests.conformance.openai_clients import (
    CLIENTS,
    Connect,
    azure_beta,
    azure_ga,
    beta,
    ga,
    receive,
    spoken_turn,
    until,
)
from tests.scripted import MS, ScriptedEngine, silence, tone
from tests.server.client import order
from tests.servers import RunningServer

TOOL: dict[str, Any] = {
    "type": "function",
    "name": "weather",
    "description": "The weather of a city",
    "parameters": {"type": "object", "properties": {"city": {"type": "string"}}},
}
PROMPT = {"id": "pmpt_1", "version": "2", "variables": {"name": "Ada"}}
SETTINGS: dict[str, dict[str, Any]] = {
    "ga": {
        "type": "realtime",
        "model": "gpt-realtime",
        "instructions": "Be brief.",
        "output_modalities": ["audio"],
        "audio": {
            "input": {
                "format": {"type": "audio/pcm", "rate": 24000},
                "noise_reduction": {"type": "near_field"},
                "transcription": {"model": "whisper-1", "language": "en", "prompt": "weather"},
                "turn_detection": {
                    "type": "server_vad",
                    "threshold": 0.6,
                    "prefix_padding_ms": 200,
                    "silence_duration_ms": 300,
                    "create_response": False,
                    "interrupt_response": False,
                    "idle_timeout_ms": 6000,
                },
            },
            "output": {
                "format": {"type": "audio/pcm", "rate": 24000},
                "voice": "marin",
                "speed": 1.1,
            },
        },
        "include": ["item.input_audio_transcription.logprobs"],
        "max_output_tokens": 1000,
        "parallel_tool_calls": True,
        "prompt": PROMPT,
        "reasoning": {"effort": "low"},
        "tools": [TOOL],
        "tool_choice": {"type": "function", "name": "weather"},
        "tracing": {"workflow_name": "w", "group_id": "g", "metadata": {"a": "b"}},
        "truncation": {
            "type": "retention_ratio",
            "retention_ratio": 0.8,
            "token_limits": {"post_instructions": 8000},
        },
    },
    "preview": {
        "model": "gpt-4o-realtime-preview",
        "instructions": "Be brief.",
        "modalities": ["text", "audio"],
        "input_audio_format": "pcm16",
        "output_audio_format": "pcm16",
        "input_audio_noise_reduction": {"type": "far_field"},
        "input_audio_transcription": {
            "model": "whisper-1",
            "language": "en",
            "prompt": "weather",
        },
        "turn_detection": {
            "type": "server_vad",
            "threshold": 0.6,
            "prefix_padding_ms": 200,
            "silence_duration_ms": 300,
            "create_response": False,
            "interrupt_response": False,
        },
        "voice": "echo",
        "speed": 1.1,
        "temperature": 0.7,
        "max_response_output_tokens": 1000,
        "tools": [TOOL],
        "tool_choice": "required",
    },
}
"""Every setting the SDK's types have for a session, except what Azure's preview refuses."""
BY_HAND: dict[str, dict[str, Any]] = {
    "ga": {
        "type": "realtime",
        "audio": {"input": {"turn_detection": None, "transcription": None}},
        "tools": [],
        "tool_choice": "auto",
        "tracing": None,
        "prompt": None,
    },
    "preview": {
        "turn_detection": None,
        "input_audio_transcription": None,
        "tools": [],
        "tool_choice": "auto",
    },
}
ASIDE: dict[str, dict[str, Any]] = {
    "ga": {
        "output_modalities": ["text"],
        "audio": {"output": {"format": {"type": "audio/pcm", "rate": 24000}, "voice": "marin"}},
        "parallel_tool_calls": False,
        "prompt": PROMPT,
        "reasoning": {"effort": "minimal"},
        "max_output_tokens": 500,
    },
    "preview": {
        "modalities": ["text"],
        "voice": "echo",
        "output_audio_format": "pcm16",
        "temperature": 0.9,
        "max_response_output_tokens": 500,
    },
}
"""Every setting of a response that the dialects name differently."""
ITEM_EVENTS = ("conversation.item.added", "conversation.item.done")
WRITTEN = (
    "response.created",
    "response.output_item.added",
    "response.content_part.added",
    "response.output_text.delta",
    "response.output_text.done",
    "response.content_part.done",
    "response.output_item.done",
    "response.done",
    "rate_limits.updated",
)
SPOKEN = (
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
)


def message(text: str, id: str) -> Any:
    content = [{"type": "input_text", "text": text}]
    return {"id": id, "type": "message", "role": "user", "content": content}


def helpers(resource: Any, path: str = "") -> Iterator[str]:
    """Names of the SDK's helpers for client events, as ``conversation.item.create``."""
    from openai.resources.beta.realtime.realtime import (
        BaseAsyncRealtimeConnectionResource as BetaResource,
    )
    from openai.resources.realtime.realtime import (
        BaseAsyncRealtimeConnectionResource as GaResource,
    )

    for name, value in inspect.getmembers(resource):
        if isinstance(value, (BetaResource, GaResource)):
            yield from helpers(value, f"{path}{name}.")
        elif path and not name.startswith("_") and inspect.iscoroutinefunction(value):
            yield path + name


class Asker:
    """Calls helpers by name and checks what each is answered with, to the event."""

    def __init__(self, connection: Any, dialect: str) -> None:
        self._connection = connection
        self._dialect = dialect
        self.asked: list[str] = []

    async def __call__(self, helper: str, *answers: str, **arguments: Any) -> list[Any]:
        """What came back, which must be of the types ``answers`` (GA names)."""
        self.asked.append(helper)
        await attrgetter(helper)(self._connection)(event_id=self.asked_id, **arguments)
        wanted = [a for a in answers if self._dialect == "ga" or a != "conversation.item.done"]
        events: list[Any] = []
        while order([{"type": e.type} for e in events]) != wanted:
            events.append(await receive(self._connection, self._dialect))
            came = order([{"type": e.type} for e in events])
            assert came == wanted[: len(came)], f"{helper} is answered with {events[-1]}"
        return events

    async def refused(self, helper: str, code: str, **arguments: Any) -> None:
        """The helper's event is answered with an ``error`` of that code which names it."""
        (event,) = await self(helper, "error", **arguments)
        assert event.error.code == code
        assert event.error.event_id == self.asked_id

    @property
    def asked_id(self) -> str:
        """The ``event_id`` of the helper's latest event."""
        return f"mine_{len(self.asked)}"


@pytest.mark.parametrize(("connect", "dialect"), CLIENTS)
@pytest.mark.shows("judges")
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
@pytest.mark.shows("overrides", "tracing", "update")
def test_every_helper_of_the_sdk_is_answered(
    server: RunningServer, engine: ScriptedEngine, connect: Connect, dialect: str
):
    engine.brain.answers = [["Hello."], ["Well."]]
    audio = base64.b64encode(tone(400)).decode()

    async def run() -> None:
        async with connect(server) as c:
            await until(c, dialect, "session.created")
            if dialect == "preview":
                await until(c, dialect, "conversation.created")
            ask = Asker(c, dialect)
            await ask("session.update", "session.updated", session=SETTINGS[dialect])
            await ask("session.update", "session.updated", session=BY_HAND[dialect])

            await ask("input_audio_buffer.append", audio=audio)
            await ask("input_audio_buffer.clear", "input_audio_buffer.cleared")
            await ask.refused("input_audio_buffer.commit", "input_audio_buffer_commit_empty")
            await ask("input_audio_buffer.append", audio=audio)
            committed = ("input_audio_buffer.committed", *ITEM_EVENTS)
            await ask("input_audio_buffer.commit", *committed)

            create, retrieve = "conversation.item.create", "conversation.item.retrieve"
            await ask(create, *ITEM_EVENTS, item=message("two", "b"))
            (first, *_) = await ask(
                create, *ITEM_EVENTS, item=message("one", "a"), previous_item_id="root"
            )
            assert first.previous_item_id is None
            await ask(retrieve, "conversation.item.retrieved", item_id="a")
            await ask("conversation.item.delete", "conversation.item.deleted", item_id="a")
            await ask.refused(retrieve, "item_retrieve_invalid_item_id", item_id="a")

            *_, done, _ = await ask("response.create", *SPOKEN)
            item_id = done.response.output[0].id
            await ask(
                "conversation.item.truncate",
                "conversation.item.truncated",
                item_id=item_id,
                content_index=0,
                audio_end_ms=40,
            )
            aside = {
                "conversation": "none",
                "input": [message("three", "c"), {"type": "item_reference", "id": "b"}],
                "instructions": "Be briefer.",
                "metadata": {"topic": "weather"},
                "tools": [TOOL],
                "tool_choice": "none",
                **ASIDE[dialect],
            }
            created, *_ = await ask("response.create", *WRITTEN, response=aside)
            assert created.response.metadata == {"topic": "weather"}
            await ask.refused("response.cancel", "response_cancel_not_active")
            # Over a WebSocket the client plays the audio: there is no buffer to clear.
            await ask.refused("output_audio_buffer.clear", "invalid_value")
            if hasattr(c, "transcription_session"):
                await ask.refused("transcription_session.update", "invalid_parameter", session={})
            assert set(helpers(c)) == set(ask.asked)

    asyncio.run(run())


@pytest.mark.parametrize(("connect", "dialect"), CLIENTS)
def test_the_sdk_cancels_a_response_by_its_id(
    server: RunningServer, engine: ScriptedEngine, connect: Connect, dialect: str
):
    engine.brain.answers = [["Once upon a time. ", "And so on."]]
    engine.brain.gate = asyncio.Event()

    async def run() -> None:
        async with connect(server) as c:
            await c.response.create()
            begun = (await until(c, dialect, "response.created"))[-1].response.id
            await c.response.cancel(response_id=begun)
            done = (await until(c, dialect, "response.done"))[-1].response
            assert (done.id, done.status) == (begun, "cancelled")

    asyncio.run(run())


def test_the_handlers_of_the_sdk_are_called(server: RunningServer):
    seen = []

    async def run() -> None:
        async with ga(server) as c:
            c.on("session.created", lambda event: seen.append(event.session.type))
            c.on("error", lambda event: seen.append(event.error.code))
            await c.response.cancel()
            await c.conversation.item.create(item=message("hello", "a"))

            async def end(event: Any) -> None:
                await c.close()

            c.on("conversation.item.done", end)
            await c.dispatch_events()

    asyncio.run(asyncio.wait_for(run(), 30))
    assert seen == ["realtime", "response_cancel_not_active"]


@pytest.mark.parametrize(
    "connect",
    [pytest.param(azure_ga, id="azure-ga"), pytest.param(azure_beta, id="azure-beta")],
)
def test_a_wrong_key_gets_no_connection_as_with_azure(server: RunningServer, connect: Connect):
    from websockets.exceptions import InvalidStatus

    async def run() -> None:
        with pytest.raises(InvalidStatus) as error:
            async with connect(replace(server, key="wrong")):
                pass
        assert error.value.response.status_code == 401

    asyncio.run(run())


@pytest.mark.parametrize(
    ("connect", "dialect"),
    [pytest.param(ga, "ga", id="ga"), pytest.param(beta, "preview", id="beta")],
)
def test_a_wrong_key_ends_the_connection_as_with_openai(
    server: RunningServer, connect: Connect, dialect: str
):
    from websockets.exceptions import ConnectionClosed

    async def run() -> None:
        async with connect(replace(server, key="wrong")) as connection:
            (refusal,) = await until(connection, dialect, "error")
            assert refusal.error.code == "invalid_api_key"
            with pytest.raises(ConnectionClosed) as closed:
                await receive(connection, dialect)
            assert closed.value.rcvd is not None
            assert closed.value.rcvd.code == 3000

    asyncio.run(run())
