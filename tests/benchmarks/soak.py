"""Many turns with faults of every kind: nothing may be lost, nothing may pile up.

``python -m tests.benchmarks.soak [TURNS [SHARE]]``: by default 2,000 turns, before each of which
every fault of `FAULTS` is set with a chance of 1 %. Every `SPOKEN`-th turn is spoken, the others
are typed. A session has 100 turns; then its conversation is looked through, and the next one begins
in the same process. Printed are how the turns ended, what was wrong, and what memory, tasks and
file descriptors do from session to session.
"""

from __future__ import annotations

import asyncio
import gc
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from statistics import linear_regression

import psutil

import realtime_lab as rl
from realtime_lab.audio import Clip
from realtime_lab.errors import RealtimeLabError
from realtime_lab.protocol import Message, item_text
from realtime_lab.server import Fault, Faults
from realtime_lab.session import (
    Endpoint,
    RealtimeSession,
    Reconnect,
    Settings,
    Surroundings,
    open_session,
)
from tests.scripted import ScriptedEngine, tone
from tests.servers import RunningServer, running_server

__all__ = ["FAULTS", "Soak", "soak"]

PATHS = (
    "/v1/realtime?model=gpt-realtime",
    "/openai/realtime?deployment=gpt-4o-realtime-preview",
)
SPOKEN = 20
SESSION = 100
"""Turns of a session."""
LONGEST_LOSS = 30.0
"""Seconds after which a connection that was lost must be back."""
PATIENCE = 1.5
"""Seconds that a turn may take; only one of which something was dropped takes so long."""


def _once(kind: str, **options: object) -> Fault:
    return Fault(kind, count=1, **options)  # type: ignore[arg-type]


FAULTS: dict[str, tuple[Fault, ...]] = {
    "delay": (_once("delay", ms=30, at="response.output_audio.delta"),),
    "jitter": (Fault("jitter", max_ms=3),),
    "drop a delta": (_once("drop", at="response.output_audio.delta"),),
    "drop an item's end": (_once("drop", at="conversation.item.done"),),
    "drop an item": (_once("drop", at="conversation.item.added"),),
    "drop an item twice": (
        _once("drop", at="conversation.item.added"),
        _once("drop", at="conversation.item.done"),
    ),
    "drop a commit": (_once("drop", at="input_audio_buffer.committed"),),
    "drop the end": (_once("drop", at="response.done"),),
    "duplicate a delta": (_once("duplicate", at="response.output_audio.delta"),),
    "duplicate all": (Fault("duplicate"),),
    "unknown event": (_once("unknown_event"),),
    "error": (_once("error", at="response.created"),),
    "close before": (_once("close", code=1006, seconds=0.0),),
    "close at the item": (_once("close", code=1011, at="conversation.item.*"),),
    "close at the beginning": (_once("close", code=1012, at="response.created"),),
    "close amid": (_once("close", code=1006, at="response.output_audio.delta"),),
    "close at the end": (_once("close", code=1001, at="response.done"),),
    "close and refuse": (
        _once("close", code=1006, at="response.created"),
        _once("refuse", status=503),
    ),
    "half open": (_once("half_open", lasts=2.0, at="response.created"),),
    "expire": (_once("expire", at="response.output_item.added"),),
    "fail": (_once("fail_response", audio_ms=100.0),),
    "content filter": (_once("content_filter", audio_ms=100.0),),
    "slow words": (_once("slow_transcription", ms=50),),
    "no words": (_once("fail_transcription"),),
}
"""What may go wrong.

Left out is a transcript that never comes, which takes its time.
"""


@dataclass
class Soak:
    """What came of it."""

    ends: Counter[str] = field(default_factory=Counter)
    """How many turns ended how."""
    struck: Counter[str] = field(default_factory=Counter)
    """How often each fault was set."""
    wrong: list[str] = field(default_factory=list)
    memory: list[float] = field(default_factory=list)
    """MiB after each session."""
    tasks: list[int] = field(default_factory=list)
    descriptors: list[int] = field(default_factory=list)
    """With those of the server, where a connection that fell silent stays for a while."""
    left_open: int = 0
    """File descriptors that are left when the server has ended, too."""


