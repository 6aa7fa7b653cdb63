"""Definitions of tools checked with no model."""

from __future__ import annotations

from .checker import check_tools
from .finding import ToolFinding
from .pricing import ToolSize
from .report import ToolReport
from .rules import RULES, TOPICS

__all__ = ["RULES", "TOPICS", "ToolFinding", "ToolReport", "ToolSize", "check_tools"]
