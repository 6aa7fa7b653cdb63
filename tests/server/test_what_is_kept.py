"""What a server keeps: of sessions that ended nothing, of a turn its items."""

from __future__ import annotations

import asyncio
import base64
import gc
from collections import Counter
from collections.abc import Coroutine
from itertools import count
from typing import Any

import pytest

from realtime_lab.server import Access, Deployments, Server, create_app
from realtime_lab.server.kept_audio import KeptAudio
from tests.scripted import ScriptedEngine, silence, tone
from tests.server.wire import Wire
from tests.servers import KEY

SPEECH = base64.b64encode(tone(300)).decode()
PAUSE = base64.b64encode(silence(500)).decode()
DIALECTS = ("ga", "preview")


def application(engine: ScriptedEngine) -> Any:
    async def ready() -> Any:
        return engine

    # A minute passes whenever the clock is read, so that no rate limit is reached.
    deployments = Deployments(clock=count(step=60).__next__)
    return create_app(Server(Access(KEY), ready, deployments=deployments))


def play(script: Coroutine[Any, Any, None]) -> None:
    async def limited() -> None:
        async with asyncio.timeout(30):
            await script

    asyncio.run(limited())


def held() -> Counter[str]:
    """How many objects of our own there are, by class."""
    gc.collect()
    kinds = Counter(type(thing) for thing in gc.get_objects())
    return Counter(
        {
            kind.__qualname__: count
            for kind, count in kinds.items()
            if str(kind.__module__).startswith("realtime_lab.")
        }
    )


async def spoken_turn(wire: Wire) -> list[str]:
    """A turn ended by its silence; the ids of its two items."""
    wire.send("input_audio_buffer.append", audio=SPEECH)
    wire.send("input_audio_buffer.append", audio=PAUSE)
    heard = await wire.until("input_audio_buffer.committed")
    return [heard["item_id"], await answer(wire)]


async def answer(wire: Wire) -> str:
    """The id of the item that a response made."""
    response = (await wire.until("response.done"))["response"]
    await wire.until("rate_limits.updated")
    assert response["status"] == "completed"
    return response["output"][0]["id"]


async def typed_turn(wire: Wire, text: str = "Hello.") -> list[str]:
    """A typed turn; the ids of its two items."""
    content = [{"type": "input_text", "text": text}]
    wire.send(
        "conversation.item.create", item={"type": "message", "role": "user", "content": content}
    )
    wire.send("response.create")
    said = await wire.until("conversation.item.added", "conversation.item.created")
    return [said["item"]["id"], await answer(wire)]


async def talk_and_go(app: Any, dialect: str) -> None:
    wire = Wire(app, dialect)
    await wire.until("session.created")
    await spoken_turn(wire)
    await typed_turn(wire)
    await wire.hang_up()


async def go_in_the_middle(app: Any, dialect: str) -> None:
    """Leave while a turn is being spoken and an answer is being said."""
    wire = Wire(app, dialect)
    wire.send("input_audio_buffer.append", audio=SPEECH)
    await wire.until("input_audio_buffer.speech_started")
    wire.send("response.create")
    await wire.until("response.output_audio.delta", "response.audio.delta")
    await wire.hang_up()


async def tasks_left() -> set[asyncio.Task[Any]]:
    """What still runs when the loop has had time to end what was cancelled."""
    for _ in range(100):
        await asyncio.sleep(0)
    return {task for task in asyncio.all_tasks() if task is not asyncio.current_task()}


@pytest.mark.parametrize("dialect", DIALECTS)
def test_nothing_is_left_of_sessions_that_ended(dialect: str) -> None:
    async def run() -> None:
        engine, gate = ScriptedEngine(), asyncio.Event()
        app = application(engine)

        async def visits() -> Counter[str]:
            for _ in range(3):
                await talk_and_go(app, dialect)
                engine.brain.answers = [["Once upon. ", "A time."]]
                engine.brain.gate = gate
                await go_in_the_middle(app, dialect)
                engine.brain.gate = None
            assert await tasks_left() == set()
            engine.brain.prompts.clear()
            engine.transcriber.hints.clear()
            return held()

        before = await visits()
        assert await visits() == before

    play(run())


def test_what_a_turn_leaves_goes_with_its_items() -> None:
    async def run() -> None:
        engine = ScriptedEngine()
        wire = Wire(application(engine))
        await wire.until("session.created")

        async def turns(number: int) -> Counter[str]:
            for _ in range(number):
                for item_id in (*await spoken_turn(wire), *await typed_turn(wire)):
                    wire.send("conversation.item.delete", item_id=item_id)
                    await wire.until("conversation.item.deleted")
            wire.send("response.create", response={"conversation": "none", "input": []})
            await answer(wire)
            engine.brain.prompts.clear()
            engine.transcriber.hints.clear()
            return held()

        few = await turns(3)
        assert await turns(30) == few
        await wire.hang_up()

    play(run())


def test_a_thousand_answers_beside_the_conversation_leave_nothing() -> None:
    async def run() -> None:
        engine = ScriptedEngine()
        wire = Wire(application(engine))
        await wire.until("session.created")
        response = {"conversation": "none", "output_modalities": ["text"]}

        async def answers(number: int) -> Counter[str]:
            for _ in range(number):
                wire.send("response.create", response=response)
                await answer(wire)
                engine.brain.prompts.clear()
            return held()

        few = await answers(10)
        assert await answers(1000) == few
        await wire.hang_up()

    play(run())


def test_a_client_in_a_hurry_leaves_the_others_their_turn() -> None:
    async def run() -> None:
        wire = Wire(application(ScriptedEngine()))
        await wire.until("session.created")
        turns = 0

        async def count_turns() -> None:
            nonlocal turns
            while True:
                await asyncio.sleep(0)
                turns += 1

        frame = base64.b64encode(silence(20)).decode()
        for _ in range(500):
            wire.send("input_audio_buffer.append", audio=frame)
        wire.send("input_audio_buffer.clear")
        others = asyncio.create_task(count_turns())
        await wire.until("input_audio_buffer.cleared")
        others.cancel()
        assert turns >= 40, "others come to their turn at least every 250 ms of audio"
        await wire.hang_up()

    play(run())


class TestKeptAudio:
    def test_one_session_may_keep_all_of_it(self) -> None:
        kept = KeptAudio(limit=10)
        kept.keep("anna", "a", b"12345")
        kept.keep("anna", "b", b"67890")
        assert kept.get("anna", "a") == b"12345"
        assert kept.get("anna", "b") == b"67890"

    def test_the_oldest_goes_first_whosesoever_it_is(self) -> None:
        kept = KeptAudio(limit=10)
        kept.keep("anna", "a", b"12345")
        kept.keep("bert", "a", b"67890")
        kept.keep("bert", "b", b"1")
        assert kept.get("anna", "a") is None
        assert kept.get("bert", "a") == b"67890"

    def test_audio_kept_anew_counts_once(self) -> None:
        kept = KeptAudio(limit=10)
        kept.keep("anna", "a", b"12345")
        kept.keep("anna", "b", b"12345")
        kept.keep("anna", "a", b"123")
        assert kept.get("anna", "b") == b"12345"

    def test_a_session_that_ends_makes_room(self) -> None:
        kept = KeptAudio(limit=10)
        kept.keep("anna", "a", b"12345")
        kept.keep("bert", "a", b"67890")
        kept.drop_all("anna")
        kept.keep("bert", "b", b"12345")
        assert kept.get("anna", "a") is None
        assert kept.get("bert", "a") == b"67890"
