"""The event log: record a session, ask it questions, measure it, keep it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .bills import Bill
from .diff import diff
from .differences import Diff, Difference
from .entry import Direction, LogEntry, Mark, item_id_of, response_id_of
from .event_rows import EventRow, Histogram, Related
from .events import Events
from .filters import EventFilter
from .heard import Heard, Spoken, estimate, spoken
from .import_events import import_events
from .latency import STAGES, Latency, Stage, latencies_sql, turn_latency
from .ledger import Ledger
from .lint import LintReport, LiveLint, lint
from .live_timeline import LiveTimeline
from .log import EventLog
from .log_waterfall import Distribution, LogWaterfall
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
from .scan import KINDS, Scan, ScanFinding, scan
from .table import Table
from .timeline import LANES, Span, Timeline, TimelineFollower, timeline
from .tracks import Piece
from .turn import NO_TRANSCRIPT, TURN_FAILED, UNANNOUNCED, Turn, latency_line
from .turns import TRANSCRIPT_SECONDS, TurnFollower
from .waterfall import Waterfall

if TYPE_CHECKING:
    from .index import EventIndex

__all__ = [
    "KINDS",
    "LANES",
    "MOMENTS",
    "NO_TRANSCRIPT",
    "PLAYBACK_ENDED",
    "PLAYBACK_STARTED",
    "SPEECH_END",
    "STAGES",
    "TRANSCRIPT_SECONDS",
    "TURN_FAILED",
    "UNANNOUNCED",
    "Bill",
    "CutOff",
    "Diff",
    "Difference",
    "Direction",
    "Distribution",
    "EventFilter",
    "EventIndex",
    "EventLog",
    "EventRow",
    "Events",
    "Heard",
    "Histogram",
    "Latency",
    "Ledger",
    "LintReport",
    "LiveLint",
    "LiveTimeline",
    "LogEntry",
    "LogWaterfall",
    "Mark",
    "Moment",
    "Moments",
    "Piece",
    "Purged",
    "Recording",
    "Redaction",
    "Related",
    "Retention",
    "Scan",
    "ScanFinding",
    "Span",
    "Spoken",
    "Stage",
    "Table",
    "Timeline",
    "TimelineFollower",
    "Turn",
    "TurnFollower",
    "Waterfall",
    "current_prices",
    "diff",
    "estimate",
    "import_events",
    "item_id_of",
    "latencies_sql",
    "latency_line",
    "lint",
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
    if name == "EventIndex":
        from .index import EventIndex

        return EventIndex
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
