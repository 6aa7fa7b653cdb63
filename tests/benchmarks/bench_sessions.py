"""Sessions at real-time rates beside the `openai` SDK and `openai-agents`, in one run.

One scripted service on one core (`realtime_server`), each client in a process of its own on another
(`realtime_client`), one after the other, in several rounds of which the medians count: 50
microphone frames of 20 ms up and 10 audio deltas of 100 ms down, per second and session, and what
else belongs to a turn of 4 s.

*CPU* is that of the process, so that other work matters little; what waking up for the frames costs
by itself, which whoever feeds a session pays, is measured alone and printed. A core that mostly
sleeps pays for each waking as much as for the work: so there is a load of a few sessions, one that
the slowest client just carries, and one of many. *Sessions per core* is 0.9 of a core divided by
the CPU of a session at the largest number tried at which the client still kept up. *Latency* is
from the moment at which the service hands a delta to its socket to the moment at which its samples
are with the application. *Memory* is after a garbage collection; a session of ours keeps its log,
voices included, the others keep none. Other work of the machine shows in the latencies and in
*waited*, the share of the time in which a client was ready and had no core: ``chrt -r 5`` before
the command keeps it away.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

from tests.benchmarks.realtime_client import Found

ROOT = Path(__file__).parent.parent.parent
NAMES = {
    "bare": "websockets + msgspec",
    "ours": "realtime_lab",
    "ours_on_disk": "realtime_lab, log on disk",
    "sdk": "openai SDK",
    "agents": "openai-agents",
}
FEW, FULL, MANY = 20, 100, 300
LOADS = {
    FEW: ("nothing", *NAMES),
    FULL: ("nothing", *NAMES),
    MANY: ("nothing", "bare", "ours"),
}
"""Sessions at once, and the clients that carry so many."""
ROUNDS = 3
SECONDS = 3.0
CAPACITY = 0.9


@contextmanager
def service(core: int) -> Iterator[int]:
    """The service; its port."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.benchmarks.realtime_server", str(core)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=ROOT,
        text=True,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        yield int(process.stdout.readline())
    finally:
        process.stdin.close()
        process.wait(20)


def client(name: str, port: int, sessions: int, core: int) -> str:
    """What a client process prints."""
    command = [sys.executable, "-m", "tests.benchmarks.realtime_client"]
    arguments = [name, str(port), str(sessions), str(SECONDS), str(core)]
    ran = subprocess.run([*command, *arguments], cwd=ROOT, capture_output=True, text=True)
    if ran.returncode:
        raise RuntimeError(f"{name} with {sessions} sessions failed:\n{ran.stderr}")
    return ran.stdout.splitlines()[-1]


def medians(rounds: list[Found]) -> Found:
    """Of each value of several rounds."""
    return Found(**{name: median(one[name] for one in rounds) for name in rounds[0]})  # type: ignore[typeddict-item, literal-required]


def show(name: str, sessions: int, found: Found) -> None:
    kept_up = "" if keeps_up(found) else f"  CANNOT: {found['deltas'] / found['due']:.0%} came"
    print(
        f"{NAMES[name]:26} {sessions:4} sessions: CPU {100 * found['cpu_per_session']:5.2f} % each,"
        f" latency p50 {found['p50']:5.2f} p99 {found['p99']:6.2f} ms,"
        f" memory {found['memory_idle']:4.0f} KiB + {found['memory_second']:5.1f} KiB/s,"
        f" waited {100 * found['core_waited']:4.1f} %{kept_up}",
        flush=True,
    )


def keeps_up(found: Found) -> bool:
    return found["deltas"] > 0.95 * found["due"] and found["late_p99"] < 50


def main() -> None:
    cores = sorted(os.sched_getaffinity(0))
    print(f"load of the machine: {' '.join(f'{load:.1f}' for load in os.getloadavg())}")
    with service(cores[-1]) as port:
        rounds: dict[tuple[str, int], list[Found]] = {}
        for _ in range(ROUNDS):
            for sessions, names in LOADS.items():
                for name in names:
                    found = json.loads(client(name, port, sessions, cores[0]))
                    rounds.setdefault((name, sessions), []).append(found)
        seen = {which: medians(found) for which, found in rounds.items()}
        for (name, sessions), found in seen.items():
            if name in NAMES:
                show(name, sessions, found)

        cpu = {which: found["cpu_per_session"] for which, found in seen.items()}
        print("waking up for the frames:", end=" ")
        print(", ".join(f"{100 * cpu['nothing', n]:.2f} % each at {n}" for n in LOADS))
        for sessions in (FEW, FULL):
            waking = cpu["nothing", sessions]
            for other in ("sdk", "agents"):
                theirs = cpu[other, sessions]
                print(f"CPU / that of {NAMES[other]} at {sessions}, without the waking up:", end="")
                for name in ("ours", "ours_on_disk", "bare"):
                    own = cpu[name, sessions]
                    net = (own - waking) / (theirs - waking)
                    print(f"  {NAMES[name]} {own / theirs:.2f}, {net:.2f}", end="")
                print()
        carried = {
            name: CAPACITY
            / min(cpu[which] for which in seen if which[0] == name and keeps_up(seen[which]))
            for name in NAMES
        }
        for name, sessions in carried.items():
            print(
                f"sessions per core, {NAMES[name]:26} {sessions:4.0f}  "
                f"{sessions / carried['sdk']:.1f} x the SDK"
            )
        ours, bare = seen["ours", FULL], seen["bare", FULL]
        print(
            f"added latency at {FULL}: p99 {ours['p99']:.2f} ms (target 5), "
            f"{ours['p99'] - bare['p99']:+.2f} ms beside websockets + msgspec"
        )
        for name in ("ours", "sdk", "agents"):
            seconds = json.loads(client(name, port, 0, cores[0]))
            print(f"close amid an answer, {NAMES[name]:26} {seconds:.3f} s")


if __name__ == "__main__":
    main()
