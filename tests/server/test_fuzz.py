"""Whatever comes in is answered with a clear error or a clean close, and nobody else is harmed."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import json
import re
from collections.abc import Awaitable, Callable, Iterator
from typing import Any, Literal

import pytest
from jsonschema import Draft202012Validator
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from realtime_lab.engine import SpeechChunk
from realtime_lab.protocol import event_schema
from realtime_lab.server import Access, Server, create_app
from tests.scripted import MS, ScriptedEngine, silence, tone
from tests.server.client import PATHS, WAIT, Client, Event, session
from tests.server.test_stateful import RESPONSES, SETTINGS, TOOL
from tests.server.wire import Wire
from tests.servers import KEY, RunningServer, scripted_server

Schema = dict[str, Any]
Dialect = Literal["ga", "preview"]

WRONG: list[Any] = [None, True, 5, -1, 2.5, 10**30, "x", "", [], [[]], [None], {}, {"x": {}}]


# -- every field of every event, with what does not belong there -----------------------------------


class Fields:
    """Walks the schema of a dialect's client events."""

    def __init__(self, dialect: Dialect) -> None:
        self._schema = event_schema(dialect, "client")

    def wrong_events(self) -> Iterator[tuple[str, Event]]:
        """Each field of each event, in turn, with each value that it cannot have."""
        for one in self._schema["anyOf"]:
            yield from self._wrong(one)

    def _wrong(self, schema: Schema) -> Iterator[tuple[str, Any]]:
        for option in self._options(schema):
            if option.get("type") == "array" and "items" in option:
                for path, value in self._wrong(option["items"]):
                    yield _joined("[0]", path), [value]
            elif "properties" in option:
                least = self._least(option)
                for name, field in option["properties"].items():
                    if "enum" not in field or name != "type":
                        yield from self._wrong_field(name, field, least)

    def _wrong_field(self, name: str, field: Schema, least: Event) -> Iterator[tuple[str, Any]]:
        validator = Draft202012Validator({"$defs": self._schema["$defs"], **field})
        for value in WRONG:
            if not validator.is_valid(value):
                yield name, {**least, name: value}
        for path, value in self._wrong(field):
            yield _joined(name, path), {**least, name: value}

    def _options(self, schema: Schema) -> Iterator[Schema]:
        if "$ref" in schema:
            schema = self._schema["$defs"][schema["$ref"].rpartition("/")[2]]
        if "anyOf" in schema:
            for one in schema["anyOf"]:
                yield from self._options(one)
        else:
            yield schema

    def _least(self, schema: Schema) -> Any:
        """The smallest value that the schema allows."""
        schema = next(self._options(schema))
        if "enum" in schema:
            return schema["enum"][0]
        if "properties" in schema:
            wanted = {*schema.get("required", ()), "type"} & set(schema["properties"])
            return {name: self._least(schema["properties"][name]) for name in sorted(wanted)}
        # A string may have to be base64.
        return {"string": "AAAA", "integer": 1, "number": 1.0, "boolean": True, "array": []}.get(
            schema.get("type", ""), {}
        )


def _joined(name: str, path: str) -> str:
    return f"{name}{path}" if path.startswith("[") else f"{name}.{path}"


def application(engine: ScriptedEngine | None = None) -> Any:
    used = engine or ScriptedEngine()

    async def ready() -> Any:
        return used

    return create_app(Server(Access(KEY), ready))


def answers(dialect: Dialect, events: list[Event]) -> list[list[Event]]:
    """What one session says to each of these events, one after the other."""

    async def run() -> list[list[Event]]:
        wire = Wire(application(), dialect)
        given = []
        for event in [None, *events]:
            if event is not None:
                wire.send_frame(json.dumps(event))
            async with asyncio.timeout(WAIT):
                given.append(await wire.rest())
        await wire.hang_up()
        return given[1:]

    return asyncio.run(run())


def errors_in(events: list[Event]) -> list[Event]:
    return [event["error"] for event in events if event["type"] == "error"]


