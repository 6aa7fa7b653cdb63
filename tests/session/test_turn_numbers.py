"""The log of a session knows its turns: while it goes on, and from its events alone."""

import asyncio
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

import pytest

import realtime_lab as rl
from realtime_lab.audio import Clip
from realtime_lab.engine import ToolCall
from realtime_lab.eventlog import EventLog, Turn
from realtime_lab.server import Fault
from realtime_lab.session import RealtimeSession
from realtime_lab.tools import ToolRegistry, tool
from tests.scripted import ScriptedEngine, silence, tone
from tests.session.test_continuity import PATHS, World, place, seen, visit, with_faults


def look_up(word: str) -> str:
    """Look a word up.

    Args:
        word: the word.
    """
    return f"{word} is a word"


class Ear:
    """A player that plays at once all that it gets, or only the beginning."""

    def __init__(self, session: RealtimeSession, seconds: float | None = None) -> None:
        self._session = session
        self._seconds = seconds
        self._heard: dict[str, float] = {}

    def play(self, item_id: str, pcm: bytes) -> None:
        heard = self._heard.get(item_id, 0.0) + len(pcm) / 48_000
        self._heard[item_id] = min(heard, self._seconds or heard)
        played = self._session.playback.played
        asyncio.get_running_loop().call_soon(played, item_id, self._heard[item_id])

    def finish(self, item_id: str) -> None: ...

    def stop(self) -> None:
        for item_id, seconds in self._heard.items():
            self._session.playback.played(item_id, seconds)


async def typed(session: RealtimeSession) -> None:
    await session.say("Hello there")
    await session.say("And again")


async def spoken(session: RealtimeSession) -> None:
    session.attach_player(Ear(session))
    for pcm in (tone(300) + silence(700), tone(300) + silence(700)):
        answered = seen(session, "response.done")
        for start in range(0, len(pcm), 960):
            session.feed_microphone(pcm[start : start + 960])
        await answered


async def recorded(session: RealtimeSession) -> None:
    for _ in range(2):
        await session.speak(Clip.from_pcm(tone(300) + silence(600) + tone(100)))


async def tools(session: RealtimeSession) -> None:
    await session.say("Look it up")
    await session.say("Thank you")


async def interrupted(session: RealtimeSession) -> None:
    session.attach_player(Ear(session, 0.05))
    saying = asyncio.ensure_future(session.say("Tell me a long story"))
    await seen(session, "response.output_audio.delta")
    session.interrupt()
    await saying
    await session.say("Another")


async def reconnected(session: RealtimeSession) -> None:
    session.attach_player(Ear(session))
    await session.say("Hello there")
    answered = seen(session, "response.done")
    pcm = tone(300) + silence(700)
    for start in range(0, len(pcm), 960):
        session.feed_microphone(pcm[start : start + 960])
    await answered
    await session.say("Are you there?")


def call() -> ToolCall:
    return ToolCall("look_up", '{"word": "tide"}')


SCENES: dict[str, tuple[Callable[[RealtimeSession], Any], list[Any], list[Fault]]] = {
    "typed": (typed, [], []),
    "spoken": (spoken, [], []),
    "recorded": (recorded, [], []),
    "tools": (tools, [(call(), call()), "It is a word."], []),
    "interrupted": (interrupted, ["One two three four five six seven eight nine ten."], []),
    "lost before the answer": (
        reconnected, [], [Fault("close", at="response.created", count=1, code=1006)],
    ),
    "lost amid the answer": (
        reconnected, [], [Fault("close", at="response.output_audio.delta", count=1, code=1006)],
    ),
    "lost while typing": (typed, [], [Fault("close", at="response.done", count=1, code=1012)]),
    "lost amid speech": (
        reconnected, [],
        [Fault("close", at="input_audio_buffer.speech_started", count=1, code=1006)],
    ),
}  # fmt: skip


def told(turn: Turn) -> dict[str, Any]:
    """What a turn tells."""
    names = (
        "index", "model", "voice", "silence_ms", "transcriber", "transcript_user", "said", "heard",
        "status", "interrupted", "latency", "usage", "ledger", "problem", "tool_calls", "responses",
    )  # fmt: skip
    facts = {name: getattr(turn, name) for name in names}
    cost = turn.cost
    return facts | {
        "cost": (cost.dollars, cost.note),
        "audio": turn.audio.pcm,
        "audio_user": turn.audio_user.pcm,
        "seqs": [entry.seq for entry in turn.entries],
    }


def talked(name: str, path: str, log: EventLog | None = None) -> RealtimeSession:
    """The session of a scene, after it."""
    use, answers, faults = SCENES[name]
    engine = ScriptedEngine()
    engine.brain.answers += [a if isinstance(a, tuple) else (a,) for a in answers]
    engine.transcriber.lines += ["one", "two", "three"]

    async def whole(session: RealtimeSession) -> RealtimeSession:
        await use(session)
        return session

    with with_faults(engine, *faults) as server:
        registry = ToolRegistry([tool(look_up)]) if name == "tools" else None
        where = place(server, PATHS[path])
        return visit(where, whole, world=World(), tools=registry, log=log)


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("name", SCENES)
def test_the_turns_of_the_log_are_those_of_the_session(name, path):
    session = talked(name, path)
    log, turns = session.log, session.turns
    assert len(turns) >= 2
    assert log.turn_numbers == [turn.index for turn in turns]
    assert [told(log.turn(turn.index)) for turn in turns] == [told(turn) for turn in turns]
    numbers = {entry.seq: turn.index for turn in turns for entry in turn.entries}
    assert {e.seq: n for e in log if (n := log.turn_of(e.seq))} == numbers


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("name", sorted(SCENES.keys() - {"recorded"}))
def test_a_log_that_nobody_followed_finds_its_turns_itself(name, path):
    session = talked(name, path)
    # Of a recording only its session knows that it goes on after a pause.
    alone = EventLog(clock=session.log.clock, dialect=session.log.dialect)
    for entry in session.log:
        alone._entries.append(entry)
    assert [told(alone.turn(n)) for n in alone.turn_numbers] == [told(t) for t in session.turns]


@pytest.mark.parametrize("name", SCENES)
def test_the_turns_of_a_recording_are_those_of_the_session(name, tmp_path):
    log = EventLog(dialect="ga")
    log.journal(tmp_path / "live.jsonl")
    turns = [known(turn) for turn in talked(name, "ga", log).turns]
    for form in ("jsonl", "parquet", "zip"):
        log.write(tmp_path / f"saved.{form}")
    log.seal()
    for path in ("live.parquet", "saved.jsonl", "saved.parquet", "saved.zip"):
        read = EventLog.load(tmp_path / path)
        assert read.notes == []
        assert [known(read.turn(number)) for number in read.turn_numbers] == turns, path


def known(turn: Turn) -> dict[str, Any]:
    """What a turn tells, with times as a file keeps them."""
    latency = asdict(turn.latency)
    times = {
        name: pytest.approx(s, abs=3e-6) if s is not None else s for name, s in latency.items()
    }
    return told(turn) | {"latency": times}


def test_a_turn_that_is_none_is_told():
    with pytest.raises(rl.errors.LogError, match="no turn 1: the log has no turns"):
        EventLog().turn(1)
