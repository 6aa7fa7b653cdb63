"""What a user waits for: importing, connecting, the first sound of an answer, closing.

Everything goes through the public API and the embedded server with its real engine.
"""

from __future__ import annotations

import asyncio
import statistics
import subprocess
import sys
import time
from pathlib import Path

import realtime_lab as rl
from realtime_lab.audio import Clip
from realtime_lab.protocol import ServerVad

SPEECH = Path(__file__).parent.parent.parent.parent / "shared" / "speech"
ROUNDS = 3
COLD = """
import time, asyncio, realtime_lab as rl
connect = rl.connect
async def visit():
    begun = time.perf_counter()
    lab = await connect()
    ready = time.perf_counter() - begun
    begun = time.perf_counter()
    await (await rl.connect()).close()
    again = time.perf_counter() - begun
    await lab.close()
    print(ready, again)
asyncio.run(visit())
"""


def main() -> None:
    importing()
    connecting()
    if SPEECH.is_dir():
        asyncio.run(answering())
    else:
        print("no recorded speech beside the checkout: answers not timed")
    asyncio.run(closing())


def importing() -> None:
    """Wall time of the import above that of a bare interpreter."""
    with_lab = [_seconds("import realtime_lab") for _ in range(7)]
    bare = [_seconds("pass") for _ in range(7)]
    print(f"import realtime_lab: {1000 * (min(with_lab) - min(bare)):.0f} ms")


def connecting() -> None:
    """The call of `connect` → ``session.created`` and settings in force, in fresh processes."""
    pairs = [
        tuple(map(float, subprocess.check_output([sys.executable, "-c", COLD]).split()))
        for _ in range(5)
    ]
    for name, values in zip(("cold", "running already"), zip(*pairs, strict=True), strict=True):
        print(f"connect, server {name}: {_spread(values)}")


async def answering() -> None:
    """End of the last voiced sample → first audio delta, less the silence waited for."""
    clips = {path.stem: Clip.read(path) for path in sorted(SPEECH.glob("*.flac"))}
    for silence in (200, 500):
        detection = ServerVad(silence_duration_ms=silence)
        delays: dict[str, list[float]] = {name: [] for name in clips}
        async with await rl.connect(turn_detection=detection) as lab:
            for _ in range(ROUNDS):
                for name, clip in clips.items():
                    turn = await lab.speak(clip)
                    first = turn.latency.speech_end_to_first_audio
                    if first is not None:
                        delays[name].append(first - silence / 1000)
        everything = [delay for each in delays.values() for delay in each]
        print(f"answer, silence {silence} ms taken off: {_spread(everything)}")
        for name, values in delays.items():
            print(f"  {name:16} {', '.join(f'{1000 * v:.0f}' for v in values)} ms")


async def closing() -> None:
    """`close` in the middle of a long answer."""
    spent = []
    for _ in range(5):
        lab = await rl.connect()
        sounding = asyncio.Event()
        loop = asyncio.get_running_loop()

        def heard(entry, loop=loop, sounding=sounding) -> None:
            if entry.type == "response.output_audio.delta":
                loop.call_soon_threadsafe(sounding.set)

        lab.session.subscribe(heard)
        story = lab.say("Tell me a long story.")
        await sounding.wait()
        begun = time.perf_counter()
        await lab.close()
        spent.append(time.perf_counter() - begun)
        story.cancel()
    print(f"close amid an answer: {_spread(spent)}")


def _seconds(code: str) -> float:
    begun = time.perf_counter()
    subprocess.run([sys.executable, "-c", code], check=True)
    return time.perf_counter() - begun


def _spread(seconds) -> str:
    ordered = sorted(seconds)
    p95 = ordered[min(len(ordered) - 1, round(0.95 * (len(ordered) - 1)))]
    return (
        f"median {1000 * statistics.median(ordered):.0f} ms, p95 {1000 * p95:.0f} ms, "
        f"at most {1000 * ordered[-1]:.0f} ms (n={len(ordered)})"
    )


if __name__ == "__main__":
    main()