@pytest.mark.shows("malformed")
@pytest.mark.parametrize("dialect", ["ga", "preview"])
def test_a_wrong_type_in_any_field_is_refused_with_its_path(dialect: Dialect) -> None:
    wrong = list(Fields(dialect).wrong_events())
    assert len(wrong) > 500
    sent = [
        body if path == "event_id" else {**body, "event_id": f"mine_{number}"}
        for number, (path, body) in enumerate(wrong)
    ]
    for (path, _), body, said in zip(wrong, sent, answers(dialect, sent), strict=True):
        case = f"{path} in {json.dumps(body)[:300]}: {said}"
        assert [event["type"] for event in said] == ["error"], case
        error = said[0]["error"]
        assert error["type"] == "invalid_request_error", case
        assert error["code"], case
        assert error["message"], case
        if path != "event_id":
            assert error["event_id"] == body["event_id"], case
            assert re.match(rf"{re.escape(path)}\b", error["param"] or ""), case


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The way to everything inside ``value``."""
    inside: Any = ()
    if isinstance(value, dict):
        inside = value.items()
    elif isinstance(value, list):
        inside = enumerate(value)
    for key, inner in inside:
        yield (*path, key)
        yield from places(inner, (*path, key))


def replaced(value: Any, path: tuple[Any, ...], other: Any) -> Any:
    """A copy of ``value`` with something else in that place."""
    if not path:
        return other
    copy = dict(value) if isinstance(value, dict) else list(value)
    copy[path[0]] = replaced(copy[path[0]], path[1:], other)
    return copy


TOOLS = {
    "ga": [TOOL, {"type": "mcp", "server_label": "far", "server_url": "https://far.example"}],
    "preview": [TOOL],
}
CHOICE = {"type": "function", "name": "look"}


def whole_events(dialect: Dialect) -> list[Event]:
    """Events as clients send them, with all that may be inside."""
    kind = {"type": "realtime"} if dialect == "ga" else {}
    said = "output_text" if dialect == "ga" else "text"
    user = {"type": "message", "role": "user", "id": "mine"}
    text = {"type": "input_text", "text": "Hello."}
    sound = {"type": "input_audio", "audio": base64.b64encode(tone(20)).decode()}
    items = [
        {**user, "content": [text, sound]},
        {"type": "message", "role": "assistant", "content": [{"type": said, "text": "Hi."}]},
        {"type": "function_call", "name": "look", "arguments": "{}", "call_id": "call_1"},
        {"type": "function_call_output", "call_id": "call_1", "output": "seen"},
    ]
    asked = {"tools": TOOLS[dialect], "tool_choice": CHOICE, "input": items, "conversation": "none"}
    return [
        *({"type": "session.update", "session": {**kind, **s}} for s in SETTINGS[dialect]),
        {"type": "session.update", "session": {**kind, "tools": TOOLS[dialect]}},
        *({"type": "response.create", "response": r} for r in RESPONSES[dialect]),
        {"type": "response.create", "response": {**asked, "metadata": {"a": "b"}}},
        *({"type": "conversation.item.create", "item": item} for item in items),
        {"type": "conversation.item.create", "item": items[0], "previous_item_id": "root"},
        {
            "type": "conversation.item.truncate",
            "item_id": "mine",
            "content_index": 0,
            "audio_end_ms": 1,
        },
    ]


@pytest.mark.parametrize("dialect", ["ga", "preview"])
def test_anything_in_any_place_is_taken_or_refused_and_never_a_fault(
    dialect: Dialect, caplog: pytest.LogCaptureFixture
) -> None:
    events = [
        replaced(event, path, other)
        for event in whole_events(dialect)
        for path in places(event)
        for other in WRONG
    ]
    sent = [
        {**event, "event_id": f"mine_{number}"}
        for number, event in enumerate(events)
        if "event_id" not in event
    ]
    assert len(sent) > 2000
    for body, said in zip(sent, answers(dialect, sent), strict=True):
        case = f"{json.dumps(body)[:300]}: {[event['type'] for event in said]}"
        named = [error for error in errors_in(said) if error["event_id"] == body["event_id"]]
        assert len(named) <= 1, case
        assert said, case
        assert all(error["type"] == "invalid_request_error" for error in named), case
        assert all(error["message"] for error in named), case
    assert "could not be handled" not in caplog.text


# -- frames ----------------------------------------------------------------------------------------


NOT_EVENTS: list[str | bytes] = [
    "",
    " ",
    "{",
    "nonsense",
    "null",
    "NaN",
    "[]",
    '{"type": NaN}',
    "\x00",
    '"' * 1000,
    "[" * 100_000,
    '{"type":' * 100_000,
    '{"type":"response.create","response":' + '{"metadata":' * 500 + "1" + "}" * 501,
    '{"type":"session.update","session":{"tools":' + "[" * 200 + "]" * 200 + "}}",
    '{"type":"input_audio_buffer.append","audio":Infinity}',
    '{"type":"input_audio_buffer.append","audio":"\\ud800"}',
    '{"type":"conversation.item.truncate","item_id":"\\udfff","content_index":0,"audio_end_ms":1}',
    '{"type":"conversation.item.truncate","item_id":"x","content_index":0,"audio_end_ms":-Infinity}',
    '{"type":"conversation.item.truncate","item_id":"x","content_index":1e999,"audio_end_ms":1}',
    '{"type":"conversation.item.truncate","item_id":"x","content_index":' + "9" * 5000 + "}",
    b"",
    b"\x00",
    b"\xff\xfe\xfd",
    bytes(range(256)),
    bytes(100_000),
]


@pytest.mark.shows("malformed")
@pytest.mark.parametrize("dialect", ["ga", "preview"])
def test_what_is_no_event_is_refused(dialect: Dialect) -> None:
    async def run() -> None:
        wire = Wire(application(), dialect)
        await wire.rest()
        for frame in NOT_EVENTS:
            wire.send_frame(frame)
            (event,) = await asyncio.wait_for(wire.rest(), WAIT)
            assert event["error"]["type"] == "invalid_request_error", (frame[:80], event)
            assert event["error"]["message"], frame[:80]
            assert len(event["error"]["message"]) < 1000, "what is huge is not told back"
        await wire.hang_up()

    asyncio.run(run())


async def still_answers(server: RunningServer) -> None:
    """Another session has a whole turn."""
    async with session(server) as client:
        await client.append(tone(300) + silence(400))
        done = await client.last("response.done")
        assert done["response"]["status"] == "completed"


def in_company(server: RunningServer, script: Callable[[Client], Awaitable[Any]]) -> None:
    """Run a script in a session, while and after which another one works as ever."""

    async def run() -> None:
        async with session(server) as client:
            async with asyncio.TaskGroup() as group:
                group.create_task(still_answers(server))
                group.create_task(_ignoring_close(script(client)))
            await still_answers(server)

    asyncio.run(run())


async def _ignoring_close(script: Awaitable[Any]) -> None:
    with contextlib.suppress(ConnectionClosed):
        await script


async def closed(client: Client) -> int:
    """The code with which the connection is closed."""
    with pytest.raises(ConnectionClosed) as ended:
        while True:
            await client.next()
    assert ended.value.rcvd is not None
    return ended.value.rcvd.code


def test_a_binary_frame_with_an_event_is_an_event(server: RunningServer) -> None:
    async def script(client: Client) -> None:
        await client.socket.send(b'{"type":"input_audio_buffer.clear"}')
        await client.until("input_audio_buffer.cleared")

    in_company(server, script)


def test_text_that_is_not_utf8_closes_cleanly(server: RunningServer) -> None:
    async def script(client: Client) -> None:
        client.socket.protocol.send_text(b"\xff\xfe")
        client.socket.send_data()
        assert await closed(client) == 1007

    in_company(server, script)


@pytest.mark.shows("malformed")
def test_a_frame_over_the_limit_closes_cleanly(server: RunningServer) -> None:
    async def script(client: Client) -> None:
        with contextlib.suppress(ConnectionClosed):
            await client.socket.send("x" * (25 * 1024 * 1024))
        assert await closed(client) == 1009

    in_company(server, script)


def test_the_largest_append_is_taken_and_a_larger_one_refused(server: RunningServer) -> None:
    most = 15 * 1024 * 1024

    async def script(client: Client) -> None:
        await client.update(audio={"input": {"turn_detection": None}})
        await client.until("session.updated")
        await client.append(bytes(most))
        await client.append(bytes(most + 2))
        error = await client.refusal()
        assert error["code"] == "invalid_value"
        assert error["param"] == "audio"
        await client.send("input_audio_buffer.clear")
        await client.until("input_audio_buffer.cleared")

    in_company(server, script)


def test_a_message_in_fragments_is_one_event(server: RunningServer) -> None:
    async def script(client: Client) -> None:
        text = json.dumps({"type": "conversation.item.retrieve", "item_id": "x" * 1000})
        await client.socket.send(text[n : n + 7] for n in range(0, len(text), 7))
        assert (await client.refusal())["code"] == "item_retrieve_invalid_item_id"

    in_company(server, script)


def test_thousands_of_pipelined_events_are_answered_in_order(server: RunningServer) -> None:
    number = 3000

    async def script(client: Client) -> None:
        for n in range(number):
            await client.socket.send(
                json.dumps({"type": "conversation.item.delete", "item_id": f"x{n}"})
            )
        for n in range(number):
            event = json.loads(await client.socket.recv())
            assert f"'x{n}'" in event["error"]["message"]

    in_company(server, script)


# -- clients that do not read ----------------------------------------------------------------------


@contextlib.asynccontextmanager
async def deaf(server: RunningServer) -> Any:
    """A client that reads its greeting and then nothing."""
    headers = {"api-key": server.key}
    async with connect(
        server.ws_url + PATHS["ga"],
        additional_headers=headers,
        max_queue=1,
        write_limit=1024,
        close_timeout=0.1,
    ) as socket:
        await socket.recv()
        yield socket
        socket.transport.abort()


class _EndlessSpeech:
    """Speaks until it is stopped, a second at a time."""

    voices = ("alloy",)

    def __init__(self) -> None:
        self.seconds = 0
        self.waited = False

    async def speak(self, text: str, voice: str, *, speed: float = 1.0) -> Any:
        while True:
            self.seconds += 1
            yield SpeechChunk(bytes(1000 * MS), "la ")
            await asyncio.sleep(0)


def test_the_model_waits_for_a_client_that_does_not_read() -> None:
    speech = _EndlessSpeech()
    engine = ScriptedEngine(synthesizer=speech)  # type: ignore[arg-type]

    async def run(server: RunningServer) -> None:
        async with deaf(server) as socket:
            await socket.send('{"type":"response.create"}')
            before = -1
            while speech.seconds != before:
                before = speech.seconds
                for _ in range(20):
                    await asyncio.wrap_future(on_server(server, asyncio.sleep(0)))
            assert 0 < speech.seconds < 190, "less than it could say, which is about 200 s"
            async with session(server) as client:
                await client.update(output_modalities=["text"])
                await client.say("hello")
                await client.send("response.create")
                await client.until("response.done")

    with scripted_server(engine) as server:
        asyncio.run(run(server))


def on_server(server: RunningServer, work: Any) -> Any:
    return asyncio.run_coroutine_threadsafe(work, server.loop)


def test_a_client_that_does_not_read_is_not_listened_to() -> None:
    """What it asks for would fill the server's memory."""

    async def run() -> None:
        wire = Wire(application())
        await wire.until("session.created")
        item = {"type": "message", "role": "user", "id": "long"}
        content = [{"type": "input_text", "text": "x" * 1_000_000}]
        wire.send("conversation.item.create", item={**item, "content": content})
        await wire.until("conversation.item.done")
        wire.stop_reading()
        for _ in range(100):
            wire.send("conversation.item.retrieve", item_id="long")
        for _ in range(1000):
            await asyncio.sleep(0)
        assert not wire.is_heard
        assert 75 < wire.unheard < 90, "some 16 MB wait for the client, and no more"
        wire.read_on()
        await asyncio.wait_for(wire.rest(), WAIT)
        assert wire.unheard == 0, "a client that reads again is heard again"
        await wire.hang_up()

    asyncio.run(run())


def test_a_client_that_does_not_read_and_goes_leaves_nothing() -> None:
    async def run() -> None:
        wire = Wire(application())
        await wire.until("session.created")
        item = {"type": "message", "role": "user", "id": "long"}
        content = [{"type": "input_text", "text": "x" * 1_000_000}]
        wire.send("conversation.item.create", item={**item, "content": content})
        await wire.until("conversation.item.done")
        wire.stop_reading()
        for _ in range(100):
            wire.send("conversation.item.retrieve", item_id="long")
        for _ in range(1000):
            await asyncio.sleep(0)
        wire.break_off()
        await asyncio.wait_for(wire.hang_up(), WAIT)
        assert asyncio.all_tasks() == {asyncio.current_task()}

    asyncio.run(run())
