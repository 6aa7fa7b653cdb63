"""The inspector where no browser runs it: the timeline as a picture, the first and last events."""

from __future__ import annotations

import time
from base64 import b64encode
from html import escape

from ..eventlog import EventLog
from .measurements import Measurements
from .swimlanes import swimlanes

__all__ = ["inspector_html"]

MOST_SECONDS = 0.3
"""A cell does not wait longer for the picture of a long log; after the next one it is better."""
MOST_EVENTS = 200_000
"""Of a longer log it shows what a page had measured."""


def inspector_html(log: EventLog, measurements: Measurements) -> str:
    """A fragment that needs no script and no style sheet, for light and dark pages."""
    until = time.monotonic() + MOST_SECONDS
    is_short = len(log) <= MOST_EVENTS
    while is_short and measurements.advance() and time.monotonic() < until:
        pass
    return f"{_picture(measurements)}{log._repr_html_()}"


def _picture(measurements: Measurements) -> str:
    svg, told = swimlanes(measurements)
    if not svg:
        return ""
    # As a picture, because pages that are not trusted drop SVG that is part of them.
    data = b64encode(svg.encode()).decode()
    return (
        f'<img alt="{escape(told, quote=True)}" style="display:block;width:100%;max-width:960px;'
        f'margin:0 0 8px" src="data:image/svg+xml;base64,{data}">'
    )
