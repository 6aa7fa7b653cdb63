"""One client library with many sessions at real-time rates, for `bench_sessions`.

``python -m tests.benchmarks.realtime_client CLIENT PORT SESSIONS SECONDS CORE`` prints one line of
`Found` as JSON; with 0 sessions, how long closing amid an answer takes. Each client runs in a
process of its own, on one core, and does the same: every 20 ms each session sends a microphone
frame, and takes the samples out of each audio delta. The client ``nothing`` only wakes up for the
frames: what that costs is no library's.
"""

from __future__ import annotations

import asyncio
import base64
import gc
import heapq
import json
import os
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from functools import cache
from pathlib import Path
from statistics import quantiles
from typing import Any, TypedDict

import psutil

from tests.benchmarks.realtime_server import DELTA_MS, sent_at

__all__ = ["CLIENTS", "Found"]

FRAME_MS = 20
FRAME = bytes(FRAME_MS * 48)
WARM_UP = 1.5
SETTLE = 0.5
_UNREAD = 0.1
"""Time in which more comes than a client's queue holds."""
Take = Callable[[bytes], None]
"""Takes the samples of an audio delta."""
Send = Callable[[bytes], Awaitable[None]]
"""Sends a microphone frame."""


class Found(TypedDict):
    """What was seen; CPU in seconds per second, latencies in ms, memory in KiB."""

    cpu_per_session: float
    core_waited: float
    """Share of the time in which the process was ready to run and others had the core."""
    deltas: int
    due: float
    """Deltas that the service had to send in that time."""
    p50: float
    p99: float
    late_p99: float
    """By how much the microphone's frames were late."""
    memory_idle: float
    """Per session just opened."""
    memory_second: float
    """Per session and second of talk."""


@asynccontextmanager
async def bare(port: int, take: Take) -> AsyncIterator[Send]:
    """``websockets`` and ``msgspec`` alone: keeps nothing, knows nothing."""
    import websockets

    from realtime_lab.protocol import GA, InputAudioBufferAppend, OutputAudioDelta

    url = f"ws://127.0.0.1:{port}/v1/realtime?model=x"
    async with websockets.connect(url, compression=None, max_queue=None) as connection:

        async def receive() -> None:
            while True:
                event = GA.decode_server(await connection.recv(decode=False))
                if isinstance(event, OutputAudioDelta):
                    take(event.delta)

        async def send(pcm: bytes) -> None:
            await connection.send(GA.encode_client(InputAudioBufferAppend(audio=pcm)), text=True)

        receiving = asyncio.create_task(receive())
        yield send
        receiving.cancel()


class _Ear:
    """A player that only takes the samples."""

    def __init__(self, take: Take) -> None:
        self._take = take

    def play(self, item_id: str, pcm: bytes) -> None:
        self._take(pcm)

    def finish(self, item_id: str) -> None: ...

    def stop(self) -> None: ...


@asynccontextmanager
async def ours(port: int, take: Take, journal: Path | None = None) -> AsyncIterator[Send]:
    """A session as `rl.connect` opens it, with its log, turns, budget and reconnection."""
    import realtime_lab as rl
    from realtime_lab.eventlog import EventLog
    from realtime_lab.session import Settings, open_session

    place = rl.endpoint(f"ws://127.0.0.1:{port}/v1/realtime?model=gpt-realtime")
    log = EventLog(dialect="ga")
    if journal is not None:
        log.journal(journal)
    opened = await open_session(place, Settings(), log=log)
    opened.session.attach_player(_Ear(take))

    async def send(pcm: bytes) -> None:
        opened.session.feed_microphone(pcm)

    yield send
    await opened.close()


@asynccontextmanager
async def ours_on_disk(port: int, take: Take) -> AsyncIterator[Send]:
    """The same with a journal on disk."""
    with tempfile.TemporaryDirectory() as folder:
        async with ours(port, take, Path(folder) / "log.jsonl") as send:
            yield send


@cache
def _openai_client(port: int) -> Any:
    from openai import AsyncOpenAI

    return AsyncOpenAI(base_url=f"http://127.0.0.1:{port}/v1", api_key="x")


@asynccontextmanager
async def sdk(port: int, take: Take) -> AsyncIterator[Send]:
    """The `openai` SDK, one client for all connections."""
    async with _openai_client(port).realtime.connect(model="gpt-realtime") as connection:

        async def receive() -> None:
            async for event in connection:
                if event.type == "response.output_audio.delta":
                    take(base64.b64decode(event.delta))

        async def send(pcm: bytes) -> None:
            await connection.input_audio_buffer.append(audio=base64.b64encode(pcm).decode())

        receiving = asyncio.create_task(receive())
        yield send
        receiving.cancel()


