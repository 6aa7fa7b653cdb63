"""Draws calls of tools, makes them, and reports what should not have happened."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from typing import Any

from ...tools import Tool
from ..attempts import Attempts
from ..values import written
from ..watching import Trial, WatchedTool
from .damage import DAMAGES
from .findings import Findings
from .judging import Judge
from .library import files_aside, hypothesis_library
from .mutations import mutations
from .plan import FuzzPlan, OutOfTime, Patience
from .report import FuzzedTool, FuzzReport
from .schema_view import SchemaView
from .strategies import Strategies

__all__ = ["fuzz"]

# A sync function that is given up goes on in its thread, and may keep a core busy for ever.
_MOST_HANGS, _MOST_HANGS_ASYNC = 20, 200


async def fuzz(tools: Sequence[Tool], attempts: Attempts, plan: FuzzPlan) -> FuzzReport:
    """Fuzz tools one after the other; nothing is raised for what they do.

    Hypothesis runs in a thread beside this loop, on which the calls are made.

    Raises:
        ToolError: if Hypothesis is not installed.
    """
    await asyncio.to_thread(_warm_up)
    cancelled = threading.Event()
    loop = asyncio.get_running_loop()
    fuzzed = []
    try:
        for tool in tools:
            one = _OneTool(tool, attempts, plan, loop, cancelled)
            fuzzed.append(await asyncio.to_thread(one.run))
    finally:
        cancelled.set()
    return FuzzReport(tuple(fuzzed), plan.seed)


def _warm_up() -> None:
    """Let the libraries do what takes them seconds the first time, before a tool's time begins.

    Hypothesis reads the modules of the project for numbers and words that may matter.
    """
    SchemaView({})
    with files_aside():
        st: Any = hypothesis_library().strategies
        _drawing(lambda data: data.draw(st.text()), examples=2, seed=0)()


def _drawing(test: Callable[[Any], object], examples: int, seed: int) -> Callable[[], None]:
    """A test of drawn data, as Hypothesis runs it."""
    hypothesis = hypothesis_library()

    def once(data: Any) -> None:
        test(data)

    drawn = hypothesis.given(hypothesis.strategies.data())(once)
    drawn = hypothesis.settings(
        max_examples=examples,
        database=None,
        deadline=None,
        print_blob=False,
        suppress_health_check=list(hypothesis.HealthCheck),
        phases=[hypothesis.Phase.generate, hypothesis.Phase.shrink],
        verbosity=hypothesis.Verbosity.quiet,
    )(drawn)
    return hypothesis.seed(seed)(drawn)


class _OneTool:
    """Fuzzes one tool, in a thread of its own."""

    def __init__(
        self,
        tool: Tool,
        attempts: Attempts,
        plan: FuzzPlan,
        loop: asyncio.AbstractEventLoop,
        cancelled: threading.Event,
    ) -> None:
        self._tool = tool
        self._plan = plan
        self._loop = loop
        self._clock = attempts.clock
        self._watched = WatchedTool(tool, attempts)
        self._findings = Findings(tool.name)
        self._judge = Judge(tool, self._findings, plan)
        self._patience = Patience(
            attempts.clock() + plan.seconds,
            attempts.clock,
            cancelled,
            most_hangs=_MOST_HANGS_ASYNC if tool.is_async else _MOST_HANGS,
        )
        self._failures: dict[Hashable, type[Exception]] = {}

    def run(self) -> FuzzedTool:
        begun = self._clock()
        try:
            with files_aside():
                self._try_all()
        except OutOfTime:
            pass
        except Exception as error:  # whatever somebody's schema does to the libraries
            self._findings.add("schema", f"{type(error).__name__}: {error}", "")
        return FuzzedTool(
            self._tool.name,
            self._findings.all,
            self._patience.calls,
            self._clock() - begun,
            self._patience.stopped,
        )

    def _try_all(self) -> None:
        view = SchemaView(self._tool.parameters)
        allowed = Strategies(view).arguments()
        st: Any = hypothesis_library().strategies

        def call_allowed(data: Any) -> Iterator[Hashable]:
            return self._judge.allowed(self._call(written(data.draw(allowed))))

        def call_mutated(data: Any) -> Iterator[Hashable]:
            arguments = data.draw(allowed)
            possible = mutations(view, arguments)
            if not possible:
                return iter(())
            mutation = data.draw(st.sampled_from(possible))
            forbidden = mutation.of(arguments)
            if view.is_valid(forbidden):
                return iter(())
            return self._judge.mutated(self._call(written(forbidden)), mutation)

        def call_damaged(data: Any) -> Iterator[Hashable]:
            damage = data.draw(st.sampled_from(DAMAGES))
            text = damage.apply(data.draw(allowed), data.draw(st.integers(0, 1000)))
            if text is None:
                return iter(())
            return self._judge.damaged(self._call(text), damage)

        def call_again(data: Any) -> Iterator[Hashable]:
            return self._call_again(written(data.draw(allowed)))

        for number, (test, share) in enumerate(
            ((call_allowed, 1), (call_mutated, 1), (call_damaged, 1), (call_again, 0.2))
        ):
            self._draw(test, max(1, round(self._plan.examples * share)), self._plan.seed + number)
            self._findings.settle()

    def _call_again(self, text: str) -> Iterator[Hashable]:
        first = self._call(text)
        if not first.answered:
            return
        again = self._judge.again
        found = [*again(first, self._call(text), "repeat", "the second time")]
        if not found:  # else the rest says the same once more
            for other in self._call_twice(text):
                found += again(first, other, "parallel", "at the same time")
        if not found:
            self._call(text, timeout=0.0)
            found += again(first, self._call(text), "retry", "after one that was given up")
        yield from found

    def _draw(self, test: Callable[[Any], Iterator[Hashable]], examples: int, seed: int) -> None:
        """Let Hypothesis look for examples that a test finds something in, and simplify them."""

        def once(data: Any) -> None:
            new = [key for key in test(data) if not self._findings.is_settled(key)]
            if new:
                raise self._failure(new[0]) from None

        try:
            _drawing(once, examples, seed)()
        except hypothesis_library().errors.Flaky:
            pass  # noted when it was seen
        except Exception as error:
            if not _only(error, tuple(self._failures.values())):
                raise

    def _failure(self, key: Hashable) -> type[Exception]:
        """An exception of its own for each finding: so Hypothesis simplifies each by itself."""
        if key not in self._failures:
            self._failures[key] = type("Finding", (Exception,), {})
        return self._failures[key]

    def _call(self, text: str, timeout: float | None = None) -> Trial:
        return self._wait_for([(text, timeout)])[0]

    def _call_twice(self, text: str) -> list[Trial]:
        return self._wait_for([(text, None)] * 2)

    def _wait_for(self, calls: Iterable[tuple[str, float | None]]) -> list[Trial]:
        calls = [
            (text, self._plan.timeout if timeout is None else timeout) for text, timeout in calls
        ]
        for _ in calls:
            self._patience.check()

        async def made() -> list[Trial]:
            return await asyncio.gather(*(self._watched.call(*call) for call in calls))

        trials = asyncio.run_coroutine_threadsafe(made(), self._loop).result()
        self._patience.hangs += sum(
            trial.hung and timeout > 0 for trial, (_, timeout) in zip(trials, calls, strict=True)
        )
        return trials


def _only(error: BaseException, kinds: tuple[type[Exception], ...]) -> bool:
    """Whether an exception, or all of a group, are of these kinds."""
    if isinstance(error, BaseExceptionGroup):
        return all(_only(inner, kinds) for inner in error.exceptions)
    return isinstance(error, kinds)
