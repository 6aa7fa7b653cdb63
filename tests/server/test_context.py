"""Conversations longer than the model's window."""

import struct
import zlib
from base64 import b64encode
from dataclasses import replace

import pytest

from realtime_lab.errors import InvalidEvent
from realtime_lab.protocol import (
    ContentPart,
    FunctionCall,
    FunctionCallOutput,
    Message,
)
from realtime_lab.server.context import Context
from realtime_lab.server.images import image_size, image_tokens
from realtime_lab.server.memory import Memory
from realtime_lab.server.plan import ResponsePlan
from tests.scripted import ScriptedBrain, ScriptedEngine
from tests.server.client import Client, converse
from tests.servers import scripted_server

RESERVED = 100
PREFACE = 10
"""Tokens of the instructions."""

PLAN = ResponsePlan(
    in_conversation=True,
    items=[],
    instructions="x" * 4 * PREFACE,
    spoken=True,
    voice="alloy",
    speed=1.0,
    format={"type": "audio/pcm", "rate": 24000},
    tools=[],
    tool_choice="auto",
    max_tokens=RESERVED,
    asked_tokens="inf",
    temperature=None,
    metadata=None,
)


def said(name: str, tokens: int = 100) -> Message:
    """A message that takes so many tokens to read."""
    text = "x" * 4 * (tokens - 4)
    return Message(id=name, role="user", content=[ContentPart(type="input_text", text=text)])


def kept(context: Context, items, truncation="auto") -> list[str]:
    reading = context.read(replace(PLAN, items=items), truncation)
    assert [read.key for read in reading.reads] == [
        "instructions", *[str(item.id) for item in reading.plan.items]
    ]  # fmt: skip
    return [str(item.id) for item in reading.plan.items]


def context(room: int) -> Context:
    """A context with so much room for items."""
    return Context(room + RESERVED + PREFACE, Memory())


def test_what_fits_is_read_whole():
    assert kept(context(300), [said("a"), said("b"), said("c")]) == ["a", "b", "c"]


def test_the_oldest_items_are_left_out_whole():
    assert kept(context(299), [said("a"), said("b"), said("c")]) == ["b", "c"]


def test_the_last_item_is_read_however_long():
    assert kept(context(50), [said("a"), said("b")]) == ["b"]


@pytest.mark.shows("window")
def test_a_retention_ratio_leaves_out_more_so_that_the_next_turns_keep_their_beginning():
    half = {"type": "retention_ratio", "retention_ratio": 0.5}
    one = context(400)
    items = [said(name) for name in "abcde"]
    assert kept(one, items, half) == ["d", "e"]
    items += [said("f"), said("g")]
    assert kept(one, items, half) == ["d", "e", "f", "g"], "full again, but not over"
    assert kept(one, [*items, said("h")], half) == ["g", "h"]


def test_a_limit_after_the_instructions():
    limited = {
        "type": "retention_ratio",
        "retention_ratio": 1.0,
        "token_limits": {"post_instructions": 150},
    }
    assert kept(context(1000), [said("a"), said("b")], limited) == ["b"]


def test_disabled_truncation_refuses_to_go_on():
    with pytest.raises(InvalidEvent, match="truncation is disabled") as refusal:
        context(150).read(replace(PLAN, items=[said("a"), said("b")]), "disabled")
    assert refusal.value.code == "context_length_exceeded"


def test_a_function_output_goes_with_its_call():
    call = FunctionCall(id="call", name="x" * 396, call_id="1")
    output = FunctionCallOutput(id="output", call_id="1", output="done")
    assert kept(context(150), [call, said("a"), output, said("b", 50)]) == ["a", "b"]


@pytest.mark.shows("window")
def test_over_the_socket_a_long_conversation_goes_on_without_its_beginning():
    engine = ScriptedEngine(brain=ScriptedBrain(answers=[["You said it."], ["And again."]]))

    async def script(client: Client) -> None:
        for word in ("first", "second"):
            await client.say(word.ljust(8) * 9_000)
            await client.send("response.create", response={"output_modalities": ["text"]})
            done = await client.last("response.done")
        usage = done["response"]["usage"]
        assert 16_000 < usage["input_tokens"] < 32_000
        read = [message.text[:6] for message in engine.brain.prompts[-1].messages]
        assert read == ["You sa", "second"], "the oldest item is not read"
        first = next(e for e in client.events if e["type"] == "conversation.item.done")
        await client.send("conversation.item.retrieve", item_id=first["item"]["id"])
        retrieved = await client.last("conversation.item.retrieved")
        assert retrieved["item"]["id"] == first["item"]["id"], "but it is still there"

    with scripted_server(engine) as server:
        converse(server, script, "ga")


def png(width: int, height: int) -> bytes:
    header = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    chunk = struct.pack(">I", 13) + header + struct.pack(">I", zlib.crc32(header))
    return b"\x89PNG\r\n\x1a\n" + chunk


def jpeg(width: int, height: int) -> bytes:
    comment = b"\xff\xfe" + struct.pack(">H", 6) + b"text"
    frame = b"\xff\xc0" + struct.pack(">HBHHB", 11, 8, height, width, 1) + bytes(3)
    return b"\xff\xd8" + comment + frame


@pytest.mark.parametrize("data", [png(640, 480), jpeg(640, 480)])
def test_the_size_of_an_image_is_read_from_its_header(data):
    assert image_size(data) == (640, 480)
    assert image_size(data[:12]) is None


@pytest.mark.parametrize(
    ("size", "detail", "tokens"),
    [
        ((2048, 4096), "low", 85),
        ((1024, 1024), "high", 765),
        ((2048, 4096), "auto", 1105),
        ((100, 100), "high", 255),
    ],
)
@pytest.mark.shows("images")
def test_tokens_of_an_image(size, detail, tokens):
    url = "data:image/png;base64," + b64encode(png(*size)).decode()
    assert image_tokens(url, detail) == tokens
