"""Forty utterances measured one after the other, beside so many at a time.

The plain alternative is the loop that anybody would write: `rl.connect` with the tools, `say`,
`close`, forty times; so calls are answered by the functions in all of them. All of it talks to the
embedded server, once as it is (everything on this machine's cores, so that little can be won) and
once with the wait of a service far away: 150 ms at the beginning of a session and 500 ms before a
response. Then what resuming costs: the same run when all is in its file.
"""

from __future__ import annotations

import asyncio
import itertools
import os
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import realtime_lab as rl
from tests.toolbench.selection.household import TOOLS, UTTERANCES

FAR = ["delay:ms=150,at=session.created", "delay:ms=500,at=response.created"]
PLACES = {"as it is": [], "as if far away": FAR}
AT_A_TIME = (1, 4, 8)
ROUNDS = 2
"""The best of so many counts; far away one is enough, as waiting is most of it."""


def server(number: int, faults: list[str]) -> Any:
    """A server of its own, warm: the rate limits of one are not those of the next."""
    place = rl.embedded(session_seconds=1000 + number, faults=faults)

    async def warmed() -> None:
        async with await rl.connect(place) as lab:
            await lab.say("Hello")

    asyncio.run(warmed())
    return place


def loop(place: Any) -> float:
    """Seconds of the plain loop."""

    async def asked() -> None:
        for one in UTTERANCES:
            async with await rl.connect(place, turn_detection=None, tools=TOOLS) as lab:
                await lab.say(one.words)

    begun = time.perf_counter()
    asyncio.run(asked())
    return time.perf_counter() - begun


def measured(place: Any, concurrency: int, path: Path) -> float:
    """Seconds of a measurement."""
    begun = time.perf_counter()
    call = rl.measure_tools(
        TOOLS,
        UTTERANCES,
        endpoint=place,
        repeats=1,
        concurrency=concurrency,
        path=path,
        outputs="run",
    )
    found = rl.run(call)
    seconds = time.perf_counter() - begun
    if found.accuracy.trials < len(UTTERANCES):
        print(f"  not all answered: {found.outcomes} {found.failures} {found.notes}")
    return seconds


def main() -> None:
    print(f"load of the machine: {' '.join(f'{load:.1f}' for load in os.getloadavg())}")
    numbers = itertools.count()
    with TemporaryDirectory() as folder:
        for name, faults in PLACES.items():
            rounds = 1 if faults else ROUNDS
            plain: list[float] = []
            found: dict[int, list[float]] = {number: [] for number in AT_A_TIME}
            for _ in range(rounds):
                plain.append(loop(server(next(numbers), faults)))
                for number, seconds in found.items():
                    path = Path(folder) / f"{name} {number} {len(seconds)}.jsonl"
                    seconds.append(measured(server(next(numbers), faults), number, path))
            place, path = server(next(numbers), faults), Path(folder) / f"{name} again.jsonl"
            measured(place, AT_A_TIME[-1], path)
            again = measured(place, 1, path)
            base, one = min(plain), min(found[AT_A_TIME[0]])
            print(f"{name}: {len(UTTERANCES)} utterances, plain loop {base:6.2f} s")
            for number, seconds in found.items():
                best = min(seconds)
                print(
                    f"  measured, {number} at a time {best:6.2f} s: speed of the plain loop "
                    f"x {base / best:.1f}, of one after the other x {one / best:.1f}"
                )
            print(f"  resumed, nothing left to ask {1000 * again:6.1f} ms")


if __name__ == "__main__":
    main()
