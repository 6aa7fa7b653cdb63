"""The embedded server under load: what it costs, how late it gets, what it keeps.

The servers run in processes of their own (`load_server`): their CPU time and memory are theirs
alone. The embedded server has the real voice activity; ears, brain and voice are scripted and cost
next to nothing.

*Cost*: CPU of the server per audio append of 20 ms and per audio delta of 200 ms beside what a bare
``websockets`` echo spends on the same bytes in the same run. Deltas go as fast as they are taken,
as a model's do. Appends go at real time on 30 connections at once, where each wakes the server by
itself, which is what the target means; and in a hurry, where the echo has hardly anything to do and
what is left is the voice activity's arithmetic.

*Latency*: 200 open sessions of both dialects, 30 of which talk at real time. The moment at which a
turn can be known to be over is the one at which a microphone would have delivered the 20 ms that
complete its silence: the same turn detector, run beforehand over the same audio, says which they
are. From then it counts, so that neither the silence nor the generator's own lateness (also
printed) is taken off: to the arrival of ``input_audio_buffer.speech_stopped`` and of the first
audio delta. A silent session meanwhile asks for an item, 20 times a second; that round trip is
printed too. One talker alone comes first: what the others add is the difference. Other work of the
machine shows in how long the server waited for a core; ``chrt -r 5`` before the command keeps it
away.

*Memory*: of the process, after a garbage collection. Per idle session: growth over 200 sessions
just opened, after each sent a second of silence, and after each had a spoken turn (whose audio the
server keeps for ``conversation.item.retrieve``). Per turn: the slope over the last third of a
thousand turns, in one session and in many that came and went.
"""

from __future__ import annotations

import asyncio
import base64
import json
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from functools import cache
from itertools import cycle, islice
from pathlib import Path
from statistics import linear_regression, median, quantiles
from typing import Any

from websockets.asyncio.client import ClientConnection, connect

from realtime_lab.audio import Clip
from realtime_lab.engine import SileroVoiceActivity, SpeechStopped, TurnDetector
from tests.benchmarks.load_server import KEY, SPOKEN_WORDS, WORD_MS

ROOT = Path(__file__).parent.parent.parent
SPEECH = ROOT.parent / "shared" / "speech"
PATHS = {
    "ga": "/v1/realtime?model=gpt-realtime",
    "preview": "/openai/realtime?api-version=2025-04-01-preview&deployment=gpt-4o-realtime-preview",
}
FRAME_MS = 20
FRAME = FRAME_MS * 48
DELTA_MS = 200
SESSIONS = 200
TALKING = 30
TALK_SECONDS = 10.0
PACED_SECONDS = 3.0
TURNS = 1000

DELTA_TYPES = ('"response.output_audio.delta"', '"response.audio.delta"')
ANSWER_DELTAS = SPOKEN_WORDS * WORD_MS // DELTA_MS


def main() -> None:
    costs()
    latency()
    memory_of_sessions()
    memory_of_turns()


# The servers


