"""A chain of endpoints: each hop is seen, and the conversation goes along."""

import asyncio
from dataclasses import dataclass, replace
from random import Random

import pytest

import realtime_lab as rl
from realtime_lab.errors import EndpointError, SessionClosed
from realtime_lab.eventlog import EventLog
from realtime_lab.server import Fault, Faults
from realtime_lab.session import Settings, chained, open_session
from tests.scripted import ScriptedEngine
from tests.servers import running_server
from tests.session.test_continuity import (
    PATHS,
    World,
    broken_off,
    mark,
    names,
    place,
    said,
)


def visit(sources, use, **options):
    async def there():
        around = World().surroundings()
        opened = await open_session(chained(sources), Settings(), around=around, **options)
        try:
            return await use(opened.session)
        finally:
            await opened.close()

    return asyncio.run(asyncio.wait_for(there(), 20))


NOWHERE = rl.endpoint("ws://127.0.0.1:1/v1/realtime?model=gpt-realtime", api_key="x")


def test_the_first_that_gives_a_session_is_taken():
    with running_server(ScriptedEngine()) as server:
        there = place(server, PATHS["ga"])
        turn, log = visit([NOWHERE, there], lambda s: _say(s, "Hello"))
    assert turn.status == "completed"
    assert "nobody answers" in mark(log, "lab.connect_failed")["told"]
    assert mark(log, "lab.connected")["host"] == "127.0.0.1"


async def _say(session, text):
    return await session.say(text), session.log


def test_where_none_gives_a_session_the_first_refusal_is_told():
    refusing = Faults([Fault("refuse", status=404)])
    with (
        running_server(ScriptedEngine(), faults=refusing) as server,
        pytest.raises(EndpointError, match="nobody answers"),
    ):
        visit([NOWHERE, place(server, PATHS["ga"])], lambda s: _say(s, "Hello"))


@pytest.mark.parametrize("first, second", [("ga", "preview"), ("preview", "ga")])
def test_the_next_endpoint_goes_on_with_the_conversation_in_its_own_dialect(
    tmp_path, first, second
):
    one, two = ScriptedEngine(), ScriptedEngine()

    async def use(session):
        await session.say("I am Ann")
        await broken_off(session, a, Fault("refuse", status=401))
        turn = await session.say("Who am I?")
        return turn, session

    with running_server(one, faults=Faults()) as a, running_server(two, random=Random(2)) as b:
        turn, session = visit([place(a, PATHS[first]), place(b, PATHS[second])], use)
        assert session.endpoint.dialect == second
    assert turn.status == "completed"
    assert [text for _, text in said(two)] == ["I am Ann", "You said: I am Ann.", "Who am I?"]
    hops = [e.event.data["dialect"] for e in session.log.events("lab.connected")]
    assert hops == [first, second]
    session.log.write(tmp_path / "log.jsonl")
    again = EventLog.load(tmp_path / "log.jsonl")
    assert [e.type for e in again] == [e.type for e in session.log]
    assert not [e for e in again if type(e.event).__name__ == "UnknownEvent"]


def test_a_step_of_text_alone_hears_and_writes():
    engine = ScriptedEngine()

    async def use(session):
        spoken = await session.say("Hello")
        await broken_off(session, server, Fault("refuse", status=429, session=2, retry_after=999.0))
        return spoken, await session.say("And now?"), session

    with running_server(engine, faults=Faults()) as server:
        there = place(server, PATHS["ga"])
        spoken, written, session = visit([there, rl.text_only(there)], use)
    assert spoken.audio.seconds > 0
    assert (written.audio.seconds, written.transcript) == (0, "You said: And now?.")
    assert session.config.output_modalities == ["text"]
    assert mark(session.log, "lab.connected")["text_only"] is True


@dataclass(frozen=True)
class Elsewhere:
    """An endpoint on another machine, as far as consent is concerned."""

    place: rl.Endpoint
    dialect = "ga"
    seed = None

    async def open(self):
        return replace(self.place, forwards_to="chat.example.com")


def test_a_hop_to_a_host_that_was_not_agreed_to_is_skipped():
    one, two, three = (ScriptedEngine() for _ in range(3))

    async def use(session):
        await session.say("I am Ann")
        await broken_off(session, a, Fault("refuse", status=401))
        return await session.say("Who am I?"), session.log

    with (
        running_server(one, faults=Faults()) as a,
        running_server(two, random=Random(2)) as b,
        running_server(three, random=Random(3)) as c,
    ):
        ga = PATHS["ga"]
        turn, log = visit([place(a, ga), Elsewhere(place(b, ga)), place(c, ga)], use)
    assert turn.status == "completed"
    assert (two.brain.prompts, len(three.brain.prompts)) == ([], 1)
    assert "chat.example.com" in mark(log, "lab.endpoint_skipped")["reason"]


def test_at_the_end_of_the_chain_the_session_is_over():
    async def use(session):
        await broken_off(session, server, Fault("refuse", status=401))
        with pytest.raises(SessionClosed):
            await session.say("Hello")
        return session

    with running_server(ScriptedEngine(), faults=Faults()) as server:
        there = place(server, PATHS["ga"])
        session = visit([there, NOWHERE], use)
    assert names(session.log)[-2:] == ["lab.gave_up", "lab.closed"]
    assert "nobody answers" in mark(session.log, "lab.gave_up")["reason"]


def test_a_chain_makes_sense_or_is_refused():
    with pytest.raises(EndpointError, match="empty"):
        rl.connect([])
    with pytest.raises(EndpointError, match=r"rl\.endpoint"):
        rl.connect(["wss://example.com"])  # type: ignore[list-item]
    with pytest.raises(EndpointError, match="seed"):
        rl.connect([NOWHERE, rl.embedded(seed=1)])
    with pytest.raises(EndpointError):
        rl.connect([NOWHERE, rl.embedded()], seed=1)


def test_a_lab_tells_where_it_is():
    async def use():
        with running_server(ScriptedEngine()) as server:
            there = place(server, PATHS["ga"])
            async with await rl.connect([NOWHERE, rl.text_only(there)]) as lab:
                return lab.endpoint == there, (await lab.say("Hello")).audio.seconds

    assert asyncio.run(use()) == (True, 0)
