"""The event log: record a session, ask it questions, measure it, keep it."""

from __future__ import annotations

from .entry import Direction, LogEntry, Mark, response_id_of
from .heard import Heard, Spoken, estimate, spoken
from .import_events import import_events
from .latency import PLAYBACK_STARTED, SPEECH_END, Latency, turn_latency
from .ledger import Ledger
from .log import EventLog
from .prices import current_prices, prices
from .progress import CutOff
from .redaction import Redaction
from .retention import Purged, Recording, Retention, purge, recordings
from .timeline import LANES, Span, Timeline, TimelineFollower, timeline
from .turn import Turn, latency_line
from .turns import TRANSCRIPT_SECONDS, TurnFollower

__all__ = [
    "LANES",
    "PLAYBACK_STARTED",
    "SPEECH_END",
    "TRANSCRIPT_SECONDS",
    "CutOff",
    "Direction",
    "EventLog",
    "Heard",
    "Latency",
    "Ledger",
    "LogEntry",
    "Mark",
    "Purged",
    "Recording",
    "Redaction",
    "Retention",
    "Span",
    "Spoken",
    "Timeline",
    "TimelineFollower",
    "Turn",
    "TurnFollower",
    "current_prices",
    "estimate",
    "import_events",
    "latency_line",
    "prices",
    "purge",
    "recordings",
    "response_id_of",
    "spoken",
    "timeline",
    "turn_latency",
]
