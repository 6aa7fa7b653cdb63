"""What a live turn loses, and how late it gets, while a cell keeps the interpreter to itself.

Three processes, as in a notebook: the service (`realtime_server`), the kernel (this one; the
session lives on its own thread), and the page, which sends a microphone frame every 20 ms by its
own clock and gets the samples to be played. Then the kernel's main thread computes in Python,
sleeps, and calls a C function that holds the interpreter's lock, two seconds each. Delays count
from the moment at which the page or the service handed something to its socket: of a microphone
frame to the session's log, of an audio delta to the log, of its samples to the page.
"""

from __future__ import annotations

import asyncio
import ctypes
import json
import os
import socket
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from statistics import median

import realtime_lab as rl
from realtime_lab.protocol import InputAudioBufferAppend, OutputAudioDelta
from realtime_lab.session import RealtimeSession, session_thread
from tests.benchmarks.bench_sessions import service
from tests.benchmarks.realtime_server import DELTA_MS, sent_at

ROOT = Path(__file__).parent.parent.parent
BUSY = 2.0
FRAME_SECONDS = 0.02
FRAME = 960
DELTA = DELTA_MS * 48
Delays = list[tuple[float, float]]
"""When something was sent, and how many seconds later it was there."""


def computing() -> None:
    until = time.monotonic() + BUSY
    while time.monotonic() < until:
        sum(range(1000))


def sleeping() -> None:
    time.sleep(BUSY)


def holding_the_lock() -> None:
    # Unlike CDLL, PyDLL keeps the interpreter's lock while it calls.
    ctypes.PyDLL(None).usleep(int(BUSY * 1e6))


CELLS: dict[str, Callable[[], None]] = {
    "idle": sleeping,
    "computing in Python": computing,
    "time.sleep": sleeping,
    "a C call with the lock": holding_the_lock,
}
"""Idle is a sleep too: nothing else is asked of the main thread."""


# The page


def page(port: int) -> None:
    """Speak until standard input ends; then tell what was sent and what arrived."""
    connection = socket.create_connection(("127.0.0.1", port))
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    arrived: Delays = []

    def listen() -> None:
        stream = connection.makefile("rb")
        while pcm := stream.read(DELTA):
            arrived.append((sent_at(pcm), time.monotonic() - sent_at(pcm)))

    listening = threading.Thread(target=listen)
    listening.start()
    stopped = threading.Event()
    threading.Thread(target=lambda: (sys.stdin.read(), stopped.set()), daemon=True).start()
    sent, begin = 0, time.monotonic()
    while not stopped.wait(max(0.0, begin + sent * FRAME_SECONDS - time.monotonic())):
        stamp = struct.pack("<Q", time.monotonic_ns())
        connection.sendall(stamp.ljust(FRAME, b"\0"))
        sent += 1
    connection.shutdown(socket.SHUT_WR)
    listening.join()
    print(json.dumps({"sent": sent, "arrived": arrived}))


class Page:
    """The kernel's side of the page: a player, and where frames come in."""

    def __init__(self, session: RealtimeSession) -> None:
        self._session = session
        self._writer: asyncio.StreamWriter | None = None
        self.frames = 0

    async def serve(self) -> int:
        self._server = await asyncio.start_server(self._connected, "127.0.0.1", 0)
        return self._server.sockets[0].getsockname()[1]

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writer = writer
        self._session.attach_player(self)
        try:
            while True:
                self._session.feed_microphone(await reader.readexactly(FRAME))
                self.frames += 1
        except asyncio.IncompleteReadError:
            self._session.detach_player(self)
            await writer.drain()
            writer.close()

    def play(self, item_id: str, pcm: bytes) -> None:
        assert self._writer is not None
        self._writer.write(pcm)

    def finish(self, item_id: str) -> None: ...

    def stop(self) -> None: ...


def main() -> None:
    with service(max(os.sched_getaffinity(0))) as port:
        place = rl.endpoint(f"ws://127.0.0.1:{port}/v1/realtime?model=gpt-realtime")
        lab = rl.run(rl.connect(place))
        kernel = Page(lab.session)
        page_port = session_thread().call(kernel.serve(), "the page").result()
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.benchmarks.bench_busy_cell", str(page_port)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=ROOT,
            text=True,
        )
        while kernel.frames < 50:
            time.sleep(0.1)
        spells: dict[str, tuple[float, float]] = {}
        for name, cell in CELLS.items():
            begun = time.monotonic()
            cell()
            spells[name] = begun, time.monotonic()
            time.sleep(0.5)
        told = json.loads(process.communicate(timeout=20)[0])
        rl.run(lab.close())

    def after(data: float, at: float) -> tuple[float, float]:
        return data, at - data

    # The log's clock is the monotonic one.
    frames = [
        after(sent_at(entry.event.audio), entry.at)
        for entry in lab.log.events("input_audio_buffer.append", direction="sent")
        if isinstance(entry.event, InputAudioBufferAppend)
    ]
    deltas = [
        (entry.event.delta, entry.at)
        for entry in lab.log.events("response.output_audio.delta")
        if isinstance(entry.event, OutputAudioDelta)
    ]
    listened = {sent for sent, _ in told["arrived"]}
    first = min(listened)
    due = [pcm for pcm, _ in deltas if sent_at(pcm) >= first and sent_at(pcm) < max(listened)]
    events = [
        str(getattr(entry.event, "event_id", "")) for entry in lab.log.events(direction="received")
    ]
    print(f"microphone frames: {told['sent']} sent by the page, {len(frames)} to the service")
    print(f"events: {len(events)} received, {missing(events)} missing or out of order")
    print(
        f"samples to play: {sum(map(len, due)) // 2} received, "
        f"{sum(sent_at(pcm) in listened for pcm in due) * DELTA // 2} at the page"
    )
    for name, spell in spells.items():
        print(name)
        show("microphone frame", frames, spell)
        show("audio delta", [after(sent_at(pcm), at) for pcm, at in deltas], spell)
        show("samples at the page", [(sent, late) for sent, late in told["arrived"]], spell)


def missing(events: list[str]) -> int:
    """How many of the service's events do not follow on the one before, by their numbers."""
    numbers = [
        tuple(map(int, name.removeprefix("event_").split("_")))
        for name in events
        if name.removeprefix("event_")[0].isdigit()
    ]
    follows = [
        later == (turn, n + 1) or later == (turn + 1, 0)
        for (turn, n), later in pairwise(numbers)
        # The first turn of a session leaves out some deltas.
        if turn > 0
    ]
    return follows.count(False)


def show(what: str, delays: Delays, spell: tuple[float, float]) -> None:
    begun, ended = spell
    ordered = sorted(1000 * late for sent, late in delays if begun <= sent < ended)
    print(
        f"  {what:22} {len(ordered):4}  p50 {median(ordered):8.1f}  "
        f"p95 {ordered[int(0.95 * len(ordered))]:8.1f}  at most {ordered[-1]:8.1f} ms"
    )


if __name__ == "__main__":
    page(int(sys.argv[1]))
