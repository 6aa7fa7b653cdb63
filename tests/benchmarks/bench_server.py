"""What the embedded server costs, and how soon it answers.

Three parts: CPU per audio append and per audio delta beside a bare echo on the same stack; process
start → listening; and, with the real engine on recorded speech fed at real time, end of speech →
first audio delta without the configured silence.
"""

from __future__ import annotations

import asyncio
import base64
import json
import resource
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from statistics import median, quantiles
from typing import Any

from websockets.asyncio.client import ClientConnection, connect

from realtime_lab.audio import Clip, voiced_span

ROOT = Path(__file__).parent.parent.parent
SPEECH = ROOT.parent / "shared" / "speech"
PATH = "/v1/realtime?model=gpt-realtime"
FRAME_MS = 20
MS = 48
TAIL_MS = 1200


def main() -> None:
    start_times()
    costs()
    answer_times()


# Process start


def start_server() -> tuple[subprocess.Popen[bytes], int, float]:
    """A led server process, its port, and the seconds until it listened."""
    began = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "realtime_lab.server", "--child", "--port", "0"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=ROOT,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(b'{"key": "bench"}\n')
    process.stdin.flush()
    port = json.loads(process.stdout.readline())["port"]
    return process, port, time.perf_counter() - began


def stop_server(process: subprocess.Popen[bytes]) -> None:
    assert process.stdin is not None
    process.stdin.close()
    process.wait(20)


def start_times(runs: int = 5) -> None:
    seconds = []
    for _ in range(runs):
        process, _, took = start_server()
        stop_server(process)
        seconds.append(took)
    print(
        f"server process start -> listening: {median(seconds):.2f} s median of {runs}, "
        f"{max(seconds):.2f} s worst (target 0.80 s)"
    )


# Cost


def cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


async def echo(websocket: Any) -> None:
    """The floor: the same stack takes a message and says it back, looking at nothing."""
    await websocket.accept()
    while (message := await websocket.receive())["type"] == "websocket.receive":
        await websocket.send_text(message["text"])


def costs() -> None:
    """Server and client share the process: the client's share is the same on both sides."""
    from starlette.applications import Starlette
    from starlette.routing import WebSocketRoute

    from tests.scripted import ScriptedEngine
    from tests.servers import running_app, scripted_server

    append = json.dumps(
        {
            "type": "input_audio_buffer.append",
            "audio": base64.b64encode(bytes(FRAME_MS * MS)).decode(),
        }
    )
    delta = json.dumps(
        {
            "type": "response.output_audio.delta",
            "event_id": "event_" + 21 * "x",
            "response_id": "resp_" + 21 * "x",
            "item_id": "item_" + 21 * "x",
            "output_index": 0,
            "content_index": 0,
            "delta": base64.b64encode(bytes(100 * MS)).decode(),
        }
    )
    with running_app(Starlette(routes=[WebSocketRoute("/", echo)])) as (port, _):
        url = f"ws://127.0.0.1:{port}/"
        in_floor = asyncio.run(measure(url, lambda ws: push(ws, append, back=1)))
        out_floor = asyncio.run(measure(url, lambda ws: push(ws, delta, back=1)))
    engine = ScriptedEngine()
    with scripted_server(engine) as server:
        url = f"{server.ws_url}{PATH}&api-key={server.key}"
        appended = asyncio.run(measure(url, lambda ws: push(ws, append, back=0)))
        spoken = asyncio.run(measure(url, lambda ws: listen(ws, engine)))
    print(
        f"CPU per audio append of 20 ms: {appended:.0f} us beside {in_floor:.0f} us of a bare echo "
        f"({appended / in_floor:.1f} x; scripted voice activity)"
    )
    print(
        f"CPU per audio delta of 100 ms: {spoken:.0f} us beside {out_floor:.0f} us of a bare echo "
        f"({spoken / out_floor:.1f} x; scripted voice, transcript deltas included)"
    )


Work = Callable[[ClientConnection], Awaitable[int]]


async def measure(url: str, work: Work) -> float:
    """Microseconds of CPU per message of the work, best of three."""
    async with connect(url, compression=None, max_size=None) as socket:
        best = float("inf")
        for _ in range(3):
            began = cpu()
            count = await work(socket)
            best = min(best, (cpu() - began) / count * 1e6)
    return best


