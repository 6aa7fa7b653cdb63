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
from .check import RULES as TOOL_RULES
from .check import TOPICS as TOOL_TOPICS
from .check import ToolFinding, ToolReport, ToolSize, check_tools
from .fuzzing.findings import KINDS, FindingKind, FuzzFinding
from .fuzzing.plan import FuzzPlan
from .fuzzing.report import FuzzedTool, FuzzReport
from .modes import (
    AnyMode,
    LiveTool,
    LiveTools,
    LogOnly,
    Mode,
    PendingCall,
    ToolSession,
    ask_first,
    automatic,
    by_hand,
    canned,
    delayed,
    failing,
    mode_from,
)

__all__ = [
    "KINDS",
    "TOOL_RULES",
    "TOOL_TOPICS",
    "Answers",
    "AnyMode",
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
    "LiveTool",
    "LiveTools",
    "LogOnly",
    "Matches",
    "Mode",
    "PendingCall",
    "Satisfies",
    "ToolBench",
    "ToolFinding",
    "ToolReport",
    "ToolSession",
    "ToolSize",
    "ask_first",
    "automatic",
    "by_hand",
    "canned",
    "check_case",
    "check_tools",
    "delayed",
    "failing",
    "mode_from",
]
