"""The tool bench: definitions of tools checked, called, talked to and measured."""

from __future__ import annotations

from .bench import ToolBench
from .calling import CallResult
from .cases.case import Case
from .cases.cases import Cases
from .cases.expectations import (
    Answers,
    Contains,
    Equals,
    Expectation,
    Fails,
    IsJson,
    Matches,
    Satisfies,
)
from .cases.pytest_file import check_case
from .cases.report import CaseOutcome, CaseReport
from .fuzzing.findings import KINDS, FindingKind, FuzzFinding
from .fuzzing.plan import FuzzPlan
from .fuzzing.report import FuzzedTool, FuzzReport

__all__ = [
    "KINDS",
    "Answers",
    "CallResult",
    "Case",
    "CaseOutcome",
    "CaseReport",
    "Cases",
    "Contains",
    "Equals",
    "Expectation",
    "Fails",
    "FindingKind",
    "FuzzFinding",
    "FuzzPlan",
    "FuzzReport",
    "FuzzedTool",
    "IsJson",
    "Matches",
    "Satisfies",
    "ToolBench",
    "check_case",
]
