"""The event log: record a session, ask it questions, measure it, keep it."""

from __future__ import annotations

from .entry import Direction, LogEntry, Mark, response_id_of
from .heard import Heard, Spoken, estimate, spoken
from .latency import Latency, latencies_sql, turn_latency
from .ledger import Ledger
from .log import EventLog
from .moments import (
    MOMENTS,
    PLAYBACK_ENDED,
    PLAYBACK_STARTED,
    SPEECH_END,
    Moment,
    Moments,
    moments,
)
from .moments_sql import moments_sql
from .prices import current_prices, prices
from .progress import CutOff
from .redaction import Redaction
from .retention import Purged, Recording, Retention, purge, recordings
from .turn import Turn, latency_line
from .turns import TRANSCRIPT_SECONDS, TurnFollower

__all__ = [
    "MOMENTS",
    "PLAYBACK_ENDED",
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
    "Moment",
    "Moments",
    "Purged",
    "Recording",
    "Redaction",
    "Retention",
    "Spoken",
    "Turn",
    "TurnFollower",
    "current_prices",
    "estimate",
    "latencies_sql",
    "latency_line",
    "moments",
    "moments_sql",
    "prices",
    "purge",
    "recordings",
    "response_id_of",
    "spoken",
    "turn_latency",
]
