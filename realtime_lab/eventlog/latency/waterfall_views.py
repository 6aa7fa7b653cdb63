"""The waterfall of a turn as text, picture and HTML. Nothing that was said is in them."""

from __future__ import annotations

from html import escape

from .moments import MOMENTS
from .picture import Axis, Picture, ms
from .waterfall import Span, Waterfall, Who

__all__ = [
    "CELL",
    "COLOURS",
    "FIGURE",
    "FRAME",
    "TABLE",
    "WHO",
    "waterfall_html",
    "waterfall_picture",
    "waterfall_text",
]

COLOURS: dict[Who, str] = {
    "user": "#1f9ba8",
    "here": "#8b949e",
    "detection": "#d18b1f",
    "service": "#3f83d8",
    "tool": "#9a6bd8",
    "playback": "#2f9e64",
}
"""Of middle lightness: they stand out on light and dark pages."""
WHO: dict[Who, str] = {
    "user": "user",
    "here": "this side",
    "detection": "turn detection",
    "service": "service",
    "tool": "tools",
    "playback": "way to the ear",
}

_WIDTH = 760.0
_LABEL, _AT, _TOOK = 0.0, 214.0, 292.0
"""Where the columns of words begin, and those of figures end."""
_LEFT, _RIGHT = 316.0, 748.0
_ROW = 21.0
_BAR = 11.0
_RECEIVED, _USED = 40.0, 36.0
"""Heights of the curves below the bars, with the space above."""
FRAME = (
    "font:13px/1.5 system-ui,sans-serif;border:1px solid rgba(128,128,128,.35);border-radius:8px;"
    "padding:10px 14px;max-width:880px;margin:4px 0"
)
CELL = "padding:2px 10px 2px 0;text-align:left;vertical-align:top"
FIGURE = (
    "padding:2px 14px 2px 0;text-align:right;vertical-align:top;white-space:nowrap;"
    "font-variant-numeric:tabular-nums"
)
TABLE = "border-collapse:collapse;font:inherit;font-size:12px;color:inherit;margin:4px 0"


def waterfall_picture(waterfall: Waterfall) -> Picture:
    """Above, the steps to the first sound on an axis of their own; below, the whole turn."""
    picture = Picture(_WIDTH)
    y = _draw_steps(picture, waterfall, 12.0)
    y = _draw_turn(picture, waterfall, y + 24.0)
    picture.height = y
    return picture


def _draw_steps(picture: Picture, waterfall: Waterfall, y: float) -> float:
    axis = Axis(0.0, max(waterfall.seconds, 0.001), _LEFT, _RIGHT)
    picture.text(_LABEL, y, "step", size=11, quiet=True)
    picture.text(_AT, y, "after", anchor="end", size=11, quiet=True)
    picture.text(_TOOK, y, "took", anchor="end", size=11, quiet=True)
    top = y + 8
    bottom = top + _ROW * (len(waterfall.steps) + 1) + 2
    axis.draw(picture, top, bottom)
    y = top + 15
    picture.text(_LABEL, y, waterfall.zero_label, bold=True)
    picture.text(_AT, y, ms(0), anchor="end")
    picture.line([(axis(0), y - 10), (axis(0), y + 3)], width=2.5)
    for step in waterfall.steps:
        y += _ROW
        begin, end = axis(step.at - step.seconds), axis(step.at)
        picture.text(_LABEL, y, step.label)
        picture.text(_AT, y, ms(step.at), anchor="end")
        picture.text(_TOOK, y, ms(step.seconds), anchor="end", bold=True)
        told = f"{step.label}: {ms(step.seconds)}, waited for {WHO[step.who]}"
        width = max(end - begin, 1.5)
        picture.bar(begin, y - _BAR + 2, width, _BAR, COLOURS[step.who], title=told)
    y = bottom + 34
    shown = {one.who for one in (*waterfall.steps, *waterfall.spans)}
    seen: list[Who] = [who for who in COLOURS if who in shown]
    picture.legend([(COLOURS[who], WHO[who]) for who in seen], y)
    return y


def _draw_turn(picture: Picture, waterfall: Waterfall, y: float) -> float:
    ends = [span.end for span in waterfall.spans] + [bill.at for bill in waterfall.bills]
    ends += [at for at, _ in waterfall.received] + [waterfall.seconds]
    ends += [waterfall.interrupted_at or 0.0]
    begin = min((span.begin for span in waterfall.spans), default=0.0)
    axis = Axis(min(begin, 0.0), max(*ends, 0.001), _LEFT, _RIGHT)
    picture.text(_LABEL, y, "the whole turn", bold=True)
    top = y - 10
    bottom = y + _ROW * len(waterfall.spans) + 10
    bottom += _RECEIVED * bool(waterfall.received) + _USED * bool(waterfall.bills)
    axis.draw(picture, top, bottom, "s")
    for span in waterfall.spans:
        y += _ROW
        _draw_span(picture, span, axis, y)
    if waterfall.received:
        _draw_received(picture, waterfall, axis, y + 10)
        y += _RECEIVED
    if waterfall.bills:
        _draw_bills(picture, waterfall, axis, y + 10)
    if waterfall.interrupted_at is not None:
        x = axis(waterfall.interrupted_at)
        picture.line([(x, top), (x, bottom)], "#d1483f", width=1.5, dashed=True)
        side = "end" if x > (_LEFT + _RIGHT) / 2 else "start"
        shift = -5 if side == "end" else 5
        picture.text(x + shift, top + 10, "interrupted", anchor=side, size=11, colour="#d1483f")
    return bottom + 22


