"""The linter: mistakes and races in a stream of events, explained in words."""

from __future__ import annotations

from .finding import SEVERITIES, About, Finding, Severity
from .linter import Linter
from .record import Record
from .rules import RULES, TOPICS

__all__ = ["RULES", "SEVERITIES", "TOPICS", "About", "Finding", "Linter", "Record", "Severity"]
