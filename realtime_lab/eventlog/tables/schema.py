"""All tables of a log's database, in the order in which they are made."""

from __future__ import annotations

import duckdb

from .latency_views import LATENCIES, TURN_MOMENTS
from .tool_view import TOOLS
from .turn_view import TURNS, define_shortfall
from .usage_views import SETTINGS, TRANSCRIPTIONS, USAGE, define_prices

__all__ = ["VIEWS", "define_views"]

VIEWS = (SETTINGS, TOOLS, USAGE, TRANSCRIPTIONS, TURNS, TURN_MOMENTS, LATENCIES)
"""The tables that follow from ``events``."""


def define_views(cursor: duckdb.DuckDBPyConnection) -> None:
    """Make them; ``events`` is there."""
    define_prices(cursor)
    define_shortfall(cursor)
    for view in VIEWS:
        view.define(cursor)