def soak(
    turns: int,
    share: float,
    *,
    seed: int = 1,
    session_turns: int = SESSION,
    patience: float = PATIENCE,
) -> Soak:
    """So many turns with each fault set before that share of them.

    ``patience`` is how many seconds a turn may take.
    """
    found, engine = Soak(), ScriptedEngine()
    random, before = Random(seed), _descriptors()
    # A minute passes in 60 µs, so that no rate limit is ever reached.
    with running_server(engine, faults=Faults(), clock=lambda: time.monotonic() * 1e6) as server:

        async def run() -> None:
            for number in range(0, turns, session_turns):
                path = PATHS[number // session_turns % 2]
                place = rl.endpoint(server.ws_url + path, api_key=server.key)
                count = min(session_turns, turns - number)
                await _one_session(place, engine, server, random, share, count, found, patience)
                _note_what_is_held(found)

        asyncio.run(run())
    gc.collect()
    found.left_open = _descriptors() - before
    return found


async def _one_session(
    place: Endpoint,
    engine: ScriptedEngine,
    server: RunningServer,
    random: Random,
    share: float,
    count: int,
    found: Soak,
    patience: float,
) -> None:
    around = Surroundings(random, sleep=lambda seconds: asyncio.sleep(0))
    plan = Reconnect(notice=patience / 3)
    server.server.faults.set(())
    opened = await open_session(place, Settings(), reconnect=plan, around=around)
    session = opened.session
    begun: list[int] = []
    for n in range(count):
        set_faults = [name for name in FAULTS if random.random() < share]
        found.struck.update(set_faults)
        spoken = n % SPOKEN == SPOKEN - 1
        if spoken:
            engine.transcriber.lines[:] = [f"turn {n}"]
        server.server.faults.set(fault for name in set_faults for fault in FAULTS[name])
        context = f"{place.dialect}, turn {n} with {set_faults}"
        before = len(session.turns)
        ended = await _one_turn(session, n, spoken, patience)
        if len(session.turns) == before:
            # It was not begun, and its caller knows: wait for better times.
            ended = f"not begun: {ended}"
            async with asyncio.timeout(LONGEST_LOSS):
                await session.open_again()
        else:
            begun.append(n)
            if len(session.turns) > before + 1:
                found.wrong.append(f"{context}: more than one turn, {ended}")
        found.ends[ended.partition(":")[0]] += 1
        if ended.endswith(":"):
            found.wrong.append(f"{context}: no reason")
        if session.state == "closed":
            found.wrong.append(f"{context}: the session is closed, {ended}")
            break
    server.server.faults.set(())
    await session.open_again()
    _look_through(session, begun, found)
    await opened.close()
    engine.brain.prompts.clear()
    engine.transcriber.heard.clear()
    engine.transcriber.hints.clear()
    engine.synthesizer.spoken.clear()


async def _one_turn(session: RealtimeSession, n: int, spoken: bool, patience: float) -> str:
    """How it ended, a colon, and why, unless it is completed."""
    try:
        if spoken:
            turn = await session.speak(Clip.from_pcm(tone(200)), timeout=patience)
        else:
            turn = await session.say(f"turn {n}", timeout=patience)
    except RealtimeLabError as error:
        return f"{type(error).__name__}: {error}"
    return "completed" if turn.status == "completed" else f"{turn.status}: {turn.problem}"


def _look_through(session: RealtimeSession, begun: list[int], found: Soak) -> None:
    """Whether every turn has ended and every user's item is there once."""
    for turn in session.turns:
        if turn.status == "in_progress":
            found.wrong.append(f"turn {turn.index} never ended")
        elif turn.status != "completed" and not turn.problem and not turn.interrupted:
            found.wrong.append(f"turn {turn.index} is {turn.status} for no reason")
    items = [item for item in session.conversation if isinstance(item, Message)]
    said = [item_text(item) for item in items if item.role == "user"]
    ids = Counter(str(item.id) for item in items)
    found.wrong += [f"item {name} {times} times" for name, times in ids.items() if times > 1]
    words = Counter(text for text in said if text)
    silent = len(said) - sum(words.values())
    missing = [n for n in begun if f"turn {n}" not in words]
    unheard = [n for n in missing if n % SPOKEN == SPOKEN - 1]
    found.wrong += [f"said {times} times: {text}" for text, times in words.items() if times > 1]
    if len(unheard) != len(missing) or len(unheard) != silent:
        found.wrong.append(f"not in the conversation: {missing}, without words there: {silent}")


def _note_what_is_held(found: Soak) -> None:
    gc.collect()
    found.memory.append(psutil.Process().memory_info().rss / 2**20)
    found.tasks.append(len(asyncio.all_tasks()))
    found.descriptors.append(_descriptors())


def _descriptors() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


def main() -> None:
    turns = int(sys.argv[1]) if len(sys.argv) > 1 else 2000
    share = float(sys.argv[2]) if len(sys.argv) > 2 else 0.01
    begun = time.monotonic()
    found = soak(turns, share)
    print(f"{turns} turns in {time.monotonic() - begun:.0f} s; ends: {dict(found.ends)}")
    print(f"faults: {sum(found.struck.values())}, {dict(found.struck)}")
    print(f"tasks: {found.tasks}\nfile descriptors: {found.descriptors}, {found.left_open} left")
    print(f"memory, MiB: {' '.join(f'{mib:.0f}' for mib in found.memory)}")
    half = found.memory[len(found.memory) // 2 :]
    if len(half) > 1:
        slope = linear_regression(range(len(half)), half).slope
        print(f"memory in the second half: {1024 * slope:+.0f} KiB per session of {SESSION} turns")
    print(f"wrong: {len(found.wrong)}")
    for line in found.wrong:
        print(f"  {line}")
    sys.exit(bool(found.wrong))


if __name__ == "__main__":
    main()
