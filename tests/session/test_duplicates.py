"""An event that comes twice is told in the log and does nothing the second time."""

from __future__ import annotations

import asyncio
import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

import realtime_lab as rl
from realtime_lab.eventlog import LogEntry
from realtime_lab.protocol import GA, OutputTextDelta, item_text
from realtime_lab.server import Fault, Faults
from realtime_lab.session import session_thread
from realtime_lab.session.duplicates import REMEMBERED, Duplicates
from tests.scripted import ScriptedEngine, tone
from tests.servers import running_server

PLACE = {"response_id": "r", "item_id": "i"}
SEQS = itertools.count()


def came(event_id: str, text: str = "word") -> LogEntry:
    event = OutputTextDelta(event_id=event_id, delta=text, **PLACE)
    return LogEntry(next(SEQS), 0.0, "received", event, GA.encode_server(event))  # type: ignore[arg-type]


def test_the_same_event_is_known_again():
    known, first = Duplicates(), came("event_1")
    assert known.first(first) is None
    assert known.first(came("event_2")) is None
    assert known.first(came("event_1")) is first
    assert known.first(came("event_1")) is first


def test_events_without_an_id_are_none_of_them_duplicates():
    known = Duplicates()
    assert [known.first(came("")) for _ in range(3)] == [None] * 3


def test_ids_that_stand_for_different_events_tell_nothing():
    known = Duplicates()
    assert known.first(came("event_0", "some")) is None
    assert known.first(came("event_0", "ha ")) is None
    assert known.first(came("event_0", "ha ")) is None, "said twice, and meant so"


@given(st.lists(st.integers(0, 3 * REMEMBERED), max_size=60), st.integers(0, 4 * REMEMBERED))
def test_among_the_last_events_every_duplicate_is_found_and_no_other(repeats, size):
    known = Duplicates()
    for number in range(size):
        assert known.first(came(f"event_{number}")) is None
    for back in repeats:
        if back < min(REMEMBERED, size):
            assert known.first(came(f"event_{size - 1 - back}")) is not None
    assert len(known._last) + len(known._before) <= 2 * REMEMBERED


class Ear:
    """A player that keeps what it is given."""

    def __init__(self) -> None:
        self.heard = b""

    def play(self, item_id: str, pcm: bytes) -> None:
        self.heard += pcm

    def finish(self, item_id: str) -> None: ...

    def stop(self) -> None: ...


@pytest.mark.parametrize("path", [
    "/v1/realtime?model=gpt-realtime",
    "/openai/realtime?deployment=gpt-4o-realtime-preview",
])  # fmt: skip
@pytest.mark.parametrize("which", ["response.output_audio.delta", "*"])
def test_text_and_sound_of_an_answer_are_there_once(path, which):
    ear, told = Ear(), []

    async def use():
        lab = await rl.connect(place)
        session_thread().loop.call_soon_threadsafe(lab.session.attach_player, ear)
        lab.session.subscribe(lambda entry: told.append(entry.seq))
        turn = await lab.say("Hello there")
        await lab.close()
        return turn, lab

    with running_server(ScriptedEngine(), faults=Faults([Fault("duplicate", at=which)])) as server:
        place = rl.endpoint(server.ws_url + path, api_key=server.key)
        turn, lab = asyncio.run(asyncio.wait_for(use(), 20))
    words = "You said: Hello there."
    spoken = tone(100) * len(words.split())
    assert turn.transcript == words
    assert turn.audio.pcm == spoken
    assert ear.heard == spoken
    assert [item_text(item) for item in lab.session.conversation] == ["Hello there", words]
    assert (turn.status, turn.problem, len(lab.turns)) == ("completed", "", 1)
    received = lab.log.events("response.output_audio.delta")
    assert sum(len(e.event.delta) for e in received) == 2 * len(spoken), "the log holds what came"
    marks = [e.event.data for e in lab.log.events("lab.duplicate")]
    assert {m["seq"] for m in marks} >= {e.seq for e in received[1::2]}
    assert {lab.log[m["seq"]].data for m in marks} <= {lab.log[m["first"]].data for m in marks}
    assert not {m["seq"] for m in marks} & set(told)
