"""The event log: record a session, ask it questions, measure it, keep it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .entry import Direction, LogEntry, Mark, response_id_of
from .filters import EventFilter
from .heard import Heard, Spoken, estimate, spoken
from .import_events import import_events
from .latency import Latency, latencies_sql, turn_latency
from .ledger import Ledger
from .live_timeline import LiveTimeline
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
from .scan import KINDS, Finding, Scan, scan
from .timeline import LANES, Span, Timeline, TimelineFollower, timeline
from .turn import Turn, latency_line
from .turns import TRANSCRIPT_SECONDS, TurnFollower

if TYPE_CHECKING:
    from .index import EventIndex, EventRow

__all__ = [
    "KINDS",
    "LANES",
    "MOMENTS",
    "PLAYBACK_ENDED",
    "PLAYBACK_STARTED",
    "SPEECH_END",
    "TRANSCRIPT_SECONDS",
    "CutOff",
    "Direction",
    "EventFilter",
    "EventIndex",
    "EventLog",
    "EventRow",
    "Finding",
    "Heard",
    "Latency",
    "Ledger",
    "LiveTimeline",
    "LogEntry",
    "Mark",
    "Moment",
    "Moments",
    "Purged",
    "Recording",
    "Redaction",
    "Retention",
    "Scan",
    "Span",
    "Spoken",
    "Timeline",
    "TimelineFollower",
    "Turn",
    "TurnFollower",
    "current_prices",
    "estimate",
    "import_events",
    "latencies_sql",
    "latency_line",
    "moments",
    "moments_sql",
    "prices",
    "purge",
    "recordings",
    "response_id_of",
    "scan",
    "spoken",
    "timeline",
    "turn_latency",
]


def __getattr__(name: str) -> Any:
    # Reading the database's library takes longer than all the rest: wait until it is needed.
    if name in ("EventIndex", "EventRow"):
        from . import index

        return getattr(index, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
