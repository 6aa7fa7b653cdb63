"""Clients that do anything at any time, allowed or not: all that must hold always holds.

Straight against the application, in one event loop, with the scripted engine. A step sends events
and lets the session come to rest; then every event that came is judged, checked in its place, and
every event that was sent must have had its answer.
"""

from __future__ import annotations

import asyncio
import base64
import gc
import json
import logging
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from itertools import count
from typing import Any
from weakref import WeakSet

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    precondition,
    rule,
    run_state_machine_as_test,
)

from realtime_lab.engine import ToolCall
from realtime_lab.errors import EngineError, InvalidEvent
from realtime_lab.protocol import StreamChecker, dialect_named
from realtime_lab.server import Access, Deployments, Server, connection, create_app
from realtime_lab.server.session import Session
from tests.scripted import ScriptedEngine, silence, tone
from tests.server.client import PATHS, PREVIEW_NAMES, WAIT
from tests.server.judge import judge
from tests.server.wire import Wire
from tests.servers import KEY

Event = dict[str, Any]

FIRST = "/openai/realtime?api-version=2024-10-01-preview&deployment=first"
ADDRESSES = {
    "GA": ("ga", PATHS["ga"]),
    "preview": ("preview", PATHS["preview"]),
    "the first preview": ("preview", FIRST),
    "GA transcription": ("ga", "/v1/realtime?intent=transcription"),
    "preview transcription": (
        "preview",
        "/openai/realtime?api-version=2025-04-01-preview&intent=transcription",
    ),
}
OFTEN = ["GA", "GA", "GA", "GA", "preview", "preview", "the first preview", *ADDRESSES]
GA_NAMES = {preview: ga for ga, preview in PREVIEW_NAMES.items()}
JUDGED = 3
"""Events of each type whose shape is judged in a session: that takes half of the time."""
QUIET = 40
"""Turns of the event loop without an event after which a session is at rest."""

