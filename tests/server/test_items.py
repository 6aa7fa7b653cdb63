"""Items: created anywhere, shown with their audio, shortened to what was heard, deleted."""

from __future__ import annotations

import asyncio
import base64
from typing import Any

import pytest

from tests.scripted import MS, ScriptedEngine, tone
from tests.server.client import Client, Event, converse
from tests.server.test_flows import MANUAL, gated, of
from tests.servers import RunningServer


def message(text: str, role: str = "user", kind: str = "input_text", **extra: Any) -> Event:
    return {
        "type": "message",
        "role": role,
        "content": [{"type": kind, "text": text}],
        **extra,
    }


def heard_by(engine: ScriptedEngine) -> list[tuple[str, str]]:
    """Role and words of what the brain read last."""
    return [(m.role, m.text) for m in engine.brain.prompts[-1].messages]


async def answer(client: Client) -> Event:
    await client.send("response.create")
    response = (await client.last("response.done"))["response"]
    await client.until("rate_limits.updated")
    return response


@pytest.mark.shows("items")
def test_items_go_where_they_are_put(server: RunningServer, engine: ScriptedEngine, dialect: str):
    async def script(client: Client) -> None:
        async def create(item: Event, **place: Any) -> Event:
            await client.send("conversation.item.create", item=item, **place)
            return await client.last("conversation.item.added")

        first = await create(message("one", id="a"))
        third = await create(message("three"))
        second = await create(message("two"), previous_item_id="a")
        zeroth = await create(message("zero", role="system"), previous_item_id="root")
        assert first["previous_item_id"] is None
        assert third["previous_item_id"] == "a"
        assert second["previous_item_id"] == "a"
        assert zeroth["previous_item_id"] is None
        assert first["item"]["id"] == "a"
        assert third["item"]["id"].startswith("item_")
        assert third["item"]["status"] == "completed"
        await answer(client)

    converse(server, script, dialect)
    assert heard_by(engine) == [
        ("system", "zero"),
        ("user", "one"),
        ("user", "two"),
        ("user", "three"),
    ]


def test_a_conversation_can_be_told_from_the_past(
    server: RunningServer, engine: ScriptedEngine, dialect: str
):
    kind = "output_text" if dialect == "ga" else "text"

    async def script(client: Client) -> None:
        for item in (
            message("My name is Ada."),
            message("Hello Ada.", role="assistant", kind=kind),
            {"type": "function_call", "name": "f", "arguments": "{}", "call_id": "c"},
            {"type": "function_call_output", "call_id": "c", "output": "done"},
        ):
            await client.send("conversation.item.create", item=item)
            await client.until("conversation.item.added")
        await answer(client)

    converse(server, script, dialect)
    assert heard_by(engine) == [
        ("user", "My name is Ada."),
        ("assistant", "Hello Ada."),
        ("assistant", ""),
        ("tool", "done"),
    ]


def test_audio_in_a_created_item_is_heard(
    server: RunningServer, engine: ScriptedEngine, dialect: str
):
    engine.transcriber.lines = ["open the door"]
    item = {
        "type": "message",
        "role": "user",
        "content": [{"type": "input_audio", "audio": base64.b64encode(tone(500)).decode()}],
    }

    async def script(client: Client) -> None:
        await client.send("conversation.item.create", item=item)
        added = await client.last("conversation.item.added")
        assert added["item"]["content"] == [{"type": "input_audio", "transcript": None}]
        await answer(client)

    converse(server, script, dialect)
    assert engine.transcriber.heard == [tone(500)]
    assert heard_by(engine) == [("user", "open the door")]


@pytest.mark.shows("items")
def test_an_item_is_retrieved_with_its_audio(server: RunningServer, dialect: str):
    async def script(client: Client) -> None:
        await client.update(**MANUAL[dialect])
        await client.append(tone(400))
        await client.send("input_audio_buffer.commit")
        asked = (await client.last("conversation.item.added"))["item"]
        said = (await answer(client))["output"][0]
        for item, ms in ((asked, 400), (said, 300)):
            await client.send("conversation.item.retrieve", item_id=item["id"])
            shown = (await client.last("conversation.item.retrieved"))["item"]
            audio = base64.b64decode(shown["content"][0].pop("audio"))
            assert len(audio) == ms * MS
            assert shown == item, "all else is as it was announced"

    # The scripted brain answers an unknown utterance with "You said: .": three tones.
    converse(server, script, dialect)


@pytest.mark.shows("items")
def test_a_deleted_item_is_forgotten(server: RunningServer, engine: ScriptedEngine, dialect: str):
    async def script(client: Client) -> None:
        await client.say("one")
        item = (await client.last("conversation.item.added"))["item"]
        await client.say("two")
        await client.send("conversation.item.delete", item_id=item["id"])
        deleted = await client.last("conversation.item.deleted")
        assert deleted["item_id"] == item["id"]
        await answer(client)

    converse(server, script, dialect)
    assert heard_by(engine) == [("user", "two")]