class ServerProcess:
    """A server of `load_server`, and what it tells of itself."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        assert process.stdout is not None
        self.port = int(process.stdout.readline())

    def cpu(self) -> float:
        """Seconds of CPU used so far."""
        return self._ask("cpu")

    def queued(self) -> float:
        """Seconds its main thread was ready to run while others had the cores."""
        text = Path(f"/proc/{self._process.pid}/schedstat").read_text()
        return int(text.split()[1]) / 1e9

    def memory(self) -> dict[str, int]:
        """``rss`` in bytes, ``tasks`` and ``objects``."""
        return self._ask("memory")

    def _ask(self, question: str) -> Any:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(f"{question}\n")
        self._process.stdin.flush()
        return json.loads(self._process.stdout.readline())


@contextmanager
def server_process(kind: str) -> Iterator[ServerProcess]:
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.benchmarks.load_server", kind],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=ROOT,
        text=True,
    )
    try:
        yield ServerProcess(process)
    finally:
        assert process.stdin is not None
        process.stdin.close()
        process.wait(20)


@asynccontextmanager
async def session(server: ServerProcess, dialect: str = "ga") -> AsyncIterator[ClientConnection]:
    """A session whose greeting was read."""
    url = f"ws://127.0.0.1:{server.port}{PATHS[dialect]}"
    async with connect(
        url, additional_headers={"api-key": KEY}, compression=None, max_size=None, max_queue=1024
    ) as socket:
        await until(socket, "session.created" if dialect == "ga" else "conversation.created")
        yield socket


async def until(socket: ClientConnection, *types: str) -> int:
    """Read up to an event of one of these types; the number of audio deltas among what came."""
    deltas = 0
    while True:
        message = await socket.recv()
        assert isinstance(message, str)
        kind = type_of(message)
        assert kind != '"error"', message
        assert kind != '"response.done"' or "failed" not in message, message
        deltas += kind in DELTA_TYPES
        if kind[1:-1] in types:
            return deltas


def type_of(message: str) -> str:
    """The quoted type, which the server writes first."""
    return message[8 : message.index(",")]


def append_of(pcm: bytes) -> str:
    audio = base64.b64encode(pcm).decode()
    return json.dumps({"type": "input_audio_buffer.append", "audio": audio})


SILENCE = append_of(bytes(FRAME))
CLEAR = '{"type": "input_audio_buffer.clear"}'


def user_text(text: str) -> dict[str, Any]:
    content = [{"type": "input_text", "text": text}]
    return {"type": "message", "role": "user", "content": content}


async def update(socket: ClientConnection, dialect: str, detection: dict[str, Any] | None) -> None:
    ga = {"type": "realtime", "audio": {"input": {"turn_detection": detection}}}
    asked = ga if dialect == "ga" else {"turn_detection": detection}
    await socket.send(json.dumps({"type": "session.update", "session": asked}))
    await until(socket, "session.updated")


# Cost

Work = Callable[[ClientConnection], Awaitable[int]]


@dataclass(frozen=True)
class Costs:
    """Microseconds of a server's CPU: per append in a hurry and at real time, and per delta."""

    hurried: float
    paced: float
    delta: float


def costs() -> None:
    bare, stack = echo_costs("echo"), echo_costs("stack")
    print(
        f"CPU of a bare websockets echo: {bare.hurried:.0f} us per append of {FRAME_MS} ms, "
        f"{bare.paced:.0f} us at real time in {TALKING} connections, {bare.delta:.0f} us per "
        f"delta of {DELTA_MS} ms (on uvicorn and Starlette: {stack.hurried:.0f}, "
        f"{stack.paced:.0f} and {stack.delta:.0f} us)"
    )
    with server_process("realtime") as server:
        for dialect in PATHS:
            for what, spent, floor in asyncio.run(session_costs(server, dialect, bare)):
                print(f"  {dialect:8} {what:42} {spent:4.0f} us, {spent / floor:.1f} x the echo")
    print("  (target 3 x)")


def echo_costs(kind: str) -> Costs:
    delta = json.dumps(
        {
            "type": "response.output_audio.delta",
            "event_id": "event_" + 21 * "x",
            "response_id": "resp_" + 21 * "x",
            "item_id": "item_" + 21 * "x",
            "output_index": 0,
            "content_index": 0,
            "delta": base64.b64encode(bytes(DELTA_MS * 48)).decode(),
        }
    )

    async def measure(server: ServerProcess) -> Costs:
        url = f"ws://127.0.0.1:{server.port}/"
        async with AsyncExitStack() as stack:
            sockets = [
                await stack.enter_async_context(connect(url, compression=None, max_size=None))
                for _ in range(TALKING)
            ]
            hurried = await cost(server, sockets[0], lambda socket: bounce(socket, SILENCE, 3000))
            deltas = await cost(server, sockets[0], lambda socket: bounce(socket, delta, 1000))
            return Costs(hurried, await paced_cost(server, sockets, echoed), deltas)

    with server_process(kind) as server:
        return asyncio.run(measure(server))


