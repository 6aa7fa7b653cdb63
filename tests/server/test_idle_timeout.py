"""A user who says nothing after an answer."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from realtime_lab.server.idle import IdleTimer
from tests.scripted import ScriptedEngine, silence, tone
from tests.server.client import Client, Event, converse, order
from tests.servers import RunningServer, scripted_server

IDLE_MS = 5000
TIMEOUT = "input_audio_buffer.timeout_triggered"
CHUNK_MS = 200


@pytest.fixture
def server(engine: ScriptedEngine) -> Iterator[RunningServer]:
    """One whose time is that of the audio: nothing waits for a clock."""
    with scripted_server(engine, seed=1) as running:
        yield running


def detection(**fields: Any) -> dict[str, Any]:
    settings = {"type": "server_vad", "idle_timeout_ms": IDLE_MS, **fields}
    return {"audio": {"input": {"turn_detection": settings}}}


async def hush(client: Client, ms: int) -> None:
    """The microphone goes on, and nobody speaks."""
    for _ in range(ms // CHUNK_MS):
        await client.append(silence(CHUNK_MS))


async def barrier(client: Client) -> None:
    """All that came before was handled."""
    await client.send("input_audio_buffer.clear")
    await client.until("input_audio_buffer.cleared")


def of(events: list[Event], type: str) -> list[Event]:
    return [event for event in events if event["type"] == type]


@pytest.mark.shows("idle")
def test_the_model_speaks_when_nobody_does(server: RunningServer, engine: ScriptedEngine):
    engine.brain.answers = [["One two three."], ["Are you there?"]]

    async def script(client: Client) -> None:
        await client.update(**detection())
        await client.send("response.create")
        await client.until("rate_limits.updated")
        await hush(client, IDLE_MS + 600)
        await client.until("rate_limits.updated")

    events = converse(server, script)
    asked = next(n for n, event in enumerate(events) if event["type"] == TIMEOUT)
    assert order(events[asked:])[:6] == [
        TIMEOUT,
        "input_audio_buffer.committed",
        "conversation.item.added",
        "conversation.item.done",
        "response.created",
        "response.output_item.added",
    ]
    timeout = events[asked]
    assert timeout["audio_start_ms"] == pytest.approx(300, abs=CHUNK_MS), "the answer was played"
    silent_ms = timeout["audio_end_ms"] - timeout["audio_start_ms"]
    assert silent_ms == pytest.approx(IDLE_MS, abs=CHUNK_MS)
    assert events[asked + 1]["item_id"] == timeout["item_id"]
    assert of(events, "conversation.item.added")[1]["item"]["role"] == "user"
    assert len(of(events, "response.done")) == 2


def test_it_asks_again_after_its_own_question(server: RunningServer):
    async def script(client: Client) -> None:
        await client.update(**detection())
        await client.send("response.create")
        await client.until("rate_limits.updated")
        await hush(client, 2 * IDLE_MS + 4000)
        await barrier(client)

    assert len(of(converse(server, script), TIMEOUT)) == 2


def test_nobody_is_waited_for_before_the_first_answer(server: RunningServer):
    async def script(client: Client) -> None:
        await client.update(**detection())
        await hush(client, IDLE_MS + 1000)
        await barrier(client)

    assert not of(converse(server, script), TIMEOUT)


def test_who_speaks_in_time_is_not_asked(server: RunningServer):
    async def script(client: Client) -> None:
        await client.update(**detection(create_response=False))
        await client.send("response.create")
        await client.until("rate_limits.updated")
        await hush(client, IDLE_MS - 400)
        await client.append(tone(600) + silence(400))
        await client.until("input_audio_buffer.committed")
        await hush(client, IDLE_MS + 1000)
        await barrier(client)

    assert not of(converse(server, script), TIMEOUT), "no answer has ended since"


@pytest.mark.parametrize(
    "change",
    [
        {"audio": {"input": {"turn_detection": None}}},
        {"audio": {"input": {"turn_detection": {"type": "semantic_vad"}}}},
        {"audio": {"input": {"turn_detection": {"type": "server_vad", "idle_timeout_ms": None}}}},
    ],
)
def test_waiting_ends_with_the_setting(server: RunningServer, change: dict[str, Any]):
    async def script(client: Client) -> None:
        await client.update(**detection())
        await client.send("response.create")
        await client.until("rate_limits.updated")
        await hush(client, 1000)
        await client.update(**change)
        await client.until("session.updated")
        await hush(client, IDLE_MS + 1000)
        await barrier(client)

    assert not of(converse(server, script), TIMEOUT)


def test_without_automatic_answers_the_silence_is_only_told(server: RunningServer):
    async def script(client: Client) -> None:
        await client.update(**detection(create_response=False))
        await client.send("response.create")
        await client.until("rate_limits.updated")
        await hush(client, IDLE_MS + 1000)
        await barrier(client)

    events = converse(server, script)
    assert len(of(events, TIMEOUT)) == 1
    assert len(of(events, "response.created")) == 1


@pytest.mark.parametrize(
    ("idle_ms", "code"),
    [(4999, "integer_below_min_value"), (30_001, "integer_above_max_value")],
)
def test_the_wait_has_a_range(server: RunningServer, idle_ms: int, code: str):
    async def script(client: Client) -> None:
        await client.update(**detection(idle_timeout_ms=idle_ms))
        error = await client.refusal()
        assert error["code"] == code
        assert error["param"] == "session.audio.input.turn_detection.idle_timeout_ms"

    converse(server, script)


def test_the_preview_has_no_idle_timeout(server: RunningServer):
    async def script(client: Client) -> None:
        asked = {"type": "server_vad", "idle_timeout_ms": IDLE_MS}
        await client.update(turn_detection=asked)
        error = await client.refusal()
        assert error["code"] == "unknown_parameter"
        assert error["param"] == "session.turn_detection.idle_timeout_ms"

    converse(server, script, "preview")


class Timers:
    """Callbacks that a test calls itself."""

    def __init__(self) -> None:
        self.waiting: list[tuple[float, Callable[[], None]]] = []

    def after(self, seconds: float, callback: Callable[[], None]) -> Callable[[], None]:
        entry = (seconds, callback)
        self.waiting.append(entry)
        return lambda: self.waiting.remove(entry) if entry in self.waiting else None

    def run(self) -> float:
        seconds, callback = self.waiting.pop(0)
        callback()
        return seconds


@pytest.mark.shows("idle")
def test_the_wait_begins_when_the_answer_was_played():
    timers, fired = Timers(), []
    position = iter([700])
    timer = IdleTimer(timers.after, lambda: next(position), fired.append)
    timer.start(2.5, 6.0)
    assert timers.run() == 2.5
    assert timers.run() == 6.0
    assert fired == [700]


def test_stopping_takes_everything_back():
    timers = Timers()
    timer = IdleTimer(timers.after, lambda: 0, lambda start_ms: None)
    timer.start(1.0, 5.0)
    timer.start(2.0, 5.0)
    assert [seconds for seconds, _ in timers.waiting] == [2.0]
    timers.run()
    timer.stop()
    timer.stop()
    assert not timers.waiting