def _draw_span(picture: Picture, span: Span, axis: Axis, y: float) -> None:
    picture.text(_LABEL, y, span.label)
    picture.text(_TOOK, y, ms(span.end - span.begin), anchor="end")
    width = max(axis(span.end) - axis(span.begin), 1.5)
    told = f"{span.label}: {ms(span.end - span.begin)}"
    picture.bar(axis(span.begin), y - _BAR + 2, width, _BAR, COLOURS[span.who], title=told)


def _draw_received(picture: Picture, waterfall: Waterfall, axis: Axis, y: float) -> None:
    """How much audio had come by when: a curve that rises."""
    height = 30.0
    total = waterfall.received[-1][1]
    rises = _steps_up(waterfall.received, axis, y + height, height / (total or 1.0))
    picture.area([*rises, (rises[-1][0], y + height)], COLOURS["service"], opacity=0.25)
    picture.line(rises, COLOURS["service"], width=1.5)
    picture.text(_LABEL, y + 20, "audio received")
    picture.text(_TOOK, y + 20, f"{total:,.1f} s", anchor="end")


def _draw_bills(picture: Picture, waterfall: Waterfall, axis: Axis, y: float) -> None:
    """What was used by when: a line that rises at the end of each response."""
    height = 22.0
    used = 0
    tokens: list[tuple[float, float]] = []
    for bill in waterfall.bills:
        used += bill.tokens
        tokens.append((bill.at, float(used)))
    rises = _steps_up(tokens, axis, y + height, height / (used or 1))
    picture.line([*rises, (_RIGHT, rises[-1][1])], width=1.5, opacity=0.8)
    picture.text(_LABEL, y + 8, "tokens")
    picture.text(_TOOK, y + 8, f"{used:,}", anchor="end")
    picture.text(_LABEL, y + 23, "cost")
    picture.text(_TOOK, y + 23, str(waterfall.cost), anchor="end")
    places = [axis(bill.at) for bill in waterfall.bills]
    for bill, x, end in zip(waterfall.bills, places, [*places[1:], _RIGHT + 7], strict=True):
        shown = f"{bill.tokens:,} · {bill.cost}" if bill.tokens else str(bill.cost)
        told = f"{bill.label}: {bill.tokens:,} tokens, {bill.cost}"
        picture.bar(x - 2.5, y + height - 2.5, 5, 5, title=told)
        if x + 7 + 5.8 * len(shown) < end - 7:
            picture.text(x + 7, y + height + 2, shown, size=10, quiet=True)


def _steps_up(
    curve: tuple[tuple[float, float], ...] | list[tuple[float, float]],
    axis: Axis,
    bottom: float,
    scale: float,
) -> list[tuple[float, float]]:
    """A staircase from 0; at most two points for each pixel of the axis."""
    points = [(axis(curve[0][0]), bottom)]
    for at, value in curve:
        x, height = axis(at), bottom - value * scale
        if x - points[-1][0] >= 0.5:
            points.append((x, points[-1][1]))
        points.append((x, height))
    return [p for n, p in enumerate(points) if n + 1 == len(points) or points[n + 1] != p]


def waterfall_html(waterfall: Waterfall) -> str:
    """The picture with a line of figures above and the moments as a table below; no script."""
    return (
        f'<div style="{FRAME}"><div style="margin-bottom:6px"><b>Waterfall of turn '
        f'{waterfall.turn}</b> <span style="opacity:.7">{escape(waterfall.headline)}</span></div>'
        f"{waterfall.svg()}"
        '<details style="margin-top:4px"><summary style="cursor:pointer">moments, their '
        f"definitions and uncertainty</summary>{_moments_table(waterfall)}</details></div>"
    )


def _moments_table(waterfall: Waterfall) -> str:
    rows = "".join(
        f'<tr><td style="{CELL}">{escape(moment.label)}</td>'
        f'<td style="{FIGURE}">{escape(ms(at))}</td>'
        f'<td style="{CELL}">{escape(moment.definition)}</td>'
        f'<td style="{CELL};opacity:.75">{escape(moment.uncertainty)}</td></tr>'
        for moment in MOMENTS
        if (at := waterfall.moments[moment.name]) is not None
    )
    heads = ("moment", "at", "definition", "uncertainty")
    head = "".join(f'<th style="{FIGURE if name == "at" else CELL}">{name}</th>' for name in heads)
    return f'<table style="{TABLE}"><tr>{head}</tr>{rows}</table>'


def waterfall_text(waterfall: Waterfall) -> str:
    """The steps as lines of text, with bars."""
    zero = waterfall.zero_label
    widest = max([len(step.label) for step in waterfall.steps] + [len(zero)])
    lines = [f"Waterfall of turn {waterfall.turn}: {waterfall.headline}"]
    lines.append(f"  {zero:<{widest}}  {ms(0):>12}")
    for step in waterfall.steps:
        bar = _text_bar(step.at - step.seconds, step.at, waterfall.seconds)
        lines.append(f"  {step.label:<{widest}}  {ms(step.at):>12}  {ms(step.seconds):>12}  {bar}")
    return "\n".join(lines)


def _text_bar(begin: float, end: float, whole: float, width: int = 32) -> str:
    if not whole:
        return ""
    first, last = round(width * begin / whole), round(width * end / whole)
    return " " * min(first, width - 1) + "▇" * max(last - first, 1) if end > begin else ""
