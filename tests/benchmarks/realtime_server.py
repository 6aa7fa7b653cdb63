"""A service for `bench_sessions`: many sessions at real-time rates, at next to no cost.

``python -m tests.benchmarks.realtime_server CORE`` pins itself to that core and prints its port;
the end of stdin ends it. Every connection gets turns one after another, in real time: an answer of
4 s in audio deltas of 100 ms, a transcript delta with every second one, and the 17 other events of
a turn. The first eight bytes of each delta's samples are the moment at which it was handed to the
socket, in nanoseconds of ``CLOCK_MONOTONIC``, which all processes of a machine share. The first
turn of a session is shorter, each by another amount, so that not all of them begin a turn at once.
With ``model=flood`` everything comes as fast as it is read.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import itertools
import os
import struct
import sys
import time
from typing import Any

import msgspec
import websockets

from realtime_lab.protocol import (
    GA,
    ContentPart,
    Conversation,
    ItemAdded,
    ItemDone,
    Message,
    OutputAudioDelta,
    RateLimit,
    RateLimitsUpdated,
    Response,
    ResponseWriter,
    SessionConfig,
    SessionCreated,
    SessionUpdated,
)

__all__ = ["DELTA_MS", "TURN_SECONDS", "sent_at"]

DELTA_MS = 100
DELTAS = 40
TURN_SECONDS = DELTAS * DELTA_MS / 1000
TURNS = 12
_STAMP = b"stampstamp"[:9]
"""Nine bytes are twelve whole characters of base64."""
_STAMP_TEXT = base64.b64encode(_STAMP)
_GOLDEN = 0.6180339887


def sent_at(pcm: bytes) -> float:
    """When a delta with these samples was sent, in seconds of ``time.monotonic``."""
    return struct.unpack_from("<Q", pcm)[0] / 1e9


class Step:
    """An event and when it is due, in seconds from the beginning of its turn."""

    __slots__ = ("data", "due", "is_delta", "stamp")

    def __init__(self, due: float, data: bytes, is_delta: bool) -> None:
        self.due = due
        self.data = data
        self.is_delta = is_delta
        self.stamp = data.find(_STAMP_TEXT)

    def stamped(self) -> bytes:
        """The event as it is sent now."""
        if self.stamp < 0:
            return self.data
        now = base64.b64encode(struct.pack("<Qx", time.monotonic_ns()))
        return self.data[: self.stamp] + now + self.data[self.stamp + len(now) :]


def turn(number: int) -> list[Step]:
    """One turn as a service sends it."""
    conversation = Conversation()
    ids = (f"{number}_{n}" for n in itertools.count())
    user = Message(
        id=f"item_{next(ids)}",
        role="user",
        status="completed",
        content=[ContentPart(type="input_audio", transcript=None)],
    )
    begun: list[Any] = [ItemAdded(item=user, previous_item_id=None), ItemDone(item=user)]
    for event in begun:
        conversation.apply(event)
    response = Response(id=f"resp_{number}", status="in_progress", conversation_id="conv_1")
    writer = ResponseWriter(response, conversation, lambda prefix: f"{prefix}_{next(ids)}")
    timed = [(0.0, event) for event in (*begun, *writer.begin(), *writer.open_message("audio"))]
    pcm = _STAMP + bytes(DELTA_MS * 48 - len(_STAMP))
    for n in range(DELTAS):
        due = n * DELTA_MS / 1000
        timed += [(due, event) for event in writer.write_audio(pcm)]
        if n % 2 == 0:
            timed += [(due, event) for event in writer.write_text("some words ")]
    limits = RateLimitsUpdated(rate_limits=[RateLimit(name="tokens", limit=1, remaining=1)])
    end = (*writer.close_message(), *writer.finish("completed"), limits)
    timed += [(TURN_SECONDS, event) for event in end]
    steps = []
    for n, (due, event) in enumerate(timed):
        event.event_id = f"event_{number}_{n}"
        if data := GA.encode_server(event):
            steps.append(Step(due, data, event.type.endswith(".delta")))
            assert (steps[-1].stamp >= 0) == isinstance(event, OutputAudioDelta)
    return steps


CONFIG = SessionConfig(type="realtime", model="gpt-realtime")


def _encoded(event: Any, event_id: str) -> bytes:
    event.event_id = event_id
    data = GA.encode_server(event)
    assert data is not None
    return data


def is_of(data: bytes, kind: bytes) -> bool:
    """Whether an event is of that type, which clients write first or last."""
    return kind in data[:60] or kind in data[-60:]


async def _serve() -> None:
    turns = [turn(number) for number in range(TURNS)]
    created = _encoded(SessionCreated(session=CONFIG), "event_created")
    numbers = itertools.count()

    async def talk(connection: Any, flood: bool) -> None:
        skipped = (next(numbers) * _GOLDEN % 1.0) * TURN_SECONDS
        begin = time.monotonic() - skipped
        for number, steps in enumerate(turns):
            for step in steps:
                if number == 0 and step.is_delta and step.due < skipped:
                    continue
                wait = begin + step.due - time.monotonic()
                if wait > 0 and not flood:
                    await asyncio.sleep(wait)
                await connection.send(step.stamped(), text=True)
            begin += TURN_SECONDS

    async def session(connection: Any) -> None:
        flood = "model=flood" in connection.request.path
        await connection.send(created, text=True)
        talking: asyncio.Task[None] | None = None
        updates = itertools.count()
        with contextlib.suppress(websockets.ConnectionClosed):
            while True:
                data = await connection.recv(decode=False)
                if talking is None and (flood or is_of(data, b"input_audio_buffer.append")):
                    talking = asyncio.create_task(talk(connection, flood))
                if is_of(data, b"session.update"):
                    asked = msgspec.json.decode(data)["session"]
                    config = msgspec.convert({**asked, "model": CONFIG.model}, SessionConfig)
                    event = SessionUpdated(session=config)
                    await connection.send(_encoded(event, f"event_u{next(updates)}"), text=True)
        if talking is not None:
            talking.cancel()
            await asyncio.wait([talking])

    loop = asyncio.get_running_loop()
    server = websockets.serve(
        session, "127.0.0.1", 0, compression=None, max_queue=None, ping_interval=None
    )
    async with server as serving:
        print(next(iter(serving.sockets)).getsockname()[1], flush=True)
        await loop.run_in_executor(None, sys.stdin.read)


if __name__ == "__main__":
    os.sched_setaffinity(0, {int(sys.argv[1])})
    asyncio.run(_serve())
