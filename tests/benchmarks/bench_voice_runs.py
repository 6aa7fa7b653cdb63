"""Eight voices and one paragraph on the embedded server: in parallel beside the same in a loop.

Several rounds, one after the other in the same process and with the same server, of which the
medians count. *A loop* is what one writes without `compare_voices`: connect, say, close, voice by
voice. With the server *as it is* there is next to nothing to save: its synthesizer runs in one
thread behind a lock and takes most of the time (measured alone: *synthesis*), and the rest of the
server shares an interpreter with it; nobody waits for anything else. *Far away* is the same server
with each answer so much later as a service in the cloud takes to make it: sessions mostly wait, and
waiting side by side is what is saved.
"""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Awaitable, Callable
from statistics import median
from tempfile import TemporaryDirectory

import psutil

import realtime_lab as rl
from realtime_lab.engine import EspeakSynthesizer
from realtime_lab.protocol import EIGHT_VOICES
from realtime_lab.session import EmbeddedSource
from realtime_lab.voices import READ_ALOUD

PARAGRAPH = (
    "The north wind and the sun were disputing which was the stronger, when a traveler came along "
    "wrapped in a warm cloak. They agreed that the one who first succeeded in making the traveler "
    "take his cloak off should be considered stronger than the other. Then the north wind blew as "
    "hard as he could, but the more he blew, the more closely did the traveler fold his cloak "
    "around him, and at last the north wind gave up the attempt. Then the sun shone out warmly, "
    "and immediately the traveler took off his cloak."
)
ROUNDS = 5
FAR = 1_500
"""Milliseconds by which each answer of the server far away is late."""


async def synthesis() -> float:
    """Seconds that the synthesizer alone takes for all voices, in one thread as in the server."""
    synthesizer = EspeakSynthesizer()
    started = time.perf_counter()
    for voice in EIGHT_VOICES:
        async for _ in synthesizer.speak(PARAGRAPH, voice):
            pass
    return time.perf_counter() - started


async def loop(source: EmbeddedSource) -> float:
    """The voices one after the other; seconds of speech."""
    seconds = 0.0
    for voice in EIGHT_VOICES:
        async with await rl.connect(
            source,
            voice=voice,
            instructions=READ_ALOUD,
            turn_detection=None,
            transcription=None,
        ) as lab:
            turn = await lab.say(f"Say exactly this: {PARAGRAPH}")
            seconds += turn.audio.seconds
    return seconds


def together(concurrency: int) -> Callable[[EmbeddedSource], Awaitable[float]]:
    """The same by `compare_voices`."""

    async def run(source: EmbeddedSource) -> float:
        found = await rl.compare_voices(
            PARAGRAPH, endpoint=source, concurrency=concurrency, progress=False
        )
        assert not found.failed, found
        return sum(take.clip.seconds for take in found)

    return run


WAYS = {
    "a loop": loop,
    "1 at once": together(1),
    "4 at once": together(4),
    "8 at once": together(8),
}


async def measure(name: str, source: EmbeddedSource, rounds: int) -> None:
    await loop(source)  # the server starts, the synthesizer loads
    server = psutil.Process(source.server._process.pid)
    walls: dict[str, list[float]] = {way: [] for way in WAYS}
    shares: dict[str, list[tuple[float, float]]] = {way: [] for way in WAYS}
    speech = 0.0
    for _ in range(rounds):
        for way, run in WAYS.items():
            before, own = sum(server.cpu_times()[:2]), time.process_time()
            started = time.perf_counter()
            speech = await run(source)
            wall = time.perf_counter() - started
            walls[way].append(wall)
            shares[way].append(
                ((sum(server.cpu_times()[:2]) - before) / wall, (time.process_time() - own) / wall)
            )
    first = median(walls["a loop"])
    for way in WAYS:
        wall = median(walls[way])
        busy = [100 * median(share[n] for share in shares[way]) for n in (0, 1)]
        print(
            f"{name:9} {way:10} {1000 * wall:8,.0f} ms  {first / wall:5.2f} x the loop  "
            f"{speech / wall:7,.0f} x real time  server {busy[0]:3.0f} %, client {busy[1]:3.0f} % "
            "of a core"
        )


async def kept(source: EmbeddedSource) -> None:
    times: list[list[float]] = [[], []]
    for _ in range(ROUNDS):
        with TemporaryDirectory() as folder:
            for found in times:
                started = time.perf_counter()
                await rl.compare_voices(PARAGRAPH, endpoint=source, folder=folder, progress=False)
                found.append(time.perf_counter() - started)
    asked, again = map(median, times)
    print(
        f"kept in a folder: {1000 * asked:,.0f} ms when asked and written, {1000 * again:,.0f} ms "
        f"when read again ({asked / again:.1f} x as fast)"
    )


async def run() -> None:
    print(f"{os.cpu_count()} cores, load {' '.join(f'{load:.1f}' for load in os.getloadavg())}")
    await synthesis()
    alone = median([await synthesis() for _ in range(ROUNDS)])
    print(f"synthesis alone, eight voices in one thread: {1000 * alone:,.0f} ms")
    embedded = rl.embedded()
    await measure("as it is", embedded, ROUNDS)
    # By another deployment: this one's tokens of a minute are spent by now, and runs wait for more.
    await kept(rl.embedded(model="gpt-4o-realtime-preview-2024-12-17"))
    await measure("far away", rl.embedded(faults=[f"delay:ms={FAR},at=response.created"]), 1)


def main() -> None:
    asyncio.run(run())


if __name__ == "__main__":
    main()
