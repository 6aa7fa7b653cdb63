"""A service that has no room: what a session waits for, tries again, and tells."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

import realtime_lab as rl
from realtime_lab.errors import RateLimitedConnect, RateLimitedResponse
from realtime_lab.protocol import ResponseConfig, ResponseCreate
from realtime_lab.session import session_thread
from realtime_lab.widgets.console_feed import ConsoleFeed
from tests.scripted import ScriptedEngine
from tests.servers import RunningServer, running_server

PATHS = {
    "preview": "/openai/realtime?deployment=gpt-4o-realtime-preview",
    "ga": "/v1/realtime?model=gpt-realtime",
}
NAMES = {"ga": "gpt-realtime", "preview": "gpt-4o-realtime-preview"}


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def server(clock: Clock):
    with running_server(ScriptedEngine(), clock=clock) as running:
        yield running


@pytest.fixture(params=PATHS)
def dialect(request) -> str:
    return request.param


@pytest.fixture
def place(dialect: str, server: RunningServer) -> rl.Endpoint:
    return rl.endpoint(server.ws_url + PATHS[dialect], api_key=server.key)


def limits(server: RunningServer, dialect: str) -> Any:
    return server.server.deployments.find(NAMES[dialect], dialect).limits


def in_lab(place, use, **options):
    async def visit():
        async with await rl.connect(place, **options) as lab:
            return await use(lab)

    return asyncio.run(visit())


async def waits(lab, clock: Clock, asked: list[float]) -> None:
    """From now on the session waits by the server's clock, and not at all."""

    def later(seconds: float, function: Any) -> None:
        asked.append(seconds)
        clock.now += seconds + 0.1
        asyncio.get_running_loop().call_soon(function)

    async def patched() -> None:
        lab.session.limits.requests._later = later

    await session_thread().call(patched(), "test")


async def said(lab, text: str) -> None:
    """Say something; until the service has told what is left of the limits."""
    limited = asyncio.Event()
    loop = asyncio.get_running_loop()

    def listen(entry):
        if entry.type == "rate_limits.updated":
            loop.call_soon_threadsafe(limited.set)

    unsubscribe = lab.session.subscribe(listen)
    await lab.say(text)
    await limited.wait()
    unsubscribe()


def told(lab, name: str) -> list[dict[str, Any]]:
    return [entry.event.data for entry in lab.log.events(name)]


def test_a_response_without_room_is_loud_and_says_when(place, server, dialect):
    async def use(lab):
        limits(server, dialect).set(tokens_per_minute=6_000)
        limits(server, dialect).reserve(5_000)
        with pytest.raises(RateLimitedResponse) as refused:
            await lab.say("Hello")
        return lab, refused.value

    lab, error = in_lab(place, use)
    assert error.code == "rate_limit_exceeded"
    assert error.retry_after is not None
    assert error.retry_after > 30
    assert f"retry in {error.retry_after:.3g} s" in str(error)
    assert "Limit 6000" in str(error)
    (mark,) = told(lab, "lab.rate_limited")
    assert mark["told"] == str(error)
    assert mark["retried"] is False
    assert lab.turns[-1].status == "failed"
    assert "Limit 6000" in lab.turns[-1].problem
    feed = ConsoleFeed()
    for entry in lab.log:
        feed.apply(entry)
    assert "Rate limit" in feed.status.problem
    assert lab.cost.failed == 1
    assert lab.turns[-1].cost.dollars == 0


def test_it_is_retried_once_when_asked_and_after_the_wait(place, server, dialect, clock):
    async def use(lab):
        asked: list[float] = []
        await waits(lab, clock, asked)
        limits(server, dialect).set(tokens_per_minute=6_000)
        limits(server, dialect).reserve(5_000)
        turn = await lab.say("Hello")
        return lab, turn, asked

    lab, turn, asked = in_lab(place, use, retry_rate_limited=True)
    assert turn.transcript == "You said: Hello."
    assert turn.status == "completed"
    assert len(turn.responses) == 2
    (mark,) = told(lab, "lab.rate_limited")
    assert mark["retried"] is True
    assert mark["retry_after"] in asked
    assert len(lab.log.events("response.create")) == 2


def test_a_second_refusal_is_not_retried(place, server, dialect, clock):
    async def use(lab):
        def later(seconds: float, function: Any) -> None:
            asyncio.get_running_loop().call_soon(function)  # no time passes

        async def patched() -> None:
            lab.session.limits.requests._later = later

        await session_thread().call(patched(), "test")
        limits(server, dialect).set(tokens_per_minute=6_000)
        limits(server, dialect).reserve(5_000)
        with pytest.raises(RateLimitedResponse):
            await lab.say("Hello")
        return lab

    lab = in_lab(place, use, retry_rate_limited=True)
    assert [mark["retried"] for mark in told(lab, "lab.rate_limited")] == [True, False]