@pytest.mark.shows("truncate")
def test_the_model_remembers_only_what_was_heard(
    server: RunningServer, engine: ScriptedEngine, dialect: str
):
    engine.brain.answers = [["One two three. Four five six."]]

    async def script(client: Client) -> None:
        said = (await answer(client))["output"][0]
        await client.send(
            "conversation.item.truncate", item_id=said["id"], content_index=0, audio_end_ms=350
        )
        truncated = await client.last("conversation.item.truncated")
        assert truncated["audio_end_ms"] == 350
        assert truncated["item_id"] == said["id"]
        await client.send("conversation.item.retrieve", item_id=said["id"])
        shown = (await client.last("conversation.item.retrieved"))["item"]["content"][0]
        assert "transcript" not in shown
        assert len(base64.b64decode(shown["audio"])) == 350 * MS
        await answer(client)

    converse(server, script, dialect)
    # A word is 100 ms, and the fourth had begun.
    assert heard_by(engine) == [("assistant", "One two three. Four ")]


def test_speech_is_truncated_while_it_is_made(server: RunningServer, engine: ScriptedEngine):
    gated(engine, server, "One two three. ", "Four five six.")

    async def script(client: Client) -> None:
        await client.send("response.create")
        delta = await client.last("response.output_audio.delta")
        await client.until("response.output_audio.delta")
        await client.send("response.cancel")
        await client.until("rate_limits.updated")
        await client.send(
            "conversation.item.truncate",
            item_id=delta["item_id"],
            content_index=0,
            audio_end_ms=100,
        )
        await client.until("conversation.item.truncated")
        engine.brain.gate = None
        await answer(client)

    converse(server, script)
    assert heard_by(engine) == [("assistant", "One ")]


def test_truncating_twice_cannot_lengthen(server: RunningServer, engine: ScriptedEngine):
    async def script(client: Client) -> None:
        said = (await answer(client))["output"][0]
        for ms in (200, 250):
            await client.send(
                "conversation.item.truncate", item_id=said["id"], content_index=0, audio_end_ms=ms
            )
        await client.until("conversation.item.truncated")
        error = await client.refusal()
        assert error["message"] == "Audio content of 200ms is already shorter than 250ms"

    converse(server, script)


@pytest.mark.shows("usage")
def test_repeated_input_comes_from_the_cache(server: RunningServer, dialect: str):
    async def script(client: Client) -> None:
        await client.update(instructions="Be brief. " * 60)
        await client.say("hello")
        await answer(client)
        await client.say("hello again")
        await answer(client)

    events = converse(server, script, dialect)
    first, second = (e["response"]["usage"] for e in of(events, dialect, "response.done"))
    assert first["input_token_details"]["cached_tokens"] == 0
    cached = second["input_token_details"]["cached_tokens"]
    assert 0 < cached <= first["input_tokens"]
    assert cached % 64 == 0
    for usage in (first, second):
        read, wrote = usage["input_token_details"], usage["output_token_details"]
        assert usage["input_tokens"] == read["text_tokens"] + read["audio_tokens"]
        assert usage["output_tokens"] == wrote["text_tokens"] + wrote["audio_tokens"]
        assert usage["total_tokens"] == usage["input_tokens"] + usage["output_tokens"]
    assert second["input_token_details"]["audio_tokens"] == 6, "its own speech is read again"


def test_a_client_that_does_not_read_stops_the_voice(engine: ScriptedEngine):
    """The server makes no more speech than a socket and its own small queue can hold."""
    from realtime_lab.protocol import GA, Conversation, OutputAudioDelta
    from realtime_lab.server.ids import Ids
    from realtime_lab.server.outbox import Outbox

    async def run() -> int:
        from random import Random

        outbox = Outbox(GA, Ids(Random(1)), Conversation(), lambda event, size: None)
        made = 0

        async def speak() -> None:
            nonlocal made
            while made < 1000:
                outbox.emit(OutputAudioDelta(response_id="r", item_id="i", delta=bytes(9600)))
                made += 1
                await outbox.room()

        speaking = asyncio.create_task(speak())
        for _ in range(3000):
            await asyncio.sleep(0)
        stopped_at = made
        sent = []

        async def send(text: str) -> None:
            sent.append(text)

        delivering = asyncio.create_task(outbox.deliver(send))
        await speaking
        await outbox.empty()
        delivering.cancel()
        assert len(sent) == 1000, "nothing is lost"
        return stopped_at

    assert asyncio.run(run()) < 100
