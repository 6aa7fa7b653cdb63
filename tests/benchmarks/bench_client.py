"""What the client costs per server event, and how fast it closes, beside the bare libraries.

A process of its own floods one connection with whole turns (100 audio deltas of 40 ms, 25
transcript deltas, 17 other events each). Every client reads the same stream in turn, several rounds
interleaved; CPU time of this process is counted, so that a busy machine matters little.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import multiprocessing
import statistics
import time
from multiprocessing.connection import Connection
from typing import Any

import websockets
from openai import AsyncOpenAI

import realtime_lab as rl
from realtime_lab.eventlog import EventLog
from realtime_lab.protocol import (
    GA,
    PREVIEW,
    ContentPart,
    Conversation,
    Dialect,
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
)
from realtime_lab.session import RealtimeSession
from realtime_lab.session.transport import open_websocket

TURNS = 60
ROUNDS = 5
AUDIO = base64.b64encode(bytes(range(256)) * 8)[: 1920 * 4 // 3]


def turn_of_events(number: int, dialect: Dialect) -> list[bytes]:
    """One turn as a service sends it."""
    conversation = Conversation()
    ids = iter(f"{number}_{n}" for n in range(1000))
    user = Message(
        id=f"item_{next(ids)}",
        role="user",
        status="completed",
        content=[ContentPart(type="input_audio", transcript=None)],
    )
    response = Response(id=f"resp_{number}", status="in_progress", conversation_id="conv_1")
    writer = ResponseWriter(response, conversation, lambda prefix: f"{prefix}_{next(ids)}")
    events: list[Any] = [ItemAdded(item=user, previous_item_id=None), ItemDone(item=user)]
    for event in events:
        conversation.apply(event)
    events += writer.begin()
    events += writer.open_message("audio")
    pcm = base64.b64decode(AUDIO)
    for n in range(100):
        events += writer.write_audio(pcm)
        if n % 4 == 0:
            events += writer.write_text("some words ")
    events += writer.close_message()
    events += writer.finish("completed")
    events.append(RateLimitsUpdated(rate_limits=[RateLimit(name="tokens", limit=1, remaining=1)]))
    for n, event in enumerate(events):
        event.event_id = f"event_{number}_{n}"
    return [data for event in events if (data := dialect.encode_server(event))]


def whole_stream(dialect: Dialect) -> list[bytes]:
    """A session's beginning and its turns, ready to be sent."""
    start = SessionCreated(session=SessionConfig(type="realtime", model="flood"))
    begun = [data] if (data := dialect.encode_server(start)) else []
    return begun + [data for n in range(TURNS) for data in turn_of_events(n, dialect)]


def serve(pipe: Connection) -> None:
    """Flood every connection with the same turns, then wait for its end."""
    streams = {dialect.name: whole_stream(dialect) for dialect in (GA, PREVIEW)}

    async def flood(connection: Any) -> None:
        preview = connection.request.path.startswith("/openai/realtime")
        with contextlib.suppress(websockets.ConnectionClosed):
            for data in streams["preview" if preview else "ga"]:
                await connection.send(data, text=True)
        await connection.wait_closed()

    async def run() -> None:
        async with websockets.serve(flood, "127.0.0.1", 0, compression=None) as server:
            pipe.send(server.sockets[0].getsockname()[1])
            await asyncio.get_running_loop().run_in_executor(None, pipe.recv)

    asyncio.run(run())


async def bare(port: int, count: int) -> float:
    """``websockets`` and ``msgspec`` alone."""
    decode = GA.decode_server
    url = f"ws://127.0.0.1:{port}/v1/realtime?model=x"
    async with websockets.connect(url, compression=None, max_queue=None) as connection:
        begun = time.process_time()
        for _ in range(count):
            decode(await connection.recv(decode=False))
        return time.process_time() - begun


async def ours(port: int, count: int, path: str = "/v1/realtime?model=x") -> float:
    """A `RealtimeSession`: decoded, applied to the conversation, logged, cut into turns."""
    place = rl.endpoint(f"ws://127.0.0.1:{port}{path}")
    transport = await open_websocket(place)
    session = RealtimeSession(transport, place, EventLog(dialect=place.dialect), None)
    everything = asyncio.Event()
    last = f"event_{TURNS - 1}_{len(turn_of_events(0, GA)) - 1}"

    begun = time.process_time()
    pump = asyncio.create_task(session.run())
    session.subscribe(
        lambda entry: everything.set() if getattr(entry.event, "event_id", "") == last else None
    )
    await everything.wait()
    spent = time.process_time() - begun
    assert len(session.log.events(direction="received")) == count
    assert len(session.turns) >= 1
    await session.close()
    await pump
    return spent


async def ours_preview(port: int, count: int) -> float:
    """The same in the preview dialect, which has one event fewer for each finished item."""
    fewer = len(whole_stream(GA)) - len(whole_stream(PREVIEW))
    return (
        await ours(port, count - fewer, "/openai/realtime?deployment=x") * count / (count - fewer)
    )


async def sdk(port: int, count: int) -> float:
    """The `openai` SDK's own loop."""
    client = AsyncOpenAI(base_url=f"http://127.0.0.1:{port}/v1", api_key="x")
    async with client.realtime.connect(model="x") as connection:
        begun = time.process_time()
        for _ in range(count):
            await connection.recv()
        return time.process_time() - begun


async def close_amid_response(port: int) -> float:
    """Seconds that `close` takes while a response is still pouring in."""
    place = rl.endpoint(f"ws://127.0.0.1:{port}/v1/realtime?model=x")
    session = RealtimeSession(await open_websocket(place), place, EventLog(dialect="ga"), None)
    first = asyncio.Event()
    session.subscribe(lambda e: first.set() if isinstance(e.event, OutputAudioDelta) else None)
    pump = asyncio.create_task(session.run())
    await first.wait()
    begun = time.perf_counter()
    await session.close()
    await pump
    return time.perf_counter() - begun


def main() -> None:
    here, there = multiprocessing.Pipe()
    context = multiprocessing.get_context("spawn")
    process = context.Process(target=serve, args=(there,), daemon=True)
    process.start()
    port, count = here.recv(), len(whole_stream(GA))
    clients = {
        "websockets + msgspec": bare,
        "realtime_lab, GA": ours,
        "realtime_lab, preview": ours_preview,
        "openai SDK": sdk,
    }
    spent: dict[str, list[float]] = {name: [] for name in clients}
    for _ in range(ROUNDS):
        for name, client in clients.items():
            spent[name].append(asyncio.run(client(port, count)) / count * 1e6)
    floor = statistics.median(spent["websockets + msgspec"])
    for name, values in spent.items():
        middle = statistics.median(values)
        print(f"{name:22} {middle:6.1f} µs/event   {middle / floor:5.2f} × the bare loop")
    closes = sorted(asyncio.run(close_amid_response(port)) for _ in range(5))
    print(f"closing amid a response: {1000 * closes[-1]:.1f} ms at most of 5")
    here.send("stop")
    process.join(5)


if __name__ == "__main__":
    main()
