"""The server's own streams have the shape of the recorded ones: order and fields, in each dialect.

The recorded streams lie beside the checkout; that they are understood is tested with the codec.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from realtime_lab.engine import ToolCall
from tests.scripted import ScriptedEngine, silence, tone
from tests.server.client import Client, Event, order, session
from tests.servers import RunningServer

RECORDED = Path(__file__).parents[3] / "shared" / "reference" / "examples"
FILES = {"ga": "ga_server.jsonl", "preview": "beta_server.jsonl"}
PATHS = {
    "ga": "/openai/v1/realtime?model=gpt-realtime",
    "preview": "/openai/realtime?api-version=2025-04-01-preview"
    "&deployment=gpt-4o-realtime-preview-2024-12-17",
}
"""The models that were recorded."""
TRANSCRIPTION = "conversation.item.input_audio_transcription."
TOOL = {"type": "function", "name": "get_weather", "parameters": {"type": "object"}}
NOT_OF_WEBSOCKETS = {"output_audio_buffer.started"}
OPTIONAL = {"ga": {"conversation.created"}, "preview": set()}
"""Sent by some services of that dialect and not by others."""
MEANT: dict[str, dict[str, set[str]]] = {
    # Only `retrieved` shows an item with its audio; the recorded one was made without.
    "ga": {"conversation.item.retrieved": {"+.item.content[].audio"}},
    # The preview got noise reduction after the recorded stream.
    "preview": {
        "session.created": {"+.session.input_audio_noise_reduction"},
        "session.updated": {"+.session.input_audio_noise_reduction"},
    },
}
"""Differences that are meant, by event type."""


@pytest.fixture
def recorded(dialect: str) -> list[Event]:
    path = RECORDED / FILES[dialect]
    if not path.is_file():
        pytest.skip("no recorded streams beside the checkout (../shared/reference/examples)")
    return [json.loads(line) for line in path.read_text().splitlines()]


@pytest.fixture(params=["ga", "preview"])
def dialect(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture
def stream(server: RunningServer, engine: ScriptedEngine, dialect: str) -> list[Event]:
    """What the server says to the same conversation as the recorded one."""
    engine.brain.answers = [
        ["Hi."],
        ["ok", ToolCall("get_weather", '{"city":"Oslo"}')],
        ["Once upon a time. ", "And so on."],
        RuntimeError("no brain"),
    ]
    engine.transcriber.lines = ["Hello"]

    async def run() -> list[Event]:
        async with session(server, dialect, PATHS[dialect]) as client:
            await converse(client, engine)
            return client.events

    return asyncio.run(run())


async def converse(client: Client, engine: ScriptedEngine) -> None:
    ga = client.dialect == "ga"
    transcription = {"model": "whisper-1"}
    await client.update(instructions="Be brief.", tools=[TOOL])
    await client.update(
        **({"audio": {"input": {"transcription": transcription}}})
        if ga
        else {"input_audio_transcription": transcription}
    )
    await client.append(tone(600) + silence(400))
    done = (await client.last("response.done"))["response"]
    await client.until("rate_limits.updated")

    in_text = {"output_modalities" if ga else "modalities": ["text"]}
    await client.send("response.create", response=in_text)
    call = (await client.last("response.function_call_arguments.done"))["call_id"]
    await client.until("response.done")
    output = {"type": "function_call_output", "call_id": call, "output": "{}"}
    await client.send("conversation.item.create", item=output)
    told = await client.last("conversation.item.added")

    engine.brain.gate = asyncio.Event()  # never set: the answer has no end
    await client.send("response.create")
    await client.until("response.output_audio.delta")
    await client.append(tone(300))
    await client.until("response.done")
    await client.send("response.create")
    await client.until("response.done")

    said = done["output"][0]["id"]
    await client.send("conversation.item.retrieve", item_id=said)
    await client.send("conversation.item.truncate", item_id=said, content_index=0, audio_end_ms=100)
    await client.send("conversation.item.delete", item_id=told["item"]["id"])
    await client.send("input_audio_buffer.clear")
    await client.send("response.cancel")
    await client.until("error")


def test_every_recorded_event_is_sent(stream: list[Event], recorded: list[Event], dialect: str):
    sent = {event["type"] for event in stream}
    missing = {event["type"] for event in recorded} - sent
    assert missing - NOT_OF_WEBSOCKETS - OPTIONAL[dialect] == set()


@pytest.mark.shows("order")
def test_the_order_is_the_recorded_one(stream: list[Event], recorded: list[Event]):
    spoken, written = flows(stream)
    assert spoken == flows(recorded)[0]
    assert written == flows(recorded)[1]


@pytest.mark.shows("session")
def test_the_fields_are_the_recorded_ones(stream: list[Event], recorded: list[Event], dialect: str):
    differences = set()
    for event in stream:
        meant = MEANT[dialect].get(event["type"], set())
        of_type = [other for other in recorded if other["type"] == event["type"]]
        alike = [other for other in of_type if kind(other) == kind(event)]
        if alike:
            found = min((set(differing(event, other)) for other in alike), key=len)
            differences |= {(event["type"], path) for path in found - meant}
        elif of_type:
            differences.add((event["type"], f"none was recorded of the kind {kind(event)}"))
    assert not differences, "\n".join(f"{type}: {path}" for type, path in sorted(differences))


def kind(event: Event) -> tuple[Any, ...]:
    """What tells apart events of one type that need not have the same fields."""
    item = event.get("item", {})
    status = event.get("response", {}).get("status")
    return event["type"], item.get("type"), status, event.get("part", {}).get("type")


def differing(ours: Any, theirs: Any, path: str = "") -> Iterator[str]:
    """Paths of fields that one has and the other has not; a ``null`` may be anything."""
    if isinstance(ours, dict) and isinstance(theirs, dict):
        yield from (f"+{path}.{name}" for name in ours.keys() - theirs.keys())
        yield from (f"-{path}.{name}" for name in theirs.keys() - ours.keys())
        for name in ours.keys() & theirs.keys():
            for found in differing(ours[name], theirs[name]):
                yield f"{found[0]}{path}.{name}{found[1:]}"
    elif isinstance(ours, list) and isinstance(theirs, list):
        for element in ours:
            alike = [e for e in theirs if is_alike(e, element)]
            if alike:
                found = min((list(differing(element, e)) for e in alike), key=len)
                yield from (f"{f[0]}{path}[]{f[1:]}" for f in found)


def is_alike(one: Any, other: Any) -> bool:
    """Whether two elements of lists are of one type."""
    types = [e.get("type", e.get("name")) for e in (one, other) if isinstance(e, dict)]
    return len(types) == 2 and types[0] == types[1]


def flows(events: list[Event]) -> tuple[list[str], list[str]]:
    """The order of types of a spoken turn, and of the response after it that calls a function.

    Without the transcription of the user's words, which may come at any time.
    """
    types = order([e for e in events if not e["type"].startswith(TRANSCRIPTION)])
    spoken = types.index("input_audio_buffer.speech_started")
    end = types.index("rate_limits.updated", spoken) + 1
    written = types.index("response.created", end)
    return types[spoken:end], types[written : types.index("response.done", written) + 1]
