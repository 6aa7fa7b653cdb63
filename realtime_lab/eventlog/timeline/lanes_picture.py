"""A timeline as a picture that needs no script: a strip for each stretch of time."""

from __future__ import annotations

import math
from html import escape

from ..latency.picture import Axis, Picture
from .timeline import LANES, Span, Timeline

__all__ = ["lanes_html", "lanes_picture"]

COLOURS = {
    "user": "#1f9ba8",
    "vad": "#d18b1f",
    "response": "#8b949e",
    "sent": "#3f83d8",
    "played": "#2f9e64",
    "tools": "#9a6bd8",
}
_NAMES = {
    "user": "user",
    "vad": "turn detection",
    "response": "response",
    "sent": "sent",
    "played": "played",
    "tools": "tools",
}
_WIDTH, _LEFT, _RIGHT = 880.0, 96.0, 868.0
_ROW, _BAR = 19.0, 11.0
_GAP = 34.0
_STRIP_SECONDS = 30.0
_MOST_STRIPS = 8
_TITLE = 300
_FRAME = (
    "font:13px/1.5 system-ui,sans-serif;border:1px solid rgba(128,128,128,.35);border-radius:8px;"
    "padding:10px 14px;max-width:960px;margin:4px 0"
)


def lanes_picture(timeline: Timeline) -> Picture:
    """A row for each lane that is not empty; what is said stands where the pointer rests.

    At most 8 strips: a long log is shown at a smaller scale.
    """
    picture = Picture(_WIDTH)
    lanes = [name for name in LANES if timeline.lane(name)]
    # A little more than there is, so that what happens last has its place.
    total = 1.005 * max(timeline.seconds, 0.1)
    count = min(max(1, math.ceil(total / _STRIP_SECONDS)), _MOST_STRIPS)
    y = 4.0
    for number in range(count):
        axis = Axis(number * total / count, (number + 1) * total / count, _LEFT, _RIGHT)
        y = _strip(picture, timeline, lanes, axis, y)
    picture.height = y - _GAP + 20
    return picture


def lanes_html(timeline: Timeline) -> str:
    """The picture in a frame, and how to read it."""
    told = "user: what was said (▮) or typed (|) · sent: as it came · played: as it was heard"
    picture = lanes_picture(timeline).svg(f"Timeline of {timeline.seconds:.1f} s")
    return (
        f'<div style="{_FRAME}"><b>Timeline</b> <span style="opacity:.65">'
        f"{timeline.seconds:.1f} s · {escape(told)}</span>{picture}</div>"
    )


def _strip(picture: Picture, timeline: Timeline, lanes: list[str], axis: Axis, top: float) -> float:
    bottom = top + _ROW * len(lanes) + 2
    axis.draw(picture, top, bottom, "s")
    y = top + 13
    for lane in lanes:
        picture.text(0, y, _NAMES[lane], size=11.5, quiet=True)
        drawn = 0.0
        for span in timeline.lane(lane):
            end = timeline.seconds if span.end is None else span.end
            if end < axis.low or span.start >= axis.high:
                continue
            begin, width = axis(span.start), axis(end) - axis(span.start)
            if begin + width < drawn + 0.5:
                continue  # nobody would see it beside the one before
            drawn = begin + width
            picture.bar(
                begin,
                y - _BAR + 1,
                max(width, 1.5),
                _BAR,
                COLOURS[span.lane],
                opacity=0.55 if span.end is None else 1.0,
                title=_title(span, timeline),
            )
        y += _ROW
    return bottom + _GAP


def _title(span: Span, timeline: Timeline) -> str:
    when = f"{span.start:.2f} s"
    if span.end != span.start:
        when += " on" if span.end is None else f" to {span.end:.2f} s"
    text = timeline.redaction.redacted(span.text)
    text = text if len(text) <= _TITLE else f"{text[:_TITLE]}…"
    return " · ".join(filter(None, (_NAMES[span.lane], when, text)))
