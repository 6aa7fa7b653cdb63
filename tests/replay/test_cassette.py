"""A recording answers a client as the service did, and tells what the client does otherwise."""

import asyncio
from itertools import product

import numpy as np
import pytest
from openai import AsyncOpenAI
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

import realtime_lab as rl
from realtime_lab.audio import RATE, Clip
from realtime_lab.engine import ToolCall
from realtime_lab.errors import SessionError
from realtime_lab.eventlog import EventLog
from realtime_lab.replay import Cassette
from realtime_lab.server import Fault, Faults
from tests.servers import running_server

from .conftest import PATHS

BOTH = list(product(("preview", "ga"), repeat=2))


def tone(seconds: float) -> Clip:
    steps = np.arange(int(RATE * seconds))
    return Clip((9000 * np.sin(2 * np.pi * 220 * steps / RATE)).astype(np.int16))


@pytest.fixture
def typed(places, record):
    """A recording of two typed turns, in a dialect."""

    async def talk(lab):
        await lab.say("One")
        await lab.say("Two")

    return lambda dialect: record(places[dialect], talk)


def kinds(cassette: Cassette) -> list[tuple[str, str]]:
    return [(found.kind, found.type) for found in cassette.differences]


@pytest.mark.parametrize(("recorded", "spoken"), BOTH)
def test_the_same_conversation_is_had_without_the_service(typed, record, recorded, spoken):
    old = typed(recorded)
    tape = Cassette(old, dialect=spoken)
    turns = []

    async def talk(lab):
        turns.append(await lab.say("One"))
        turns.append(await lab.say("Two"))

    record(tape, talk)
    assert [turn.transcript for turn in turns] == ["You said: One.", "You said: Two."]
    assert turns[0].audio.seconds == pytest.approx(0.3)
    assert tape.differences == []


def test_what_the_client_says_otherwise_is_told(typed, record):
    tape = Cassette(typed("ga"))

    async def talk(lab):
        await lab.say("One")
        await lab.say("Three")

    record(tape, talk)
    [found] = tape.differences
    assert (found.kind, found.type) == ("different", "conversation.item.create")
    assert found.told == "item.content[0].text differs"
    assert "conversation.item.create: item.content[0].text differs" in repr(tape)


def test_what_the_client_does_not_say_is_missing(typed, record):
    tape = Cassette(typed("ga"))

    async def talk(lab):
        await lab.say("One")

    record(tape, talk)
    assert kinds(tape) == [("missing", "conversation.item.create"), ("missing", "response.create")]


def test_what_the_recorded_client_never_said_is_unexpected(typed, record):
    from realtime_lab.protocol import InputAudioBufferClear

    tape = Cassette(typed("ga"))

    async def talk(lab):
        await lab.send(InputAudioBufferClear())
        await lab.say("One")
        await lab.say("Two")

    record(tape, talk)
    assert kinds(tape) == [("unexpected", "input_audio_buffer.clear")]


def test_a_spoken_turn_goes_on_as_the_audio_comes(places, record, engine):
    engine.transcriber.lines.append("what is the time")
    turns = []

    async def talk(lab):
        turns.append(await lab.speak(tone(0.3)))

    tape = Cassette(record(places["ga"], talk))
    record(tape, talk)
    old, new = turns
    assert new.transcript_user == old.transcript_user == "what is the time"
    assert new.transcript == old.transcript
    assert tape.differences == []


def test_other_audio_is_told_once(places, record):
    async def talk(lab):
        await lab.speak(tone(0.3))

    async def talk_otherwise(lab):
        await lab.speak(Clip((tone(0.3).samples / 2).astype(np.int16)))

    tape = Cassette(record(places["ga"], talk))
    record(tape, talk_otherwise)
    assert kinds(tape) == [("different", "input_audio_buffer.append")]


