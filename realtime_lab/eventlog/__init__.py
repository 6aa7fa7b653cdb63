"""The event log: record a session, ask it questions, measure it, keep it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .bills import Bill
from .diff import diff
from .differences import Diff, Difference
from .entry import Direction, LogEntry, Mark, response_id_of
from .event_rows import EventRow, Histogram, Related
from .events import Events
from .filters import EventFilter
from .heard import Heard, Spoken, estimate, spoken
from .latency import STAGES, Latency, Stage, latencies_sql, turn_latency
from .ledger import Ledger
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
from .table import Table
from .tracks import Piece
from .turn import Turn, latency_line
from .turns import TRANSCRIPT_SECONDS, TurnFollower
from .waterfall import Waterfall

if TYPE_CHECKING:
    from .index import EventIndex

__all__ = [
    "MOMENTS",
    "PLAYBACK_ENDED",
    "PLAYBACK_STARTED",
    "SPEECH_END",
    "STAGES",
    "TRANSCRIPT_SECONDS",
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
    "Spoken",
    "Stage",
    "Table",
    "Turn",
    "TurnFollower",
    "Waterfall",
    "current_prices",
    "diff",
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


def __getattr__(name: str) -> Any:
    # Reading the database's library takes longer than all the rest: wait until it is needed.
    if name == "EventIndex":
        from .index import EventIndex

        return EventIndex
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
