"""What it costs to run cases of a tool and to fuzz it, beside the plain function in a loop.

A thousand cases, of a sync tool (each in a thread of its own, as in a session) and of an async one,
one after the other and twenty at once; beside a loop that decodes the arguments, calls the function
and compares. A thousand examples of each sort drawn from a schema, and called as in a session;
beside a test as one would write it with Hypothesis for the same function, which calls it as it is.
The variants take turns within one run; the best CPU time of each counts, and the wall time of that
round.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Annotated, Any

import hypothesis.strategies as st
import msgspec
from hypothesis import HealthCheck, Phase, given, settings

import realtime_lab as rl
from realtime_lab.toolbench import Case, ToolBench

CASES = 1000
EXAMPLES = 1000
ROUNDS = 3


def book(city: str, seats: Annotated[int, msgspec.Meta(ge=1, le=9)] = 2) -> dict[str, Any]:
    """Book seats."""
    return {"city": city, "seats": seats, "free": 9 - seats}


async def book_later(
    city: str, seats: Annotated[int, msgspec.Meta(ge=1, le=9)] = 2
) -> dict[str, Any]:
    """Book seats."""
    return book(city, seats)


def cases_of(tool: str) -> list[Case]:
    return [
        Case.of(tool, {"city": f"place {n}", "seats": 1 + n % 9}, contains={"free": 8 - n % 9})
        for n in range(CASES)
    ]


def best(variants: dict[str, Callable[[], object]]) -> dict[str, tuple[float, float]]:
    """CPU and wall seconds of each."""
    found: dict[str, tuple[float, float]] = {}
    for _ in range(ROUNDS):
        for name, work in variants.items():
            cpu, wall = time.process_time(), time.perf_counter()
            work()
            taken = time.process_time() - cpu, time.perf_counter() - wall
            found[name] = min(found.get(name, taken), taken)
    return found


def run_all(bench: ToolBench, cases: list[Case], at_once: int = 1) -> None:
    assert rl.run(bench.run_cases(cases, at_once=at_once)).passed


def loop() -> None:
    for case in cases_of("book"):
        got = json.loads(json.dumps(book(**json.loads(case.text))))
        assert got["free"] == case.expected.stored()["free"]


def fuzz(bench: ToolBench, name: str, calls: list[int]) -> None:
    report = rl.run(bench.fuzz(name, examples=EXAMPLES, seconds=600))
    assert report.passed
    calls.append(report.calls)


def property_test() -> None:
    @settings(
        max_examples=EXAMPLES, database=None, deadline=None, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(st.text(), st.integers(1, 9))
    def books(city: str, seats: int) -> None:
        assert book(city, seats)["free"] == 9 - seats

    books()


def main() -> None:
    bench = ToolBench([book, book_later])
    sync, later = cases_of("book"), cases_of("book_later")
    run_all(bench, sync[:10])
    found = best(
        {
            "a loop of the plain function": loop,
            "cases, async tool": lambda: run_all(bench, later),
            "cases, async tool, 20 at once": lambda: run_all(bench, later, 20),
            "cases, sync tool": lambda: run_all(bench, sync),
            "cases, sync tool, 20 at once": lambda: run_all(bench, sync, 20),
        }
    )
    plain = found["a loop of the plain function"][0]
    print(f"{CASES:,} cases                        CPU ms/case   beside the loop   cases/s (wall)")
    for name, (cpu, wall) in found.items():
        print(
            f"  {name:<32} {1000 * cpu / CASES:>9.3f} {cpu / plain:>14.1f} × {CASES / wall:>15,.0f}"
        )

    calls: dict[str, list[int]] = {"book": [], "book_later": []}
    fuzz(bench, "book", [])
    found = best(
        {
            "a test by hand with Hypothesis": property_test,
            "fuzzing, async tool": lambda: fuzz(bench, "book_later", calls["book_later"]),
            "fuzzing, sync tool": lambda: fuzz(bench, "book", calls["book"]),
        }
    )
    made = {
        "a test by hand with Hypothesis": EXAMPLES,
        "fuzzing, async tool": calls["book_later"][0],
        "fuzzing, sync tool": calls["book"][0],
    }
    name, (cpu, _) = next(iter(found.items()))
    plain = cpu / made[name]
    print(
        f"\n{EXAMPLES:,} examples of each sort       CPU ms/call   beside by hand    calls/s (wall)"
    )
    for name, (cpu, wall) in found.items():
        each = cpu / made[name]
        print(
            f"  {name:<32} {1000 * each:>9.3f} {each / plain:>14.1f} × {made[name] / wall:>15,.0f}"
        )


if __name__ == "__main__":
    main()
