"""The linter on what really goes over a socket: our own client is blameless, faults are found."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import numpy as np
import pytest

import realtime_lab as rl
from realtime_lab.audio import RATE, Clip
from realtime_lab.engine import ToolCall
from realtime_lab.errors import ResponseFailed
from realtime_lab.eventlog import EventLog, LiveLint, lint
from realtime_lab.protocol import InputAudioBufferCommit, ItemTruncate, ResponseCreate
from realtime_lab.server import Fault, Faults
from tests.scripted import ScriptedEngine
from tests.servers import KEY, RunningServer, running_server

PATHS = {
    "preview": "/openai/realtime?deployment=gpt-4o-realtime-preview",
    "ga": "/v1/realtime?model=gpt-realtime",
}
OF_THIS_MACHINE = ("audio-behind-playback", "microphone-gaps", "transcript-late")
"""What a busy machine can do to a test, and no client is to blame for."""


def question(seconds: float = 0.3) -> Clip:
    steps = np.arange(int(RATE * seconds))
    return Clip((9000 * np.sin(2 * np.pi * 220 * steps / RATE)).astype(np.int16))


class Ear:
    """A player that has played 50 ms of an answer whenever it is asked."""

    def __init__(self, session: Any) -> None:
        self._session = session
        self._items: list[str] = []

    def play(self, item_id: str, pcm: bytes) -> None:
        if item_id not in self._items:
            self._items.append(item_id)
            asyncio.get_running_loop().call_soon(self._session.playback.played, item_id, 0.05)

    def finish(self, item_id: str) -> None: ...

    def stop(self) -> None:
        for item_id in self._items:
            self._session.playback.played(item_id, 0.05)


@pytest.fixture(params=PATHS)
def path(request: pytest.FixtureRequest) -> str:
    return PATHS[request.param]


@pytest.fixture
def engine() -> ScriptedEngine:
    engine = ScriptedEngine()
    engine.transcriber.lines = ["one", "two", "three", "four"]
    return engine


def visit(
    server: RunningServer, path: str, use: Callable[[Any], Awaitable[Any]], **options: Any
) -> EventLog:
    """Connect, hand the lab to ``use``, close; the log."""

    async def visited() -> EventLog:
        place = rl.endpoint(server.ws_url + path, api_key=KEY)
        async with await rl.connect(place, **options) as lab:
            await use(lab)
        return lab.log

    return asyncio.run(visited())


def found(log: EventLog) -> list[str]:
    return [str(finding) for finding in lint(log, ignore=OF_THIS_MACHINE)]


# -- our own client -------------------------------------------------------------------------------


def add(a: int, b: int) -> int:
    """Add two numbers."""
    return a + b


async def typed(lab: Any) -> None:
    await lab.say("Hello there")
    await lab.say("And again")


async def spoken(lab: Any) -> None:
    await lab.speak(question())
    await lab.speak(question())


async def tools(lab: Any) -> None:
    await lab.say("What is one and two, and three and four?")


async def settings(lab: Any) -> None:
    await lab.update(instructions="Be brief.")
    await lab.say("Hello there")


async def interrupted(lab: Any) -> None:
    lab.session.attach_player(Ear(lab.session))
    await lab.say("Tell a story")
    await lab.speak(question())
    await lab.say("Another one")


SCENES = {
    "typed": (typed, []),
    "spoken": (spoken, []),
    "tools": (
        tools,
        [[ToolCall("add", '{"a":1,"b":2}'), ToolCall("add", '{"a":3,"b":4}')], ["Three, seven."]],
    ),
    "settings": (settings, []),
    "interrupted": (interrupted, [["word " * 40], ["word " * 40], ["Yes."]]),
}


@pytest.mark.parametrize("scene", SCENES)
def test_a_conversation_of_ours_has_no_mistake(engine: ScriptedEngine, path: str, scene: str):
    use, answers = SCENES[scene]
    engine.brain.answers = list(answers)
    with running_server(engine) as server:
        log = visit(server, path, use, tools=[add])
    assert found(log) == []
    if scene == "interrupted":
        assert len(log.events("conversation.item.truncate")) == 2
    if scene == "tools":
        assert len(log.events("response.function_call_arguments.done")) == 2


def test_push_to_talk_of_ours_has_no_mistake(engine: ScriptedEngine, path: str):
    with running_server(engine) as server:
        log = visit(server, path, spoken, turn_detection=None)
    assert len(log.events("input_audio_buffer.commit")) == 2
    assert found(log) == []


@pytest.mark.parametrize("at", ["response.created", "response.done", "*.speech_started"])
def test_a_session_that_lost_its_connection_comes_back_without_a_mistake(
    engine: ScriptedEngine, path: str, at: str
):
    async def use(lab: Any) -> None:
        await lab.say("Hello there")
        await lab.speak(question())

    lost = Faults([Fault("close", at=at, count=1, code=1006)])
    with running_server(engine, faults=lost) as server:
        log = visit(server, path, use)
    assert log.events("lab.reconnected")
    assert found(log) == []


def test_the_embedded_server_and_a_client_that_repeats_have_no_mistake(speech):
    async def visited(dialect: Any) -> EventLog:
        async with await rl.connect(rl.embedded(dialect=dialect), tools=[add], seed=7) as lab:
            await lab.say("What is two plus three?")
            await lab.speak(speech("goforward"))
        return lab.log

    for dialect in ("ga", "preview"):
        log = asyncio.run(visited(dialect))
        assert [str(finding) for finding in lint(log)] == []


# -- mistakes of a client -------------------------------------------------------------------------


def test_mistakes_of_a_client_are_found_with_what_the_service_answers(
    engine: ScriptedEngine, path: str
):
    engine.brain.answers = [["Once upon a time. ", "And so on."]]
    engine.brain.gate = asyncio.Event()  # never set: the answer has no end

    async def use(lab: Any) -> None:
        loop, refused = asyncio.get_running_loop(), asyncio.Event()
        errors = 0

        def note(entry: Any) -> None:
            nonlocal errors
            event = entry.event
            if entry.type == "response.output_audio.delta" and not errors:
                errors = -3
                lab.session.send(ResponseCreate())
                lab.session.send(InputAudioBufferCommit())
                lab.session.send(
                    ItemTruncate(item_id=event.item_id, content_index=0, audio_end_ms=60_000)
                )
            elif entry.type == "error":
                errors += 1
                if not errors:
                    loop.call_soon_threadsafe(refused.set)

        lab.session.subscribe(note)
        await lab.send(ResponseCreate())
        await refused.wait()

    with running_server(engine) as server:
        log = visit(server, path, use)
    report = lint(log, ignore=OF_THIS_MACHINE)
    mistakes = {"response-while-active", "commit-under-vad", "truncate-beyond-audio"}
    assert set(report.rules) == mistakes
    early = report.only(rule="response-while-active")[0]
    assert "it was refused; wait for response.done" in early.message
    shown = [entry.type for entry in report.entries(early)]
    assert shown == ["response.created", "response.create", "error"]


# -- faults of the service ------------------------------------------------------------------------

FAULTS = {
    "response-failed": "fail_response",
    "rate-limited": "fail_response:code=rate_limit_exceeded",
    "response-incomplete": "content_filter:audio_ms=0",
    "service-out-of-order": "duplicate:at=response.output_audio.delta",
    "unknown-event": "unknown_event:at=response.created",
    "error-ignored": "error:at=response.done",
    "transcript-failed": "fail_transcription",
    "transcript-missing": "drop_transcription",
    "audio-behind-playback": "delay:ms=500,at=response.output_audio.delta,skip=1",
    "session-expired": "expire:at=response.done",
}
HARMLESS = ["delay:ms=30,at=response.created", "slow_transcription:ms=50", "jitter:max_ms=5"]


async def one_turn(lab: Any) -> None:
    try:
        await lab.speak(question())
    except ResponseFailed:
        return


def test_faults_of_the_embedded_server_are_told_while_they_happen():
    faults = [
        "unknown_event:at=session.updated,count=1",
        "duplicate:at=response.created,count=1",
        "error:at=response.done,count=1",
    ]

    async def visited() -> list[str]:
        told: list[str] = []
        async with await rl.connect(faults=faults) as lab:
            live = LiveLint(lab.log, lambda finding: told.append(finding.rule))
            stop = lab.session.subscribe(live)
            await lab.say("Hello there")
            lab.server.faults = ["fail_response:count=1"]
            with pytest.raises(ResponseFailed):
                await lab.say("Hello there")
            stop()
        return told

    told = [rule for rule in asyncio.run(visited()) if rule not in OF_THIS_MACHINE]
    assert told == ["unknown-event", "service-out-of-order", "error-ignored", "response-failed"]


@pytest.mark.parametrize("rule", FAULTS)
def test_a_fault_of_the_service_is_found(engine: ScriptedEngine, path: str, rule: str):
    with running_server(engine, faults=_faults(FAULTS[rule])) as server:
        log = visit(server, path, one_turn)
    rules = lint(log, ignore=set(OF_THIS_MACHINE) - {rule}).rules
    assert set(rules) == {rule}


@pytest.mark.parametrize("fault", HARMLESS)
def test_what_is_only_late_is_no_fault(engine: ScriptedEngine, path: str, fault: str):
    with running_server(engine, faults=_faults(fault)) as server:
        log = visit(server, path, one_turn)
    assert found(log) == []


def _faults(text: str) -> Faults:
    from realtime_lab.server.fault_reading import fault_of_text

    return Faults([fault_of_text(text)])