def test_tools_are_called_again_and_their_output_is_checked(places, record, engine):
    def tide(place: str) -> str:
        """Tell the tide of a place."""
        return answers.pop(0)

    answers = ["high", "low"]
    engine.brain.answers += [[ToolCall("tide", '{"place": "Dover"}')], ["It is high."]]

    async def talk(lab):
        await lab.say("Tide?")

    tape = Cassette(record(places["ga"], talk, tools=[tide]))
    record(tape, talk, tools=[tide])
    assert [found.told for found in tape.differences] == ["item.output differs"]


def test_true_speed_waits_as_long_as_the_service_did(typed, record):
    waits: list[float] = []

    async def sleep(seconds):
        waits.append(seconds)

    tape = Cassette(typed("ga"), speed=1.0, sleep=sleep)

    async def talk(lab):
        await lab.say("One")
        await lab.say("Two")

    record(tape, talk)
    assert tape.differences == []
    assert len(waits) > 20


def test_with_patience_the_recording_goes_on_without_the_client(typed):
    tape = Cassette(typed("ga"), patience=0.0)

    async def listen():
        endpoint = await tape.open()
        headers = {"Authorization": f"Bearer {tape.key}"}
        async with connect(endpoint.url, additional_headers=headers, max_queue=None) as connection:
            received = 0
            while "response.done" not in await connection.recv():
                received += 1
        await tape.close()
        return received

    assert asyncio.run(asyncio.wait_for(listen(), 20)) > 5
    assert ("missing", "response.create") in kinds(tape)


def test_a_client_that_we_did_not_write_is_served(typed):
    tape = Cassette(typed("ga"), patience=0.0)

    async def listen():
        await tape.open()
        base = tape.url.partition("/realtime")[0].replace("ws:", "http:")
        client = AsyncOpenAI(base_url=base, api_key=tape.key)
        kinds = []
        async with client.realtime.connect(
            model="gpt-realtime", websocket_connection_options={"max_queue": None}
        ) as connection:
            async for event in connection:
                kinds.append(event.type)
                if event.type == "response.done":
                    break
        await tape.close()
        return kinds

    kinds = asyncio.run(asyncio.wait_for(listen(), 20))
    assert kinds[0] == "session.created"
    assert "response.output_audio.delta" in kinds


@pytest.mark.parametrize(
    ("headers", "status"),
    [({}, 401), ({"api-key": "wrong"}, 401), ({"Origin": "https://example.org"}, 403)],
)
def test_strangers_and_pages_are_turned_away(typed, headers, status):
    tape = Cassette(typed("ga"))

    async def knock():
        endpoint = await tape.open()
        try:
            await connect(endpoint.url, additional_headers=headers)
        finally:
            await tape.close()

    with pytest.raises(InvalidStatus) as refusal:
        asyncio.run(knock())
    assert refusal.value.response.status_code == status


def test_a_recording_without_a_service_cannot_be_served():
    with pytest.raises(SessionError, match="nothing to serve"):
        Cassette(EventLog())


def test_the_address_is_there_once_it_listens(typed):
    with pytest.raises(SessionError, match="not served yet"):
        assert Cassette(typed("ga")).url


@pytest.mark.parametrize("code", [1006, 1011])
def test_a_connection_breaks_off_where_it_did(engine, record, code):
    turns = []

    async def talk(lab):
        turns.append(await lab.say("One"))
        turns.append(await lab.say("Two"))

    lost = Fault("close", code=code, at="response.created", skip=1, count=1)
    with running_server(engine, faults=Faults((lost,))) as server:
        place = rl.endpoint(server.ws_url + PATHS["ga"], api_key=server.key)
        old = record(place, talk)
    tape = Cassette(old)
    new = record(tape, talk)
    assert len(old.events("lab.reconnected")) == len(new.events("lab.reconnected")) == 1
    assert [turn.transcript for turn in turns[2:]] == [turn.transcript for turn in turns[:2]]
    assert tape.differences == []


def test_a_client_that_connects_once_too_often_is_told(typed, record):
    tape = Cassette(typed("ga"))

    async def nothing(lab): ...

    record(tape, nothing)
    with pytest.raises(rl.errors.RealtimeLabError, match="no further connection"):
        record(tape, nothing, reconnect=None)
