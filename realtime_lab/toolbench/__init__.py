"""The tool bench: definitions of tools checked, called, talked to and measured."""

from __future__ import annotations

from .check import RULES as TOOL_RULES
from .check import TOPICS as TOOL_TOPICS
from .check import ToolFinding, ToolReport, ToolSize, check_tools

__all__ = [
    "KINDS",
    "TOOL_RULES",
    "TOOL_TOPICS",
    "Answers",
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
    "ToolFinding",
    "ToolReport",
    "ToolSize",
    "check_case",
    "check_tools",
]
