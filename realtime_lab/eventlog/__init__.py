"""The event log: record a session, ask it questions, measure it, keep it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .comparison.diff import diff
from .comparison.differences import Diff, Difference
from .comparison.words import word_changes
from .entry import Direction, LogEntry, Mark, item_id_of, response_id_of
from .export.files import write_whole
from .html_parts import QUIET, framed, html_table
from .latency.latency import STAGES, Latency, Stage, latencies_sql, turn_latency
from .latency.log_waterfall import Distribution, LogWaterfall
from .latency.moments import (
    MOMENTS,
    PLAYBACK_ENDED,
    PLAYBACK_STARTED,
    SPEECH_END,
    Moment,
    Moments,
    moments,
)
from .latency.moments_sql import moments_sql
from .latency.picture import Axis, Picture
from .latency.waterfall import Waterfall
from .linting.findings import FindingsReport
from .linting.findings_html import FindingHtml, findings_html, with_code
from .linting.lint import LintReport, LiveLint, lint
from .log import EventLog
from .publishing.import_events import import_events
from .recording.retention import Purged, Recording, Retention, purge, recordings
from .redaction.redaction import Redaction
from .scan import KINDS, Scan, ScanFinding, holds_key, scan
from .tables.event_rows import EventRow, Histogram, Related
from .tables.events import Events
from .tables.filters import EventFilter
from .tables.table import Table
from .tables.tables import table_of
from .timeline.live_timeline import LiveTimeline
from .timeline.timeline import LANES, Span, Timeline, TimelineFollower, timeline
from .timeline.tracks import Piece
from .turns.bills import Bill
from .turns.heard import Heard, Spoken, estimate, spoken
from .turns.ledger import Ledger
from .turns.prices import current_prices, prices
from .turns.progress import CutOff
from .turns.turn import NO_TRANSCRIPT, TURN_FAILED, UNANNOUNCED, Turn, latency_line
from .turns.turns import TRANSCRIPT_SECONDS, TurnFollower

if TYPE_CHECKING:
    from .notebook_figure import NotebookFigure
    from .tables.index import EventIndex

__all__ = [
    "KINDS",
    "LANES",
    "MOMENTS",
    "NO_TRANSCRIPT",
    "PLAYBACK_ENDED",
    "PLAYBACK_STARTED",
    "QUIET",
    "SPEECH_END",
    "STAGES",
    "TRANSCRIPT_SECONDS",
    "TURN_FAILED",
    "UNANNOUNCED",
    "Axis",
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
    "FindingHtml",
    "FindingsReport",
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
    "NotebookFigure",
    "Picture",
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
    "findings_html",
    "framed",
    "holds_key",
    "html_table",
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
    "table_of",
    "timeline",
    "turn_latency",
    "with_code",
    "word_changes",
    "write_whole",
]


def __getattr__(name: str) -> Any:
    # Reading the libraries of these takes longer than all the rest: wait until they are needed.
    if name == "EventIndex":
        from .tables.index import EventIndex

        return EventIndex
    if name == "NotebookFigure":
        from .notebook_figure import NotebookFigure

        return NotebookFigure
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
