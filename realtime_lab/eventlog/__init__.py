"""The event log: record a session, ask it questions, measure it, keep it."""

from __future__ import annotations

from .entry import Direction, LogEntry, Mark
from .latency import Latency, turn_latency
from .log import EventLog

__all__ = ["Direction", "EventLog", "Latency", "LogEntry", "Mark", "turn_latency"]
