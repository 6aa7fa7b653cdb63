"""Runs cases."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence

from ...errors import ToolError
from ..calling import Caller, CallResult
from .case import Case
from .report import CaseOutcome, CaseReport

__all__ = ["run_cases"]


async def run_cases(cases: Iterable[Case], caller: Caller, *, at_once: int = 1) -> CaseReport:
    """Run cases in order, up to ``at_once`` of them at a time; nothing is raised for what tools do.

    Raises:
        ToolError: if ``at_once`` is less than 1.
    """
    if not isinstance(at_once, int) or at_once < 1:
        raise ToolError(f"at_once is {at_once!r}; 1 runs one case after the other")
    cases = list(cases)
    if at_once == 1:
        results = [await _called(case, caller) for case in cases]
    else:
        places = asyncio.Semaphore(at_once)

        async def placed(case: Case) -> CallResult:
            async with places:
                return await _called(case, caller)

        results = await asyncio.gather(*map(placed, cases))
    # In a thread: a predicate is somebody's code, and sessions share this loop.
    return await asyncio.to_thread(_compared, cases, results)


async def _called(case: Case, caller: Caller) -> CallResult:
    return await caller.call(case.tool, case.text, case.timeout)


def _compared(cases: Sequence[Case], results: Sequence[CallResult]) -> CaseReport:
    return CaseReport(
        tuple(
            CaseOutcome(case, result, case.expected.difference(result))
            for case, result in zip(cases, results, strict=True)
        )
    )