TOOL = {"type": "function", "name": "look", "parameters": {"type": "object"}}
REMOTE = {"type": "mcp", "server_label": "far", "server_url": "https://far.example"}
VAD = {"type": "server_vad", "silence_duration_ms": 200, "prefix_padding_ms": 100}
SETTINGS: dict[str, list[Event]] = {
    "ga": [
        {"instructions": "Be brief."},
        {"tools": [TOOL], "tool_choice": "auto"},
        {"tools": [REMOTE]},
        {"output_modalities": ["text"]},
        {"output_modalities": ["audio"]},
        {"max_output_tokens": 3},
        {"max_output_tokens": "inf"},
        {"truncation": "disabled"},
        {"truncation": {"type": "retention_ratio", "retention_ratio": 0.5}},
        {"audio": {"output": {"voice": "echo"}}},
        {"audio": {"input": {"turn_detection": None}}},
        {"audio": {"input": {"turn_detection": VAD}}},
        {"audio": {"input": {"turn_detection": {**VAD, "idle_timeout_ms": 5000}}}},
        {"audio": {"input": {"turn_detection": {**VAD, "create_response": False}}}},
        {"audio": {"input": {"turn_detection": {**VAD, "interrupt_response": False}}}},
        {"audio": {"input": {"turn_detection": {"type": "semantic_vad", "eagerness": "high"}}}},
        {"audio": {"input": {"transcription": {"model": "whisper-1"}}}},
        {"audio": {"input": {"transcription": {"model": "gpt-4o-transcribe"}}}},
        {"audio": {"input": {"transcription": {"model": "gpt-4o-transcribe-diarize"}}}},
        {"audio": {"input": {"transcription": None}}},
        {"audio": {"input": {"format": {"type": "audio/pcmu"}}}},
        {"audio": {"input": {"format": {"type": "audio/pcma"}}}},
        {"audio": {"input": {"format": {"type": "audio/pcm", "rate": 24000}}}},
        {"audio": {"output": {"format": {"type": "audio/pcmu"}}}},
        {"audio": {"output": {"format": {"type": "audio/pcm", "rate": 24000}, "speed": 1.5}}},
        {"audio": {"output": {"speed": 9}}},
        {"tools": 5},
        {"nonsense": 1},
        {"type": "transcription"},
        {"model": "another"},
        {},
    ],
    "preview": [
        {"instructions": "Be brief."},
        {"tools": [TOOL], "tool_choice": "auto"},
        {"modalities": ["text"]},
        {"modalities": ["audio", "text"]},
        {"max_response_output_tokens": 3},
        {"temperature": 0.6},
        {"temperature": 7},
        {"voice": "echo"},
        {"voice": "nobody"},
        {"turn_detection": None},
        {"turn_detection": VAD},
        {"turn_detection": {**VAD, "create_response": False}},
        {"turn_detection": {**VAD, "interrupt_response": False}},
        {"input_audio_transcription": {"model": "whisper-1"}},
        {"input_audio_transcription": None},
        {"input_audio_format": "g711_ulaw"},
        {"input_audio_format": "pcm16"},
        {"output_audio_format": "g711_alaw"},
        {"output_audio_format": "pcm16"},
        {"nonsense": 1},
        {},
    ],
}
RESPONSES: dict[str, list[Event]] = {
    "ga": [
        {},
        {"output_modalities": ["text"]},
        {"output_modalities": ["audio"], "max_output_tokens": 2},
        {"conversation": "none"},
        {"conversation": "none", "output_modalities": ["text"], "metadata": {"topic": "x"}},
        {"audio": {"output": {"format": {"type": "audio/pcmu"}}}},
        {"audio": {"output": {"voice": "ash"}}},
        {"instructions": "", "tools": [TOOL], "tool_choice": "required"},
        {"tool_choice": {"type": "function", "name": "nobody"}},
        {"metadata": {str(n): "" for n in range(17)}},
        {"input": [{"type": "item_reference", "id": "nobody"}]},
        {"nonsense": 1},
    ],
    "preview": [
        {},
        {"modalities": ["text"]},
        {"conversation": "none", "modalities": ["text"], "metadata": {"topic": "x"}},
        {"max_output_tokens": 2},
        {"max_response_output_tokens": 2},
        {"commit": True},
        {"cancel_previous": True},
        {"commit": False, "cancel_previous": True, "temperature": 1.0},
        {"tool_choice": "maybe"},
        {"nonsense": 1},
    ],
}
ANSWERS: list[Any] = [
    ["Yes. ", "No."],
    ["Once upon a time there was a very long tale. ", "And on it went. ", "The end."],
    ["Wait. ", ToolCall("look", '{"at": "it"}')],
    [ToolCall("look", "{}"), ToolCall("look", "{}")],
    ["   "],
    [],
    EngineError("the brain is tired"),
    RuntimeError("the brain is broken"),
]
GARBAGE: list[str | bytes] = [
    "",
    "{",
    "null",
    "[]",
    '"response.create"',
    "5",
    "NaN",
    "{}",
    '{"type":"input_audio_buffer.append"}',
    '{"type":"input_audio_buffer.append","audio":""}',
    '{"type":"input_audio_buffer.append","audio":"*"}',
    '{"type":"input_audio_buffer.append","audio":[]}',
    '{"type":"no.such.event"}',
    '{"type":null}',
    '{"type":["response.create"]}',
    '{"type":"response.create","response":{"metadata":' + "[" * 2000 + "]" * 2000 + "}}",
    '{"type":"session.update","session":{"type":"realtime","instructions":"\\ud800"}}',
    '{"type":"conversation.item.truncate","item_id":"x","content_index":1e400,"audio_end_ms":0}',
    b"\x00\x01\xff",
    b"\xff\xfe{\x00}\x00",
]
DONE: dict[str, tuple[str, ...]] = {
    "session.update": ("session.updated",),
    "transcription_session.update": ("transcription_session.updated",),
    "input_audio_buffer.commit": ("input_audio_buffer.committed",),
    "input_audio_buffer.clear": ("input_audio_buffer.cleared",),
    "conversation.item.create": ("conversation.item.added",),
    "conversation.item.delete": ("conversation.item.deleted",),
    "conversation.item.retrieve": ("conversation.item.retrieved",),
    "conversation.item.truncate": ("conversation.item.truncated",),
    "response.create": ("response.created",),
    "response.cancel": ("response.done",),
    "output_audio_buffer.clear": (),
}
"""What answers each event of a client, where it is not refused."""

