"""A lab with a seed writes the same log again: the same bytes, ids and times included."""

import asyncio
import threading
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest

import realtime_lab as rl
from realtime_lab.audio import Clip
from realtime_lab.engine import ToolCall
from realtime_lab.errors import EndpointError, RequestRejected, SessionError
from realtime_lab.eventlog import EventLog
from realtime_lab.protocol import InputAudioBufferAppend, OutputAudioDelta, ResponseCreate
from realtime_lab.session.lockstep import StepClock
from tests.scripted import ScriptedBrain, ScriptedEngine, ScriptedTranscriber, silence, tone
from tests.servers import running_server

PATHS = {
    "preview": "/openai/realtime?api-version=2024-10-01-preview&deployment=gpt-4o-realtime-preview",
    "ga": "/v1/realtime?model=gpt-realtime",
}


BOTH_CALLED = threading.Barrier(2, timeout=10)
"""The model calls twice, and neither call is over before the other has begun."""


def look_up(word: str) -> str:
    """Look a word up.

    Args:
        word: the word.
    """
    BOTH_CALLED.wait()
    return f"{word} is a word"


async def chat(lab: rl.Lab) -> None:
    """Types, is refused, has a tool called, speaks with a pause, changes settings, interrupts."""
    await lab.say("Hello there")
    with pytest.raises(RequestRejected):
        await lab.update(voice="nobody")
    await lab.say("Look it up")
    await lab.speak(Clip.from_pcm(tone(600) + silence(700) + tone(400)))
    await lab.update(instructions="Be brief.", audio={"input": {"turn_detection": None}})
    await lab.speak(Clip.from_pcm(tone(600)))
    await lab.interrupt()


def engine() -> ScriptedEngine:
    call = ToolCall("look_up", '{"word": "tide"}')
    answers = ["Hello to you too.", (call, call), "It is a word.", "One two three four five six."]
    return ScriptedEngine(
        brain=ScriptedBrain([*answers]), transcriber=ScriptedTranscriber(["go", "on", "so"])
    )


def log_of(path: Path, dialect: str = "ga", **options) -> bytes:
    """The log of a chat with a server of its own, and the voices in it."""

    async def visit(place: rl.Endpoint) -> None:
        async with await rl.connect(place, tools=[look_up], log=path, **options) as lab:
            await chat(lab)

    with running_server(engine()) as server:
        asyncio.run(visit(rl.endpoint(server.ws_url + PATHS[dialect], api_key=server.key)))
    voices = (path.with_suffix(f".{side}.pcm").read_bytes() for side in ("user", "model"))
    return b"".join((path.read_bytes(), *voices))


@pytest.mark.parametrize("dialect", PATHS)
def test_the_same_seed_and_calls_give_the_same_log(tmp_path, dialect):
    first, again = (log_of(tmp_path / f"{n}.jsonl", dialect, seed=7) for n in range(2))
    assert first == again
    assert b"lab_probe" not in first
    types = [entry.type for entry in EventLog.load(tmp_path / "0.jsonl")]
    assert types.count("response.done") == 6
    assert types[-1] == "lab.closed"


def test_another_seed_gives_another_log(tmp_path):
    first, other = (log_of(tmp_path / f"{n}.jsonl", seed=n) for n in range(2))
    assert first != other


def test_its_time_is_its_own(tmp_path):
    log_of(tmp_path / "a.jsonl", seed=7)
    log = EventLog.load(tmp_path / "a.jsonl")
    assert log.started.isoformat() == "2024-10-01T00:00:00+00:00"
    assert log[0].at == 0
    assert all(later.at - earlier.at < 0.25 for earlier, later in pairwise(log))


def test_its_clock_goes_by_what_is_said():
    clock = StepClock()
    clock.sent(InputAudioBufferAppend(audio=silence(20)))
    assert clock() == pytest.approx(0.020)
    clock.sent(ResponseCreate())
    assert clock() == pytest.approx(0.021)
    for _ in range(2):
        clock.received(OutputAudioDelta(response_id="r", item_id="i", delta=silence(200)))
    assert clock() == pytest.approx(0.022 + 0.100)


def test_a_log_that_was_read_while_the_lab_is_open_is_complete(tmp_path):
    async def visit(server) -> list[bytes]:
        place = rl.endpoint(server.ws_url + PATHS["ga"], api_key=server.key)
        logs = []
        for name in "ab":
            async with await rl.connect(place, seed=7) as lab:
                await lab.say("Hello")
                lab.log.write(tmp_path / name)
            logs.append((tmp_path / name).read_bytes())
        return logs

    with running_server(ScriptedEngine()) as server:
        first, again = asyncio.run(visit(server))
    assert first == again
    assert b"rate_limits.updated" in first


def test_a_seed_is_for_the_embedded_server_alone():
    with pytest.raises(EndpointError, match="leave out the seed"):
        rl.connect(rl.openai(api_key="sk-x"), seed=7)


def test_a_log_of_ones_own_has_another_clock():
    with running_server(ScriptedEngine()) as server:
        place = rl.endpoint(server.ws_url + PATHS["ga"], api_key=server.key)
        with pytest.raises(SessionError, match="clock of its own"):
            rl.run(rl.connect(place, seed=7, log=EventLog()))


def test_the_embedded_server_repeats_a_recording(tmp_path, speech: Callable[[str], Path]):
    async def visit(name: str) -> bytes:
        path = tmp_path / name
        async with await rl.connect(seed=7, log=path) as lab:
            turn = await lab.speak(speech("cards-003"))
            assert "seven of clubs" in turn.transcript_user.lower()
            await lab.say("What time is it?")
        return path.read_bytes()

    async def twice() -> list[bytes]:
        return [await visit("a"), await visit("b")]

    first, again = asyncio.run(twice())
    assert first == again