async def session_costs(
    server: ServerProcess, dialect: str, echo: Costs
) -> list[tuple[str, float, float]]:
    """What was measured, the microseconds of CPU, and those of the echo."""
    async with AsyncExitStack() as stack:
        sockets = [
            await stack.enter_async_context(session(server, dialect)) for _ in range(TALKING)
        ]
        first = sockets[0]
        paced = await paced_cost(server, sockets, cleared)
        hurried = await cost(server, first, push)
        await update(first, dialect, None)
        manual = await cost(server, first, push)
        spoken = await cost(server, first, listen)
    return [
        ("append at real time, with turn detection", paced, echo.paced),
        ("append in a hurry, with turn detection", hurried, echo.hurried),
        ("append in a hurry, no turn detection", manual, echo.hurried),
        ("delta, with its transcript deltas", spoken, echo.delta),
    ]


async def paced_cost(
    server: ServerProcess,
    sockets: list[ClientConnection],
    taken: Callable[[ClientConnection, int], Coroutine[Any, Any, None]],
) -> float:
    """Microseconds of CPU per append while all connections send what a microphone gives.

    ``taken`` waits until so many appends were dealt with.
    """
    frames = [SILENCE] * round(PACED_SECONDS * 1000 / FRAME_MS)

    async def one(socket: ClientConnection, wait: float) -> None:
        async with asyncio.TaskGroup() as group:
            group.create_task(taken(socket, len(frames)))
            await speak(socket, frames, wait)
            await socket.send(CLEAR)

    began = server.cpu()
    async with asyncio.TaskGroup() as group:
        for number, socket in enumerate(sockets):
            group.create_task(one(socket, number * 0.0067))
    return (server.cpu() - began) / len(frames) / len(sockets) * 1e6


async def echoed(socket: ClientConnection, count: int) -> None:
    for _ in range(count + 1):
        await socket.recv()


async def cleared(socket: ClientConnection, count: int) -> None:
    await until(socket, "input_audio_buffer.cleared")


async def speak(
    socket: ClientConnection, frames: list[str], wait: float, late: list[float] | None = None
) -> None:
    """Send each frame when a microphone would have it; note how late that was, in ms."""
    began = time.perf_counter() + wait
    for number, frame in enumerate(frames):
        due = began + (number + 1) * FRAME_MS / 1000
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        await socket.send(frame)
        if late is not None:
            late.append((time.perf_counter() - due) * 1000)


async def cost(server: ServerProcess, socket: ClientConnection, work: Work) -> float:
    """Microseconds of the server's CPU per message of the work, best of three."""
    best = float("inf")
    for _ in range(3):
        began = server.cpu()
        count = await work(socket)
        best = min(best, (server.cpu() - began) / count * 1e6)
    return best


async def send_all(socket: ClientConnection, message: str, count: int) -> None:
    for _ in range(count):
        await socket.send(message)


async def bounce(socket: ClientConnection, message: str, count: int) -> int:
    async with asyncio.TaskGroup() as group:
        group.create_task(send_all(socket, message, count))
        for _ in range(count):
            await socket.recv()
    return count


async def push(socket: ClientConnection, count: int = 3000) -> int:
    await send_all(socket, SILENCE, count)
    await socket.send(CLEAR)
    await until(socket, "input_audio_buffer.cleared")
    return count


async def listen(socket: ClientConnection, words: int = 350) -> int:
    response = {"conversation": "none", "input": [user_text(f"say {words}")]}
    await socket.send(json.dumps({"type": "response.create", "response": response}))
    return await until(socket, "response.done")


# Latency


@dataclass(frozen=True)
class Script:
    """What a talker sends, frame by frame, and the frames that complete the end of a turn."""

    frames: list[str]
    ends: list[int]


@dataclass
class Delays:
    """Milliseconds, of all talkers together."""

    sent: list[float] = field(default_factory=list)
    stopped: list[float] = field(default_factory=list)
    answered: list[float] = field(default_factory=list)
    asked: list[float] = field(default_factory=list)
    missed: int = 0


