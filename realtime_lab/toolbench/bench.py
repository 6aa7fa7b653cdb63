"""A bench for tools, with no model: check, call, run cases, fuzz."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

from ..errors import ToolError
from ..session import Call, running_loop, session_thread
from ..tools import Tool, ToolRegistry, ToolResult
from .attempts import Attempts
from .calling import Caller, CallResult
from .cases.case import Case
from .cases.cases import Cases, checked
from .cases.expectations import Equals, Expectation, Fails, expectation
from .cases.pytest_file import write_pytest
from .cases.report import CaseReport
from .cases.running import run_cases
from .check import ToolReport, check_tools
from .fuzzing.fuzzing import fuzz
from .fuzzing.plan import FuzzPlan
from .fuzzing.report import FuzzReport
from .values import is_number, mapping_of, value_in, written

__all__ = ["ToolBench"]


class ToolBench:
    """Tools under test, without a model.

    ::

        bench = rl.ToolBench([weather, book_table])
        result = await bench.call("weather", city="Oslo")
        bench.keep(result)  # a case: the same call should give the same again
        report = await bench.run_cases()

    ``tools`` are functions, tools, and dicts with their function under ``handler``. ``cases`` are
    cases, dicts with the fields of one, or the path of a file of them. ``timeout`` is in seconds
    per call, ``None`` for no limit. Calls are validated and made as in a session, on its thread;
    each can be awaited, or handed to `run`. A tool that fails, hangs or cannot be called is a
    result like another.

    Raises:
        ToolError: for what is no tool, two tools of one name, cases that cannot be read, or a
            timeout that makes no sense.
    """

    def __init__(
        self,
        tools: Iterable[Tool | Callable[..., Any] | Mapping[str, Any]],
        *,
        cases: Iterable[Case | Mapping[str, Any]] | str | Path = (),
        timeout: float | None = 60.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        if timeout is not None and not (is_number(timeout) and timeout > 0):
            raise ToolError(f"timeout is {timeout!r}; give seconds above 0, or None for no limit")
        self.tools = ToolRegistry(tools)
        self.cases = Cases.load(cases) if isinstance(cases, str | Path) else Cases(cases)
        self._timeout = timeout
        self._clock = clock

    def check(self, *, model: str = "gpt-realtime", ignore: Iterable[str] = ()) -> ToolReport:
        """What models and services trip over in the definitions, with no model; see `check_tools`.

        Raises:
            ToolError: as `check_tools` does.
        """
        return check_tools(list(self.tools), model=model, ignore=ignore)

    def call(self, name: str, /, **arguments: Any) -> Call[CallResult]:
        """Call a tool with arguments as Python has them.

        They go through JSON, as a model's do: dataclasses, enums and models are written as such.

        Raises:
            ToolError: at once, for an argument that JSON cannot hold, or what is no name.
        """
        return self.call_json(name, written(mapping_of(arguments, "the arguments")))

    def call_json(self, name: str, text: str) -> Call[CallResult]:
        """Call a tool with the text that a model would send; it need not even be JSON.

        Raises:
            ToolError: at once, for what is no text.
        """
        if not isinstance(name, str):
            raise ToolError(f"{name!r} is no name; call a tool by its name, as in call('weather')")
        if not isinstance(text, str):
            raise ToolError(f"{text!r} is no text; call({name!r}, …) takes arguments by their name")
        caller = self._caller()
        return session_thread().call(
            caller.call(name, text), f"call of {name}", needs_caller=caller.needs_kernel()
        )

    def keep(
        self, result: ToolResult, *, name: str = "", timeout: float | None = None, **expected: Any
    ) -> Case:
        """Add a call that was made to the cases.

        It should come to the same again; or to what is said, with the keywords of `Case.of`.

        Raises:
            ToolError: for what is no result, an expectation that makes no sense, or a name that
                another case has.
        """
        if not isinstance(result, ToolResult):
            raise ToolError(f"{result!r} is no result; give what `await bench.call(…)` gave")
        made = expectation(expected) if expected else _again(result)
        case = Case(result.name, result.arguments, made, name, timeout=timeout)
        self.cases.append(case)
        return case

    def run_cases(
        self, cases: Iterable[Case | Mapping[str, Any]] | None = None, *, at_once: int = 1
    ) -> Call[CaseReport]:
        """Run the bench's cases, or others, one after the other or some ``at_once``.

        Raises:
            ToolError: for what are no cases, or if ``at_once`` is no number of at least 1.
        """
        caller = self._caller()
        wanted = list(self.cases if cases is None else checked(cases))
        return session_thread().call(
            run_cases(wanted, caller, at_once=at_once),
            f"run of {len(wanted):,} cases",
            needs_caller=caller.needs_kernel(),
        )

    def fuzz(self, name: str | None = None, **plan: Any) -> Call[FuzzReport]:
        """Call a tool, or each, with what its schema allows and with what it forbids.

        The calls are real: what a tool does, it does some hundred times. ``plan`` are the fields of
        `FuzzPlan`: ``examples``, ``seconds``, ``timeout``, ``seed``, ``largest``.

        Raises:
            ToolError: if there is no such tool, a number makes no sense, or Hypothesis is not
                installed.
        """
        wanted = list(self.tools) if name is None else [self.tools[name]]
        caller = self._caller()
        return session_thread().call(
            fuzz(wanted, caller.attempts, _plan(plan)),
            f"fuzzing of {name or 'all tools'}",
            needs_caller=caller.needs_kernel(),
        )

    def export_pytest(self, path: str | Path, *, tools: Mapping[str, str] | None = None) -> Path:
        """Write the cases as a file of tests that needs realtime_lab and pytest alone.

        ``tools`` says where tools are to be imported from (``{"weather": "my_tools:weather"}``),
        where their functions do not say it.

        Raises:
            ToolError: if a tool or a predicate cannot be imported by another program, such as one
                that lives in a notebook; nothing is written then.
        """
        return write_pytest(self.cases, self.tools, path, tools=tools, timeout=self._timeout)

    def _caller(self) -> Caller:
        return Caller(self.tools, Attempts(self._timeout, running_loop(), self._clock))

    def __repr__(self) -> str:
        names = ", ".join(tool.name for tool in self.tools) or "no tools"
        cases = f"{len(self.cases):,} case{'' if len(self.cases) == 1 else 's'}"
        return f"<ToolBench: {names}; {cases}>"


def _plan(given: Mapping[str, Any]) -> FuzzPlan:
    known = [field.name for field in fields(FuzzPlan)]
    for name in given:
        if name not in known:
            raise ToolError(f"fuzzing has no {name!r}; there are {', '.join(known)}")
    return FuzzPlan(**given)


def _again(result: ToolResult) -> Expectation:
    if result.error is not None:
        return Fails(result.error)
    return Equals(value_in(result.output))
