"""The moments of all turns, and the stages between them, as tables."""

from __future__ import annotations

from ..latency.latency import STAGES, latencies_sql
from ..latency.moments import MOMENTS
from ..latency.moments_sql import moments_sql
from .rows import Column
from .views import View

__all__ = ["LATENCIES", "TURN_MOMENTS"]

_TURN = Column("turn", "INTEGER", "the turn, from 1")

TURN_MOMENTS = View(
    "moments",
    "One row for each turn: when its moments were, in seconds from the start of the log. NULL "
    "where a moment is not known.",
    (
        _TURN,
        *(Column(moment.name, "DOUBLE", moment.definition) for moment in MOMENTS),
        Column(
            "speech_end_is_derived",
            "BOOLEAN",
            "whether the end of speech was not marked by this side, but found from what the "
            "service told",
        ),
    ),
    moments_sql(),
)

LATENCIES = View(
    "latencies",
    "One row for each turn: how long its stages took, in seconds; see `Latency`. NULL where an end "
    "is not known.",
    (_TURN, *(Column(stage.name, "DOUBLE", stage.definition) for stage in STAGES)),
    latencies_sql(),
)
