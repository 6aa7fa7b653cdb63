"""The stock openai-agents SDK runs a session against the server and finds nothing to object to."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from realtime_lab.engine import ToolCall
from tests.scripted import MS, ScriptedEngine, silence, tone
from tests.server.judge import judge
from tests.servers import RunningServer

STORY = "Once upon a time there was a king who had three daughters and a very long story. "
SILENCE = silence(9000)
"""Longer than turn detection by meaning, the SDK's default, ever waits for more words."""
WAIT = 30


@pytest.fixture(autouse=True)
def no_traces() -> Iterator[None]:
    """Nothing leaves the machine: the SDK would send traces to its maker."""
    from agents import set_trace_processors, set_tracing_disabled

    set_trace_processors([])
    set_tracing_disabled(True)
    yield
    set_tracing_disabled(False)


def is_complaint(event: Any) -> bool:
    """Whether the SDK says by it that something was wrong."""
    inner = event.data.type if event.type == "raw_model_event" else event.type
    return inner in ("error", "exception")


class Watched:
    """A `RealtimeSession` with all its events kept, and what the server sent judged again."""

    def __init__(self, session: Any) -> None:
        self.session = session
        self.events: list[Any] = []
        self._stream = aiter(session)

    async def until(self, happened: Callable[[Any], bool]) -> Any:
        """Read on to the first event of which that is true; the event."""
        while True:
            event = await asyncio.wait_for(anext(self._stream), WAIT)
            self.events.append(event)
            if event.type == "raw_model_event" and event.data.type == "raw_server_event":
                judge(json.dumps(event.data.data), event.data.data, "ga")
            assert not is_complaint(event), event
            if happened(event):
                return event

    async def turn_end(self) -> None:
        """Read on to the end of the model's turn."""
        await self.until(lambda e: e.type == "agent_end")

    async def server_said(self, type: str) -> dict[str, Any]:
        """Read on to an event of the server of that type."""
        event = await self.until(lambda e: self._is_server_event(e, type))
        return event.data.data

    async def speak(self, pcm: bytes) -> None:
        """Send audio as a microphone does, in pieces."""
        for start in range(0, len(pcm), 100 * MS):
            await self.session.send_audio(pcm[start : start + 100 * MS])

    @staticmethod
    def _is_server_event(event: Any, type: str) -> bool:
        return (
            event.type == "raw_model_event"
            and event.data.type == "raw_server_event"
            and event.data.data["type"] == type
        )

    @property
    def said(self) -> list[tuple[str, str]]:
        """The conversation as the SDK has it: who said what."""
        histories = [e.history for e in self.events if e.type == "history_updated"]
        words: list[tuple[str, str]] = []
        for item in histories[-1]:
            if item.type == "message":
                parts = (getattr(p, "text", None) or p.transcript or "" for p in item.content)
                words.append((item.role, "".join(parts)))
        return words


@asynccontextmanager
async def running(
    server: RunningServer, caplog: pytest.LogCaptureFixture, *tools: Any, **config: Any
) -> AsyncIterator[Watched]:
    """A session whose every event is looked at, and in which the SDK logs nothing bad."""
    from agents.realtime import RealtimeAgent, RealtimeRunner

    agent = RealtimeAgent(name="Guide", instructions="Be brief.", tools=list(tools))
    url = f"{server.ws_url}/v1/realtime?model=gpt-realtime"
    model_config: Any = {"url": url, "api_key": server.key, **config}
    with caplog.at_level(logging.WARNING, "openai.agents"):
        async with await RealtimeRunner(agent).run(model_config=model_config) as session:
            watched = Watched(session)
            yield watched
        assert [r.getMessage() for r in caplog.records if r.name.startswith("openai")] == []


@pytest.mark.shows("judges")
def test_a_typed_and_a_spoken_turn(
    server: RunningServer, engine: ScriptedEngine, caplog: pytest.LogCaptureFixture
):
    engine.transcriber.lines = ["good morning"]

    async def run() -> None:
        async with running(server, caplog) as watched:
            await watched.session.send_message("hello")
            await watched.turn_end()
            await watched.speak(tone(600) + SILENCE)
            await watched.turn_end()
            await watched.server_said("conversation.item.retrieved")
            await watched.until(lambda e: e.type == "history_updated")
        audio = [e.audio.data for e in watched.events if e.type == "audio"]
        assert len(b"".join(audio)) == 700 * MS, "seven words of 100 ms"
        assert watched.said == [
            ("user", "hello"),
            ("assistant", "You said: hello."),
            ("user", "good morning"),
            ("assistant", "You said: good morning."),
        ]

    asyncio.run(run())


@pytest.mark.shows("tools")
def test_a_tool_is_called_and_its_answer_spoken(
    server: RunningServer, engine: ScriptedEngine, caplog: pytest.LogCaptureFixture
):
    from agents import function_tool

    engine.brain.answers = [[ToolCall("weather", '{"city": "Oslo"}')], ["It rains."]]
    asked: list[str] = []

    @function_tool
    def weather(city: str) -> str:
        """The weather of a city."""
        asked.append(city)
        return "rain"

    async def run() -> None:
        async with running(server, caplog, weather) as watched:
            await watched.session.send_message("How is the weather?")
            ended = await watched.until(lambda e: e.type == "tool_end")
            assert ended.output == "rain"
            await watched.server_said("response.output_audio.done")
            await watched.turn_end()

    asyncio.run(run())
    assert asked == ["Oslo"]
    first, second = engine.brain.prompts
    assert [tool.name for tool in first.tools] == ["weather"]
    assert (second.messages[-1].role, second.messages[-1].text) == ("tool", "rain")


def test_speaking_interrupts_and_truncates(
    server: RunningServer, engine: ScriptedEngine, caplog: pytest.LogCaptureFixture
):
    from agents.realtime import RealtimePlaybackTracker

    engine.brain.answers = [[STORY, "And so on."], ["As you like."]]
    engine.brain.gate = asyncio.Event()  # never set: the story has no end
    engine.transcriber.lines = ["stop"]
    tracker = RealtimePlaybackTracker()

    async def run() -> None:
        async with running(server, caplog, playback_tracker=tracker) as watched:
            await watched.session.send_message("Tell me a story.")
            heard = await watched.until(lambda e: e.type == "audio")
            tracker.on_play_ms(heard.item_id, heard.content_index, 40)
            await watched.speak(tone(400))
            stopped = await watched.until(lambda e: e.type == "audio_interrupted")
            assert stopped.item_id == heard.item_id
            done = await watched.server_said("response.done")
            assert done["response"]["status_details"]["reason"] == "turn_detected"
            truncated = await watched.server_said("conversation.item.truncated")
            assert (truncated["item_id"], truncated["audio_end_ms"]) == (heard.item_id, 40)
            await watched.speak(SILENCE)
            done = await watched.server_said("response.done")
            assert done["response"]["status"] == "completed"
            await watched.turn_end()

    asyncio.run(run())
    second = engine.brain.prompts[1]
    assert [(m.role, m.text) for m in second.messages][-1] == ("user", "stop")
    assert STORY not in [m.text for m in second.messages], "what was not heard is forgotten"


def test_an_azure_address_and_key_are_accepted(
    server: RunningServer, caplog: pytest.LogCaptureFixture
):
    async def run() -> None:
        url = f"{server.ws_url}/openai/v1/realtime?model=my-deployment"
        async with running(server, caplog, url=url, headers={"api-key": server.key}) as watched:
            await watched.session.send_message("hello")
            await watched.turn_end()

    asyncio.run(run())