def test_what_can_never_fit_is_not_retried(place, server, dialect):
    async def use(lab):
        limits(server, dialect).set(tokens_per_minute=1_000)
        with pytest.raises(RateLimitedResponse) as refused:
            await lab.say("Hello")
        return refused.value

    error = in_lab(place, use, retry_rate_limited=True)
    assert error.retry_after is None
    assert "will not fit later either" in str(error)


def test_the_retry_asks_for_the_same(place, server, dialect, clock):
    async def use(lab):
        await waits(lab, clock, [])
        limits(server, dialect).set(tokens_per_minute=6_000)
        limits(server, dialect).reserve(5_000)
        done = asyncio.Event()
        loop = asyncio.get_running_loop()

        def listen(entry):
            if entry.type == "response.done" and entry.event.response.status == "completed":
                loop.call_soon_threadsafe(done.set)

        lab.session.subscribe(listen)

        async def ask() -> None:
            config = ResponseConfig(instructions="Sing.", output_modalities=["text"])
            lab.session.ask(ResponseCreate(response=config))

        await session_thread().call(ask(), "test")
        await done.wait()
        return [e.event.response for e in lab.log.events("response.create")]

    first, second = in_lab(place, use, retry_rate_limited=True)
    assert (second.instructions, second.output_modalities) == ("Sing.", ["text"])
    assert first.instructions == second.instructions


def test_a_request_is_held_while_the_service_told_that_nothing_is_left(
    place, server, dialect, clock
):
    async def use(lab):
        asked: list[float] = []
        await waits(lab, clock, asked)
        # The session itself and the first response are the two requests of this minute.
        limits(server, dialect).set(requests_per_minute=2)
        await said(lab, "One")
        turn = await lab.say("Two")
        return lab, turn, asked

    lab, turn, asked = in_lab(place, use)
    assert turn.status == "completed"
    (mark,) = told(lab, "lab.rate_limit_wait")
    assert mark["seconds"] == pytest.approx(asked[0], abs=0.001)
    assert lab.log.events("lab.rate_limited") == []


def test_the_stop_button_ends_the_wait(place, server, dialect):
    async def use(lab):
        limits(server, dialect).set(requests_per_minute=2)
        await said(lab, "One")
        waiting = asyncio.Event()
        loop = asyncio.get_running_loop()

        def listen(entry):
            if entry.type == "lab.rate_limit_wait":
                loop.call_soon_threadsafe(waiting.set)

        lab.session.subscribe(listen)
        second = lab.say("Two")
        await waiting.wait()
        await lab.interrupt()
        return (await second).transcript, len(lab.log.events("response.create"))

    assert in_lab(place, use) == ("", 1)


def test_it_warns_before_the_service_refuses(place, server, dialect):
    async def use(lab):
        limits(server, dialect).set(tokens_per_minute=6_000)
        limits(server, dialect).reserve(1_800)
        await said(lab, "Hello")
        return lab, lab.rate_limits

    lab, left = in_lab(place, use)
    (mark,) = told(lab, "lab.rate_limit_near")
    assert mark["limit"] == "tokens"
    assert "the next response sets" in mark["told"]
    assert 0 < left["tokens"].remaining < 6_000
    assert left["tokens"].limit == 6_000


def full(server: RunningServer, dialect: str) -> None:
    """From now on the next request fits in half a second."""
    account = limits(server, dialect)
    account.set(requests_per_minute=120)
    for _ in range(120):
        account.reserve(0)


def test_a_handshake_without_room_is_refused_and_says_when(place, server, dialect):
    full(server, dialect)
    with pytest.raises(RateLimitedConnect, match=r"retry in 0\.5 s") as refused:
        in_lab(place, lambda lab: lab.say("Hello"))
    assert refused.value.retry_after == pytest.approx(0.5)


def test_a_handshake_without_room_is_tried_again_when_asked(dialect):
    with running_server(ScriptedEngine()) as server:
        place = rl.endpoint(server.ws_url + PATHS[dialect], api_key=server.key)
        full(server, dialect)

        async def use(lab):
            return told(lab, "lab.rate_limit_wait")

        (mark,) = in_lab(place, use, retry_rate_limited=True)
        assert 0 < mark["seconds"] <= 0.5
        assert "HTTP 429" in mark["told"]
