"""The event log: record a session, ask it questions, measure it, keep it."""

from __future__ import annotations

from .entry import Direction, LogEntry, Mark, item_id_of, response_id_of
from .heard import Heard, Spoken, estimate, spoken
from .latency import PLAYBACK_STARTED, SPEECH_END, Latency, turn_latency
from .ledger import Ledger
from .log import EventLog
from .prices import current_prices, prices
from .progress import CutOff
from .redaction import Redaction
from .retention import Purged, Recording, Retention, purge, recordings
from .turn import NO_TRANSCRIPT, TURN_FAILED, UNANNOUNCED, Turn, latency_line
from .turns import TurnFollower

__all__ = [
    "NO_TRANSCRIPT",
    "PLAYBACK_STARTED",
    "SPEECH_END",
    "TURN_FAILED",
    "UNANNOUNCED",
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
    "Spoken",
    "Turn",
    "TurnFollower",
    "current_prices",
    "estimate",
    "item_id_of",
    "latency_line",
    "prices",
    "purge",
    "recordings",
    "response_id_of",
    "spoken",
    "turn_latency",
]