@asynccontextmanager
async def agents(port: int, take: Take) -> AsyncIterator[Send]:
    """A `RealtimeSession` of `openai-agents`."""
    from agents import set_trace_processors, set_tracing_disabled
    from agents.realtime import RealtimeAgent, RealtimeRunner

    set_trace_processors([])
    set_tracing_disabled(True)
    url = f"ws://127.0.0.1:{port}/v1/realtime?model=gpt-realtime"
    runner = RealtimeRunner(RealtimeAgent(name="bench"))
    async with await runner.run(model_config={"url": url, "api_key": "x"}) as session:

        async def receive() -> None:
            async for event in session:
                if event.type == "audio":
                    take(event.audio.data)

        receiving = asyncio.create_task(receive())
        yield session.send_audio
        receiving.cancel()


async def close_amid_answer(client: str, port: int) -> float:
    """Seconds until a session is closed whose answer pours in and is not read any further."""
    url = f"ws://127.0.0.1:{port}/v1/realtime?model=flood"
    if client == "sdk":
        async with _openai_client(port).realtime.connect(model="flood") as connection:
            await connection.input_audio_buffer.clear()
            async for event in connection:
                if event.type == "response.output_audio.delta":
                    break
            await asyncio.sleep(_UNREAD)
            begun = time.perf_counter()
    elif client == "agents":
        from agents import set_trace_processors, set_tracing_disabled
        from agents.realtime import RealtimeAgent, RealtimeRunner

        set_trace_processors([])
        set_tracing_disabled(True)
        runner = RealtimeRunner(RealtimeAgent(name="bench"))
        async with await runner.run(model_config={"url": url, "api_key": "x"}) as session:
            async for event in session:
                if event.type == "audio":
                    break
            begun = time.perf_counter()
    else:
        import realtime_lab as rl
        from realtime_lab.session import Settings, open_session

        opened = await open_session(rl.endpoint(url), Settings())
        first = asyncio.Event()
        opened.session.subscribe(
            lambda entry: first.set() if entry.type == "response.output_audio.delta" else None
        )
        await first.wait()
        begun = time.perf_counter()
        await opened.close()
    return time.perf_counter() - begun


@asynccontextmanager
async def nothing(port: int, take: Take) -> AsyncIterator[Send]:
    """No session at all."""

    async def send(pcm: bytes) -> None: ...

    yield send


CLIENTS: dict[str, Callable[[int, Take], Any]] = {
    "nothing": nothing,
    "bare": bare,
    "ours": ours,
    "ours_on_disk": ours_on_disk,
    "sdk": sdk,
    "agents": agents,
}


def queued() -> float:
    """Seconds that the main thread was ready to run while others had the core."""
    return int(Path("/proc/self/schedstat").read_text().split()[1]) / 1e9


async def speak(senders: list[Send], until: float, late: list[float]) -> None:
    """A microphone for each session; their frames come at different moments."""
    begin = time.monotonic()
    step = FRAME_MS / 1000
    due = [(begin + step * n / len(senders), n) for n in range(len(senders))]
    heapq.heapify(due)
    while (first := due[0][0]) < until:
        now = time.monotonic()
        if first > now:
            await asyncio.sleep(first - now)
        else:
            late.append(now - first)
            await senders[due[0][1]](FRAME)
            heapq.heapreplace(due, (first + step, due[0][1]))


def resident() -> float:
    gc.collect()
    return psutil.Process().memory_info().rss / 1024


async def measure(client: str, port: int, sessions: int, seconds: float) -> Found:
    latencies: list[float] = []
    late: list[float] = []

    def take(pcm: bytes) -> None:
        latencies.append(time.monotonic() - sent_at(pcm))

    async with AsyncExitStack() as first, AsyncExitStack() as stack:
        # What the first session loads belongs to no session.
        await first.enter_async_context(CLIENTS[client](port, take))
        before, senders = resident(), []
        for _ in range(sessions):
            senders.append(await stack.enter_async_context(CLIENTS[client](port, take)))
        idle = resident() - before
        await speak(senders, time.monotonic() + WARM_UP, [])
        held = resident()
        # Collecting garbage stops everything: what it delayed is not counted.
        await speak(senders, time.monotonic() + SETTLE, [])
        latencies.clear()
        waited = queued()
        begun, cpu = time.monotonic(), time.process_time()
        await speak(senders, begun + seconds, late)
        took, spent = time.monotonic() - begun, time.process_time() - cpu
        seen, waited = latencies.copy(), queued() - waited
        grown = resident() - held
        ordered = quantiles(seen or [0.0, 0.0], n=100)
        found = Found(
            cpu_per_session=spent / took / sessions,
            core_waited=waited / took,
            deltas=len(seen),
            due=sessions * took * 1000 / DELTA_MS,
            p50=1000 * ordered[49],
            p99=1000 * ordered[98],
            late_p99=1000 * quantiles(late, n=100)[98],
            memory_idle=idle / sessions,
            memory_second=grown / sessions / (took + SETTLE),
        )
        print(json.dumps(found), flush=True)
        # How long each library takes to close is another question.
        os._exit(0)


if __name__ == "__main__":
    name, port, sessions = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    os.sched_setaffinity(0, {int(sys.argv[5])})
    if sessions:
        asyncio.run(measure(name, port, sessions, float(sys.argv[4])))
    else:
        print(json.dumps(asyncio.run(close_amid_answer(name, port))))