living: WeakSet[Session] = WeakSet()


class _Watched(Session):
    def __init__(self, *parts: Any) -> None:
        super().__init__(*parts)
        living.add(self)


class _Records(logging.Handler):
    """Keeps what the server logs."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.messages: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.messages.append(record.getMessage())


records = _Records()


class Clients(RuleBasedStateMachine):
    """One client after another, each in a session of its own."""

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.loop.set_exception_handler(lambda loop, context: self.faults.append(context))
        self.faults: list[Any] = []
        self.engine = ScriptedEngine()
        records.messages.clear()

        async def ready() -> Any:
            return self.engine

        # A minute passes whenever the clock is read, so that few rate limits are reached.
        deployments = Deployments(
            {"first": "gpt-4o-realtime-preview-2024-10-01-launch"}, clock=count(step=60).__next__
        )
        self.app = create_app(Server(Access(KEY), ready, deployments=deployments))
        self.numbers = count(1)
        self.wire: Wire | None = None

    # -- sessions --------------------------------------------------------------------------------

    @initialize(address=st.sampled_from(OFTEN), repeats=st.booleans())
    def connect(self, address: str, repeats: bool) -> None:
        self.dialect, path = ADDRESSES[address]
        self.transcribes = "transcription" in path
        self.repeats = repeats
        self.items = ["nobody"]
        self.spoken: list[str] = []
        """Items with audio of the model."""
        self.responses = ["nobody"]
        self.events: list[Event] = []
        self.sent: dict[str, str] = {}
        """The types of the events that were sent in this step, by their ids."""
        self.judged_types: Counter[str] = Counter()
        self.checker = StreamChecker(self.dialect)
        self.gate(is_open=True)

        async def open_session() -> None:
            self.wire = Wire(self.app, self.dialect, path + ("&lab_seed=1" if repeats else ""))

        self.loop.run_until_complete(open_session())
        self.rest()

    @rule(address=st.sampled_from(OFTEN), repeats=st.booleans())
    def leave_in_the_middle(self, address: str, repeats: bool) -> None:
        self.hang_up()
        self.connect(address, repeats)

    # -- what a client does ----------------------------------------------------------------------

    @rule(
        kind=st.sampled_from([tone, silence]),
        ms=st.sampled_from([1, 20, 90, 250, 400, 1100]),
        odd=st.booleans(),
        then=st.sampled_from([0, 0, 300]),
    )
    def talk(self, kind: Any, ms: int, odd: bool, then: int) -> None:
        self.append(kind(ms) + bytes(odd))
        if then:
            self.append(silence(then))
        self.rest()

    @rule(
        type=st.sampled_from(
            ["input_audio_buffer.commit", "input_audio_buffer.clear", "output_audio_buffer.clear"]
        )
    )
    def handle_audio(self, type: str) -> None:
        self.say(type)
        self.rest()

    @rule(
        data=st.data(), index=st.sampled_from([0, 0, 1, -1]), ms=st.sampled_from([1, 60, 100, 999])
    )
    def truncate(self, data: st.DataObject, index: int, ms: int) -> None:
        item_id = data.draw(st.sampled_from([*self.items[-2:], *self.spoken]))
        self.say(
            "conversation.item.truncate", item_id=item_id, content_index=index, audio_end_ms=ms
        )
        self.rest()

    @rule(data=st.data(), what=st.sampled_from(["delete", "retrieve"]))
    def handle_item(self, data: st.DataObject, what: str) -> None:
        item_id = data.draw(st.sampled_from(self.items))
        self.say(f"conversation.item.{what}", item_id=item_id)
        self.rest()

    @rule(data=st.data(), previous=st.sampled_from(["", "", "root", "one"]))
    def create_item(self, data: st.DataObject, previous: str) -> None:
        fields: Event = {"item": data.draw(self.any_item())}
        if previous:
            one = data.draw(st.sampled_from(self.items)) if previous == "one" else previous
            fields["previous_item_id"] = one
        self.say("conversation.item.create", **fields)
        self.rest()

    @rule(data=st.data())
    def update(self, data: st.DataObject) -> None:
        kind = {"type": "realtime"} if self.dialect == "ga" else {}
        name = "session.update"
        if self.transcribes and data.draw(st.booleans()):
            if self.dialect == "ga":
                kind = {"type": "transcription"}
            else:
                name = "transcription_session.update"
        changes = data.draw(st.lists(st.sampled_from(SETTINGS[self.dialect]), max_size=2))
        session: Event = dict(kind)
        for change in changes:
            session |= change
        self.say(name, session=session)
        self.rest()

    @rule(data=st.data(), more=st.booleans())
    def respond(self, data: st.DataObject, more: bool) -> None:
        usual = [{}, RESPONSES[self.dialect][1]]
        response = dict(
            data.draw(st.sampled_from(usual) | st.sampled_from(RESPONSES[self.dialect]))
        )
        if more:
            response["input"] = data.draw(st.lists(self.any_item(), max_size=3))
        self.say("response.create", response=response)
        self.rest()

    @rule(data=st.data(), named=st.booleans())
    def cancel(self, data: st.DataObject, named: bool) -> None:
        one = {"response_id": data.draw(st.sampled_from(self.responses))} if named else {}
        self.say("response.cancel", **one)
        self.rest()

    @rule(data=st.data())
    def do_much_at_once(self, data: st.DataObject) -> None:
        """Pipelined, as by a client that waits for nothing."""
        for _ in range(data.draw(st.integers(2, 5))):
            kind = data.draw(st.sampled_from(["talk", "say", "respond", "cancel", "commit"]))
            if kind == "talk":
                self.append(tone(250) + silence(300))
            elif kind == "say":
                self.say("conversation.item.create", item=data.draw(self.any_item()))
            else:
                self.say(
                    {
                        "respond": "response.create",
                        "cancel": "response.cancel",
                        "commit": "input_audio_buffer.commit",
                    }[kind]
                )
        self.rest()

    @rule(frame=st.sampled_from(GARBAGE))
    def talk_nonsense(self, frame: str | bytes) -> None:
        assert self.wire is not None
        self.wire.send_frame(frame)
        (error,) = [event["error"] for event in self.rest() if event["type"] == "error"]
        assert error["type"] == "invalid_request_error"
        assert error["message"]

    # -- what the engine does --------------------------------------------------------------------

    @rule(answer=st.sampled_from(ANSWERS))
    def expect_an_answer(self, answer: Any) -> None:
        self.engine.brain.answers.append(answer)

    @rule(line=st.sampled_from(["hello there", "", EngineError("deaf"), RuntimeError("broken")]))
    def expect_words(self, line: Any) -> None:
        self.engine.transcriber.lines.append(line)

    # Time that repeats does not pass while an answer waits for something outside.
    @precondition(lambda self: not self.repeats)
    @rule(is_open=st.booleans())
    def gate(self, is_open: bool) -> None:
        """Answers wait after their first piece, or go on."""
        waiting, self.engine.brain.gate = self.engine.brain.gate, None
        if waiting is not None:
            waiting.set()
        if not is_open:
            self.engine.brain.gate = asyncio.Event()
        if self.wire is not None:
            self.rest()

    # -- how it is told and checked --------------------------------------------------------------

    def any_item(self) -> st.SearchStrategy[Event]:
        """Items that may be created, and some that may not."""
        user = {"type": "message", "role": "user"}
        text = {"type": "input_text", "text": "Hello."}
        sound = {"type": "input_audio", "audio": base64.b64encode(tone(200)).decode()}
        said = "output_text" if self.dialect == "ga" else "text"
        usual: list[Event] = [
            {**user, "content": [text]},
            {**user, "content": [text], "id": "mine"},
            {**user, "content": [sound, text]},
            {**user, "content": []},
            {"type": "message", "role": "system", "content": [text]},
            {"type": "message", "role": "assistant", "content": [{"type": said, "text": "Hi."}]},
            {"type": "function_call", "name": "look", "arguments": "{}"},
        ]
        others: list[Event] = [
            {"type": "function_call_output", "call_id": "call_1", "output": "seen"},
            {"type": "item_reference", "id": self.items[-1]},
            {"type": "message", "role": "assistant", "content": [text]},
            {"type": "item_reference"},
            {"type": "message", "role": "nobody", "content": []},
        ]
        return st.sampled_from([*usual, *usual, *others])

    def say(self, type: str, **fields: Any) -> str:
        event_id = f"mine_{next(self.numbers)}"
        text = json.dumps({"type": type, "event_id": event_id, **fields})
        self.sent[event_id] = type
        with suppress(InvalidEvent):  # meant
            self.checker.apply(dialect_named(self.dialect).decode_client(text))
        assert self.wire is not None
        self.wire.send_frame(text)
        return event_id

    def append(self, pcm: bytes) -> None:
        del self.sent[self.say("input_audio_buffer.append", audio=base64.b64encode(pcm).decode())]

    def rest(self) -> list[Event]:
        """Let the session come to rest, and check what it said meanwhile."""
        step = self.loop.run_until_complete(asyncio.wait_for(self.quiet(), WAIT))
        for event in step:
            if event["type"] in ("conversation.item.added", "conversation.item.created"):
                self.items.append(event["item"]["id"])
            elif event["type"] in ("response.output_audio.done", "response.audio.done"):
                self.spoken.append(event["item_id"])
            elif event["type"] == "response.created":
                self.responses.append(event["response"]["id"])
        self.check_answers(step)
        self.events += step
        assert not self.faults, self.faults
        assert not [m for m in records.messages if "could not be handled" in m]
        return step

    async def quiet(self) -> list[Event]:
        assert self.wire is not None
        step: list[Event] = []
        turns = 0
        while turns < QUIET:
            await asyncio.sleep(0)
            turns = turns + 1 if self.wire.is_heard else 0
            for message in self.wire.taken():
                turns = 0
                assert message["type"] in ("websocket.accept", "websocket.send"), message
                if message["type"] == "websocket.send":
                    step.append(self.judged(message["text"]))
        return step

    def judged(self, text: str) -> Event:
        event = json.loads(text)
        self.judged_types[event["type"]] += 1
        if self.judged_types[event["type"]] <= JUDGED:
            judge(text, event, self.dialect)
        assert self.checker.apply(dialect_named(self.dialect).decode_server(text)) == []
        return event

    def check_answers(self, step: list[Event]) -> None:
        """Each event that was sent was done or refused, and refused once."""
        sent, self.sent = self.sent, {}
        types = [GA_NAMES.get(event["type"], event["type"]) for event in step]
        refused = [event["error"]["event_id"] for event in step if event["type"] == "error"]
        for event_id, type in sent.items():
            done = any(types.count(name) for name in DONE[type])
            assert refused.count(event_id) == (0 if done and event_id not in refused else 1), type

    def hang_up(self) -> None:
        assert self.wire is not None
        self.loop.run_until_complete(self.wire.hang_up())
        self.wire = None

    def teardown(self) -> None:
        if self.wire is not None:
            self.gate(is_open=True)
            if self.repeats:  # its speech waits while the client streams audio
                self.handle_audio("input_audio_buffer.clear")
            assert [violation.message for violation in self.checker.unfinished()] == []
            self.hang_up()

        async def others() -> set[Any]:
            for _ in range(QUIET):
                await asyncio.sleep(0)
            return asyncio.all_tasks() - {asyncio.current_task()}

        left = self.loop.run_until_complete(others())
        self.loop.close()
        assert left == set()
        assert not self.faults, self.faults


@pytest.fixture
def watched(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(connection, "Session", _Watched)
    logger = logging.getLogger("realtime_lab")
    logger.addHandler(records)
    yield
    logger.removeHandler(records)


@pytest.mark.shows("invariants")
def test_whatever_a_client_does(watched: None) -> None:
    run_state_machine_as_test(
        Clients,
        settings=settings(
            stateful_step_count=50,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
        ),
    )
    gc.collect()
    assert not living, "no session that ended is held by anything"