@cache
def recordings() -> list[bytes]:
    """Short utterances, each with a second of silence behind it."""
    clips = [Clip.read(path) for path in sorted(SPEECH.glob("*.flac"))]
    return [clip.pcm + bytes(1000 * 48) for clip in clips if len(clip.pcm) < 3000 * 48]


def script(first: int, seconds: float) -> Script:
    """The recordings over and over, from the ``first`` on."""
    endless = cycle(recordings())
    pcm = b""
    for utterance in islice(endless, first, None):
        pcm += utterance
        if len(pcm) >= seconds * 48_000:
            break
    detector = TurnDetector(SileroVoiceActivity())
    pieces = [pcm[start : start + FRAME] for start in range(0, len(pcm), FRAME)]
    ends = [
        number
        for number, piece in enumerate(pieces)
        for fact in detector.feed(piece)
        if isinstance(fact, SpeechStopped)
    ]
    return Script([append_of(piece) for piece in pieces], ends)


def latency() -> None:
    if not recordings():
        print("latency: no recordings in ../shared/speech")
        return
    scripts = [script(first, TALK_SECONDS) for first in range(len(recordings()))]
    for talking in (1, TALKING):
        with server_process("realtime") as server:
            asyncio.run(talk_together(server, scripts, talking))


async def talk_together(server: ServerProcess, scripts: list[Script], talking: int) -> None:
    delays = Delays()
    async with AsyncExitStack() as stack:
        sockets = [
            await stack.enter_async_context(session(server, "preview" if number % 2 else "ga"))
            for number in range(SESSIONS)
        ]
        await warm_up(sockets[-1])
        cpu, own, began = server.cpu(), time.process_time(), time.perf_counter()
        queued = server.queued()
        async with asyncio.TaskGroup() as group:
            asking = group.create_task(ask(sockets[-1], delays))
            talkers = [
                # The moments at which they send are spread over a frame, and their turns over one.
                group.create_task(talk(socket, scripts[n % len(scripts)], n * 0.0677, delays))
                for n, socket in enumerate(sockets[:talking])
            ]
            await asyncio.wait(talkers)
            asking.cancel()
        wall = time.perf_counter() - began
        cpu, own = server.cpu() - cpu, time.process_time() - own
        queued = server.queued() - queued
    print(
        f"{SESSIONS} open sessions, {talking} talking at real time for {wall:.0f} s: server "
        f"{cpu / wall:.0%} of a core, generator {own / wall:.0%}; {len(delays.stopped)} turns, "
        f"{delays.missed} missed; the server waited {queued / wall:.0%} of the time for a core"
    )
    for what, values in (
        ("frame due -> frame sent (the generator)", delays.sent),
        ("turn known over -> speech_stopped", delays.stopped),
        ("turn known over -> first audio delta", delays.answered),
        ("round trip of conversation.item.retrieve", delays.asked),
    ):
        print(f"  {what:42} p50 {median(values):7.2f} ms, p95 {p95(values):7.2f} ms")


def p95(values: list[float]) -> float:
    return quantiles(values, n=20)[18]


async def warm_up(socket: ClientConnection) -> None:
    await socket.send(SILENCE)
    item = {**user_text("say 1"), "id": "item_asked"}
    await socket.send(json.dumps({"type": "conversation.item.create", "item": item}))
    await socket.send('{"type": "response.create"}')
    await until(socket, "response.done")
    await until(socket, "rate_limits.updated")


async def ask(socket: ClientConnection, delays: Delays) -> None:
    due = time.perf_counter()
    while True:
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        await socket.send('{"type": "conversation.item.retrieve", "item_id": "item_asked"}')
        await until(socket, "conversation.item.retrieved")
        delays.asked.append((time.perf_counter() - due) * 1000)
        due += 0.05


async def talk(socket: ClientConnection, script: Script, wait: float, delays: Delays) -> None:
    listening = asyncio.create_task(hear(socket, script, time.perf_counter() + wait, delays))
    await speak(socket, script.frames, wait, delays.sent)
    try:
        await asyncio.wait_for(listening, 10)
    except TimeoutError:
        delays.missed += 1


