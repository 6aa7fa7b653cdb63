"""The event log: record a session, ask it questions, measure it, keep it."""

from __future__ import annotations

from .entry import Direction, LogEntry, Mark, response_id_of
from .latency import PLAYBACK_STARTED, SPEECH_END, Latency, turn_latency
from .log import EventLog
from .redaction import Redaction
from .retention import Purged, Recording, Retention, purge, recordings

__all__ = [
    "PLAYBACK_STARTED",
    "SPEECH_END",
    "Direction",
    "EventLog",
    "Latency",
    "LogEntry",
    "Mark",
    "Purged",
    "Recording",
    "Redaction",
    "Retention",
    "purge",
    "recordings",
    "response_id_of",
    "turn_latency",
]