async def push(socket: ClientConnection, message: str, *, back: int) -> int:
    """Send many of a message; read as many answers, or make sure that all were taken."""
    count = 2000

    async def send() -> None:
        for _ in range(count):
            await socket.send(message)

    async with asyncio.TaskGroup() as group:
        group.create_task(send())
        for _ in range(count * back):
            await socket.recv()
    if not back:
        await socket.send('{"type": "input_audio_buffer.clear"}')
        while json.loads(await socket.recv())["type"] != "input_audio_buffer.cleared":
            pass
    return count


async def listen(socket: ClientConnection, engine: Any) -> int:
    """Let the model say a thousand words, each one transcript and two audio deltas or so."""
    engine.brain.answers = [["word " * 1000]]
    await socket.send('{"type": "response.create", "response": {"conversation": "none"}}')
    deltas = 0
    while True:
        text = await socket.recv()
        if '"response.output_audio.delta"' in text[:60]:  # type: ignore[operator]
            deltas += 1
        elif '"response.done"' in text[:60]:  # type: ignore[operator]
            return deltas


# Answers


def answer_times(repeats: int = 3) -> None:
    """Feed recordings at real time; the end of speech is their last voiced sample."""
    if not SPEECH.is_dir():
        print("end of speech -> first audio delta: no recordings in ../shared/speech")
        return
    recordings = sorted(SPEECH.glob("*.flac"))
    process, port, _ = start_server()
    try:
        delays = asyncio.run(converse(port, recordings * repeats))
    finally:
        stop_server(process)
    late = quantiles(delays, n=20)[18]
    print(
        f"end of speech -> first audio delta, minus silence_duration_ms: p50 "
        f"{median(delays):.0f} ms, p95 {late:.0f} ms of {len(delays)} turns "
        "(targets 150 and 300 ms)"
    )


async def converse(port: int, recordings: list[Path]) -> list[float]:
    """One session for all recordings; milliseconds from the end of each to the first delta."""
    headers = {"api-key": "bench"}
    delays = []
    async with connect(
        f"ws://127.0.0.1:{port}{PATH}", additional_headers=headers, compression=None, max_size=None
    ) as socket:
        session = json.loads(await socket.recv())["session"]
        silence_ms = session["audio"]["input"]["turn_detection"]["silence_duration_ms"]
        await settle(socket)
        for path in recordings:
            delays.append(await one_turn(socket, Clip.read(path)) * 1000 - silence_ms)
    return delays


async def settle(socket: ClientConnection) -> None:
    """Let the engine load: a typed turn, and a moment for the recogniser's workers."""
    await socket.send('{"type": "response.create"}')
    while json.loads(await socket.recv())["type"] != "response.done":
        pass
    await asyncio.sleep(3)


async def one_turn(socket: ClientConnection, clip: Clip) -> float:
    """Seconds from sending the last voiced sample to the first audio delta."""
    span = voiced_span(clip.samples)
    assert span is not None
    _, end = span
    pcm = clip.pcm + bytes(TAIL_MS * MS)
    sent: asyncio.Future[float] = asyncio.get_running_loop().create_future()
    feeding = asyncio.create_task(feed(socket, pcm, end, sent))
    began: float | None = None
    answered: float | None = None
    while True:
        event = json.loads(await socket.recv())
        now = time.perf_counter()
        if event["type"] == "input_audio_buffer.speech_started":
            began = answered = None
        elif event["type"] == "response.created":
            began, answered = now, None
        elif event["type"] == "response.output_audio.delta" and began and answered is None:
            answered = now
        elif event["type"] == "response.done" and answered and sent.done():
            break
    await feeding
    return answered - sent.result()


async def feed(
    socket: ClientConnection, pcm: bytes, end: float, sent: asyncio.Future[float]
) -> None:
    """Send 20 ms frames when a microphone would; tell when the last voiced sample went."""
    began = time.perf_counter()
    size = FRAME_MS * MS
    for number, start in enumerate(range(0, len(pcm), size)):
        due = began + (number + 1) * FRAME_MS / 1000
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        audio = base64.b64encode(pcm[start : start + size]).decode()
        await socket.send(json.dumps({"type": "input_audio_buffer.append", "audio": audio}))
        if not sent.done() and (start + size) / (MS * 1000) >= end:
            sent.set_result(time.perf_counter())
    if not sent.done():
        sent.set_result(time.perf_counter())


if __name__ == "__main__":
    main()
