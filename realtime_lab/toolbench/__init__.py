"""The tool bench: definitions of tools checked, called, talked to and measured."""

from __future__ import annotations

from .bench import ToolBench
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

__all__ = [
    "Answers",
    "Case",
    "CaseOutcome",
    "CaseReport",
    "Cases",
    "Contains",
    "Equals",
    "Expectation",
    "Fails",
    "IsJson",
    "Matches",
    "Satisfies",
    "ToolBench",
    "check_case",
]
