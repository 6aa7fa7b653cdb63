"""Runs cases."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

from ...errors import ToolError
from ..calling import Caller
from .case import Case
from .report import CaseOutcome, CaseReport

__all__ = ["run_case", "run_cases"]


async def run_case(case: Case, caller: Caller) -> CaseOutcome:
    """Make the call of a case and compare; nothing is raised for what a tool does."""
    result = await caller.call(case.tool, case.text, case.timeout)
    # In a thread: a predicate is somebody's code, and sessions share this loop.
    difference = await asyncio.to_thread(case.expected.difference, result)
    return CaseOutcome(case, result, difference)


async def run_cases(cases: Iterable[Case], caller: Caller, *, at_once: int = 1) -> CaseReport:
    """Run cases in order, up to ``at_once`` of them at a time.

    Raises:
        ToolError: if ``at_once`` is less than 1.
    """
    if at_once < 1:
        raise ToolError(f"at_once is {at_once}; 1 runs one case after the other")
    cases = list(cases)
    places = asyncio.Semaphore(at_once)

    async def placed(case: Case) -> CaseOutcome:
        async with places:
            return await run_case(case, caller)

    if at_once == 1:
        return CaseReport(tuple([await run_case(case, caller) for case in cases]))
    return CaseReport(tuple(await asyncio.gather(*map(placed, cases))))
