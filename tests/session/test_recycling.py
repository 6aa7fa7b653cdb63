"""A session gets a new connection before it expires, and no turn is cut for it."""

import asyncio
import time

import pytest

from realtime_lab.audio import Clip
from realtime_lab.protocol import item_text
from realtime_lab.server import Fault
from realtime_lab.session.recycling import margin
from tests.scripted import ScriptedEngine, tone
from tests.session.test_continuity import (
    PATHS,
    World,
    mark,
    names,
    place,
    said,
    seen,
    visit,
    with_faults,
)


@pytest.fixture(params=PATHS)
def path(request) -> str:
    return PATHS[request.param]


@pytest.fixture
def ga() -> str:
    return PATHS["ga"]


@pytest.fixture
def engine() -> ScriptedEngine:
    return ScriptedEngine()


def ring(world: World) -> None:
    """Let the time of the last timer come."""
    world.timers[-1][1]()


def test_the_time_comes_from_the_service_and_a_margin(engine, ga):
    world = World()

    async def use(session):
        return session.config.expires_at - time.time()

    with with_faults(engine, session_seconds=1800) as server:
        remaining = visit(place(server, ga), use, world=world)
    assert [seconds for seconds, _ in world.timers] == pytest.approx([remaining - 60], abs=2)
    assert margin(1800) == 60
    assert margin(20) == 4


@pytest.mark.parametrize("wrong", [0.0, 1e12])
def test_a_clock_that_is_wrong_recycles_nothing_too_soon(engine, ga, wrong):
    world = World(wall=lambda: wrong)

    async def use(session):
        return (await session.say("Hello")).status

    with with_faults(engine) as server:
        assert visit(place(server, ga), use, world=world) == "completed"
    assert [seconds > 1e6 for seconds, _ in world.timers] == ([True] if not wrong else [])


def test_between_turns_the_session_moves_over_and_the_old_connection_is_closed(engine, path):
    world = World()

    async def use(session):
        await session.say("I am Ann")
        moved = seen(session, "lab.recycled")
        ring(world)
        await moved
        states = {session.state}
        turn = await session.say("Who am I?")
        while len(list(server.server.roster)) > 1:  # noqa: ASYNC110 - of another thread
            await asyncio.sleep(0)
        return turn, states, session

    with with_faults(engine) as server:
        turn, states, session = visit(place(server, path), use, world=world)
    assert (turn.status, states) == ("completed", {"open"})
    assert [text for _, text in said(engine)] == ["I am Ann", "You said: I am Ann.", "Who am I?"]
    assert "lab.connection_lost" not in names(session.log)
    assert mark(session.log, "lab.recycled")["items"] == 2
    assert len(session.turns) == 2
    assert len(world.timers) == 2


def test_a_turn_under_way_is_not_cut(engine, path):
    world = World()
    engine.brain.gate = asyncio.Event()
    engine.brain.answers.append(["A long story begins. ", "It ends."])

    async def use(session):
        turn = asyncio.ensure_future(session.say("Tell me a story"))
        await seen(session, "response.output_audio.delta")
        ring(world)
        await seen(session, "lab.connected")
        server.loop.call_soon_threadsafe(engine.brain.gate.set)
        moved = seen(session, "lab.recycled")
        story = await turn
        await moved
        return story, (await session.say("Thanks")), session.log

    with with_faults(engine) as server:
        story, after, log = visit(place(server, path), use, world=world)
    assert (story.status, story.transcript) == ("completed", "A long story begins. It ends.")
    assert after.status == "completed"
    assert [text for _, text in said(engine)][1].strip() == story.transcript
    done = log.events("response.done")[0].seq
    assert log.events("lab.recycled")[0].seq > done


def test_a_turn_that_lasts_until_the_session_expires_is_settled_by_coming_back(engine, ga):
    world = World()

    async def use(session):
        turn = await session.say("Hello")
        return turn, session.log

    expiring = Fault("expire", at="response.created", count=1)
    with with_faults(engine, expiring) as server:
        turn, log = visit(place(server, ga), use, world=world)
    assert turn.transcript == "You said: Hello."
    assert world.slept == [0.0]
    assert mark(log, "lab.connection_lost")["code"] == 1001


def test_a_session_that_expires_between_turns_goes_on(engine, ga):
    async def use(session):
        await session.say("I am Ann")
        back = seen(session, "lab.reconnected")
        server.server.faults.set([Fault("expire", seconds=0.0, count=1)])
        await back
        return await session.say("Who am I?"), session.log

    with with_faults(engine) as server:
        turn, log = visit(place(server, ga), use)
    assert turn.status == "completed"
    assert said(engine)[0][1] == "I am Ann"
    assert [e.event.error.code for e in log.events("error")] == ["session_expired"]


def test_what_is_spoken_while_it_moves_is_heard_by_the_new_connection(engine, path):
    world = World()
    engine.transcriber.lines.append("now I speak")

    async def use(session):
        ring(world)
        await seen(session, "lab.connected")
        turn = await session.speak(Clip.from_pcm(tone(500)))
        if not session.log.events("lab.recycled"):
            await seen(session, "lab.recycled")
        return turn, session

    with with_faults(engine) as server:
        turn, session = visit(place(server, path), use, world=world)
    assert turn.transcript_user == "now I speak"
    assert item_text(next(iter(session.conversation))) == "now I speak"
    assert engine.transcriber.heard[-1].count(b"\x00\x40\x00\xc0") * 4 == len(tone(500))


def test_a_new_connection_that_cannot_be_had_leaves_the_old_one(engine, ga):
    world = World()

    async def use(session):
        server.server.faults.set([Fault("refuse", status=502, count=2)])
        moved = seen(session, "lab.recycled")
        ring(world)
        turn = await session.say("Hello")
        await moved
        return turn, session.log

    with with_faults(engine) as server:
        turn, log = visit(place(server, ga), use, world=world)
    assert turn.status == "completed"
    assert [e.event.data["attempt"] for e in log.events("lab.recycling_failed")] == [1, 2]


def test_a_new_connection_that_is_lost_while_it_is_told_leaves_the_old_one(engine, ga):
    world = World()

    async def use(session):
        await session.say("I am Ann")
        server.server.faults.set([Fault("close", at="conversation.item.added", session=2, count=1)])
        moved = seen(session, "lab.recycled")
        ring(world)
        await moved
        return await session.say("Hello"), session.log

    with with_faults(engine) as server:
        turn, log = visit(place(server, ga), use, world=world)
    assert turn.status == "completed"
    assert "lab.connection_lost" not in names(log)
    assert len(log.events("lab.recycling_failed")) == 1