async def hear(socket: ClientConnection, script: Script, began: float, delays: Delays) -> None:
    """Note when each turn's end and the first audio of its answer arrive."""
    for end in script.ends:
        known = began + (end + 1) * FRAME_MS / 1000
        await until(socket, "input_audio_buffer.speech_stopped")
        delays.stopped.append((time.perf_counter() - known) * 1000)
        await until(socket, *(kind[1:-1] for kind in DELTA_TYPES))
        delays.answered.append((time.perf_counter() - known) * 1000)


# Memory


def memory_of_sessions() -> None:
    for dialect in PATHS:
        with server_process("realtime") as server:
            asyncio.run(idle_sessions(server, dialect))


async def idle_sessions(server: ServerProcess, dialect: str) -> None:
    async with session(server, dialect) as socket:
        await spoken_turn(socket)
    empty = server.memory()

    def each() -> str:
        return f"{(server.memory()['rss'] - empty['rss']) / SESSIONS / 1000:.0f} kB"

    async with AsyncExitStack() as stack:
        sockets = [
            await stack.enter_async_context(session(server, dialect)) for _ in range(SESSIONS)
        ]
        opened = each()
        for socket in sockets:
            await push(socket, 1000 // FRAME_MS)
        silent = each()
        for socket in sockets:
            await update(socket, dialect, None)
            await spoken_turn(socket)
        talked = each()
    left = server.memory()
    print(
        f"memory per session of {SESSIONS}, {dialect}: {opened} idle, {silent} after a second of "
        f"audio (target 300 kB), {talked} after a spoken turn; left when all are closed: "
        f"{left['tasks'] - empty['tasks']} tasks, {left['objects'] - empty['objects']} objects, "
        f"{(left['rss'] - empty['rss']) / 1e6:.1f} MB"
    )


async def spoken_turn(socket: ClientConnection) -> None:
    """A turn without detection: 200 ms in, `SPOKEN_WORDS` words out."""
    await send_all(socket, SILENCE, 200 // FRAME_MS)
    await socket.send('{"type": "input_audio_buffer.commit"}')
    await socket.send('{"type": "response.create"}')
    await until(socket, "rate_limits.updated")


async def typed_turn(socket: ClientConnection) -> None:
    item = user_text("say 20")
    await socket.send(json.dumps({"type": "conversation.item.create", "item": item}))
    response = {"output_modalities": ["text"]}
    await socket.send(json.dumps({"type": "response.create", "response": response}))
    await until(socket, "rate_limits.updated")


Turn = Callable[[ClientConnection], Awaitable[None]]


def memory_of_turns() -> None:
    for what, turn, per_session in (
        ("typed, in one session", typed_turn, TURNS),
        ("spoken, in one session", spoken_turn, TURNS),
        ("spoken, in sessions of 10 turns", spoken_turn, 10),
    ):
        with server_process("realtime") as server:
            asyncio.run(many_turns(server, what, turn, per_session))


async def many_turns(server: ServerProcess, what: str, turn: Turn, per_session: int) -> None:
    turns: list[float] = []
    sizes: list[float] = []
    step = TURNS // 20
    done = 0
    began = server.cpu()
    while done < TURNS:
        async with session(server) as socket:
            await update(socket, "ga", None)
            for _ in range(per_session):
                await turn(socket)
                done += 1
                if done % step == 0:
                    turns.append(done)
                    sizes.append(server.memory()["rss"] / 1000)
    late = len(turns) * 2 // 3
    slope, _ = linear_regression(turns[late:], sizes[late:])
    print(
        f"{TURNS} turns {what}: {sizes[0] / 1000:.0f} MB after {step}, {sizes[late] / 1000:.0f} MB "
        f"after {turns[late]:.0f}, {sizes[-1] / 1000:.0f} MB at the end ({slope:.2f} kB per turn "
        f"in the last third); {(server.cpu() - began) / TURNS * 1000:.1f} ms of CPU per turn"
    )


if __name__ == "__main__":
    main()
