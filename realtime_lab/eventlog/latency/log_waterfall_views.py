"""The waterfall of a log as text, picture and HTML."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from html import escape

import numpy as np

from .log_waterfall import PERCENTILES_TOLD, Distribution, LogWaterfall
from .picture import Axis, Picture, round_up
from .waterfall import Who
from .waterfall_views import CELL, COLOURS, FIGURE, FRAME, TABLE, WHO

__all__ = ["log_waterfall_html", "log_waterfall_picture", "log_waterfall_text", "turns_told"]

_WIDTH = 760.0
_LEFT, _RIGHT = 500.0, 746.0
_COLUMNS: tuple[tuple[str, float, Callable[[Distribution], float | None]], ...] = (
    ("least", 264.0, lambda d: d.least),
    ("p50", 320.0, lambda d: d.p50),
    ("p95", 376.0, lambda d: d.p95),
    ("p99", 432.0, lambda d: d.p99),
    ("most", 488.0, lambda d: d.most),
)
_COUNT = 206.0
_ROW = 22.0
_DOTS = 150
"""Turns of which each is drawn; more of them as a histogram."""
_LEAST_FOR_ALL = 100
"""Turns from which on all percentiles are told."""
_BARS = 180
"""Bars of turns side by side; more turns share them."""
_COLOURED: dict[str, Who] = {
    "speech_end_to_stopped": "detection",
    "tool_called_to_answered": "tool",
    "first_audio_to_played": "playback",
}


def log_waterfall_picture(waterfall: LogWaterfall) -> Picture:
    """Above, the stages on one axis; below, turn after turn, the wait, tokens and cost."""
    picture = Picture(_WIDTH)
    y = _draw_distributions(picture, waterfall, 12.0)
    if len(waterfall.turns):
        y = _draw_turns(picture, waterfall, y + 26.0)
    picture.height = y
    return picture


def _draw_distributions(picture: Picture, waterfall: LogWaterfall, y: float) -> float:
    shown = [d for d in waterfall.distributions if d.stage.kind != "length"]
    axis = Axis(0.0, _end_of_axis(shown), _LEFT, _RIGHT)
    picture.text(0, y, "stage", size=11, quiet=True)
    picture.text(_COUNT, y, "turns", anchor="end", size=11, quiet=True)
    for name, x, _ in _COLUMNS:
        picture.text(x, y, name, anchor="end", size=11, quiet=True)
    top = y + 6
    y += 2
    for kind in ("step", "sum"):
        for one in (d for d in shown if d.stage.kind == kind):
            y += _ROW
            _draw_row(picture, one, axis, y)
        y += 6
    axis.draw(picture, top, y)
    return y + 20


def _end_of_axis(shown: Sequence[Distribution]) -> float:
    """All values, but for what few turns would make unreadable."""
    most = max((d.most or 0.0 for d in shown), default=0.0)
    usual = max((float(np.percentile(d.values, 95)) for d in shown), default=0.0)
    return min(most, 2.5 * usual) * 1.02 or 0.001


def _draw_row(picture: Picture, one: Distribution, axis: Axis, y: float) -> None:
    bold = one.stage.kind == "sum"
    picture.text(0, y, one.stage.short_label, bold=bold, size=11.5)
    picture.text(_COUNT, y, f"{one.count:,}", anchor="end", size=11.5, quiet=True)
    for name, x, read in _COLUMNS:
        picture.text(x, y, _shown(read(one)), anchor="end", size=11.5, bold=name == "p50")
    colour = COLOURS[_COLOURED.get(one.stage.name, "service")]
    middle = y - 4
    if one.count <= _DOTS:
        for value in one.values:
            picture.bar(axis(value) - 1.5, middle - 5, 3, 10, colour, opacity=0.45)
    else:
        _draw_histogram(picture, one, axis, y, colour)
    for value, width in ((one.p50, 2.0), (one.p95, 1.2)):
        if value is not None:
            picture.line([(axis(value), middle - 8), (axis(value), middle + 8)], width=width)
    beyond = int(np.count_nonzero(one.values > axis.high))
    if beyond:
        picture.text(_RIGHT + 3, y, "›", size=12, quiet=True)


def _draw_histogram(picture: Picture, one: Distribution, axis: Axis, y: float, colour: str) -> None:
    counts, edges = np.histogram(np.minimum(one.values, axis.high), 70, (0.0, axis.high))
    tallest = counts.max() or 1
    for count, begin, end in zip(counts, edges[:-1], edges[1:], strict=True):
        if count:
            height = max(1.0, 15 * count / tallest)
            width = axis(end) - axis(begin) - 0.4
            picture.bar(axis(begin), y + 3 - height, width, height, colour, opacity=0.75)


def _shown(seconds: float | None) -> str:
    return "–" if seconds is None else f"{1000 * seconds:,.1f}"


def _draw_turns(picture: Picture, waterfall: LogWaterfall, y: float) -> float:
    parts, left_out = _parts_of_the_wait(waterfall)
    groups = _groups(len(waterfall.turns))
    heights: dict[Who, np.ndarray] = {
        who: _medians(values, groups) for who, values in parts.items()
    }
    most = float(np.nanmax(sum(np.nan_to_num(h) for h in heights.values()), initial=0.001))
    picture.text(0, y, "turn after turn", bold=True)
    shared = "" if len(groups) == len(waterfall.turns) else f", medians of {len(groups[0])} turns"
    picture.text(104, y, f"the wait for the first sound{shared}", size=11, quiet=True)
    left, right, tall = 46.0, _RIGHT, 96.0
    top, bottom = y + 24, y + 24 + tall
    scale = Axis(0.0, most, bottom, top)
    for value in scale.ticks(4):
        picture.line([(left, scale(value)), (right, scale(value))], opacity=0.15)
        shown = f"{1000 * value:,.0f}"
        picture.text(left - 6, scale(value) + 4, shown, anchor="end", size=10.5, quiet=True)
    picture.text(left - 6, top - 6, "ms", anchor="end", size=10.5, quiet=True)
    width = (right - left) / len(groups)
    bar = min(width * 0.8, 26.0)
    for n, group in enumerate(groups):
        x, level = left + width * (n + 0.5) - bar / 2, bottom
        told = _group_told(waterfall, group)
        for who, values in heights.items():
            height = bottom - scale(float(np.nan_to_num(values[n])))
            if height > 0:
                level -= height
                picture.bar(x, level, bar, height, COLOURS[who], title=told)
    picture.legend([(COLOURS[who], WHO[who]) for who in heights], y, to=_RIGHT)
    y = _draw_used(picture, waterfall, groups, (left, right, bar), bottom + 12)
    return _draw_numbers(picture, waterfall, groups, (left, right), y, left_out)


def _parts_of_the_wait(waterfall: LogWaterfall) -> tuple[dict[Who, np.ndarray], int]:
    """Who was waited for how long up to the first sound, and the turns where nobody knows."""
    stages = waterfall.stages
    heard = _first_known(stages, "speech_end_to_played", "request_to_played")
    came = _first_known(stages, "speech_end_to_first_audio", "request_to_first_audio")
    whole = np.where(np.isnan(heard), came, heard)
    silence = np.where(np.isnan(whole), np.nan, np.nan_to_num(stages["speech_end_to_stopped"]))
    tools = np.nan_to_num(stages["tool_called_to_answered"])
    playback = np.nan_to_num(heard - came)
    tools = np.minimum(tools, np.nan_to_num(came))
    service = whole - silence - tools - playback
    parts: dict[Who, np.ndarray] = {
        "detection": silence,
        "service": np.maximum(service, 0.0),
        "tool": np.where(np.isnan(whole), np.nan, tools),
        "playback": np.where(np.isnan(whole), np.nan, playback),
    }
    shown: dict[Who, np.ndarray] = {who: part for who, part in parts.items() if np.nansum(part) > 0}
    return shown, int(np.count_nonzero(np.isnan(whole)))


def _first_known(stages: Mapping[str, np.ndarray], name: str, otherwise: str) -> np.ndarray:
    return np.where(np.isnan(stages[name]), stages[otherwise], stages[name])


def _groups(count: int) -> list[range]:
    """Turns by their place, in groups that have a bar each."""
    size = -(-count // _BARS)
    return [range(n, min(n + size, count)) for n in range(0, count, size)]


def _medians(values: np.ndarray, groups: list[range]) -> np.ndarray:
    found = np.full(len(groups), np.nan)
    for n, group in enumerate(groups):
        known = values[group.start : group.stop]
        known = known[~np.isnan(known)]
        if len(known):
            found[n] = np.median(known)
    return found


def _group_told(waterfall: LogWaterfall, group: range) -> str:
    first, last = waterfall.turns[group.start], waterfall.turns[group.stop - 1]
    return f"turn {first}" if first == last else f"turns {first} to {last}"


def _draw_used(
    picture: Picture,
    waterfall: LogWaterfall,
    groups: list[range],
    place: tuple[float, float, float],
    y: float,
) -> float:
    """Tokens of each turn, and dollars as they add up."""
    left, right, bar = place
    tall = 44.0
    tokens = np.array([waterfall.tokens[g.start : g.stop].mean() for g in groups])
    paid = np.cumsum(np.nan_to_num(waterfall.dollars))
    tallest, total = float(tokens.max()) or 1.0, float(paid[-1]) or 1.0
    width = (right - left) / len(groups)
    for n, (group, used) in enumerate(zip(groups, tokens, strict=True)):
        height = tall * used / tallest
        told = f"{_group_told(waterfall, group)}: {used:,.0f} tokens"
        x = left + width * (n + 0.5) - bar / 2
        picture.bar(x, y + tall - height, bar, height, opacity=0.28, title=told)
    line = [
        (left + width * (n + 0.5), y + tall - tall * paid[group.stop - 1] / total)
        for n, group in enumerate(groups)
    ]
    picture.line([(left, y + tall), *line], "#c2578f", width=1.8)
    picture.line([(left, y + tall), (right, y + tall)], opacity=0.35)
    picture.text(left - 6, y + 9, f"{tallest:,.0f}", anchor="end", size=10.5, quiet=True)
    picture.text(left - 6, y + tall, "0", anchor="end", size=10.5, quiet=True)
    return y + tall


def _draw_numbers(
    picture: Picture,
    waterfall: LogWaterfall,
    groups: list[range],
    place: tuple[float, float],
    y: float,
    left_out: int,
) -> float:
    left, right = place
    width = (right - left) / len(groups)
    every = max(1, int(round_up(len(groups) / 14)))
    for n in range(0, len(groups), every):
        number = f"{waterfall.turns[groups[n].start]:,}"
        x = left + width * (n + 0.5)
        picture.text(x, y + 14, number, anchor="middle", size=10.5, quiet=True)
    picture.text(left - 6, y + 14, "turn", anchor="end", size=10.5, quiet=True)
    unknown = int(np.count_nonzero(np.isnan(waterfall.dollars)))
    cost = f"${np.nansum(waterfall.dollars):,.4f}" + (f" and {unknown} unknown" if unknown else "")
    y += 34
    picture.bar(0, y - 8, 9, 9, opacity=0.28)
    picture.text(14, y, f"tokens of a turn, {waterfall.tokens.sum():,} in all", size=11, quiet=True)
    picture.line([(222, y - 3), (234, y - 3)], "#c2578f", width=2)
    picture.text(239, y, f"cost, added up: {cost}", size=11, quiet=True)
    if left_out:
        told = "1 turn without a first sound" if left_out == 1 else f"{left_out} without a sound"
        picture.text(right, y, told, anchor="end", size=11, quiet=True)
    return y + 8


def log_waterfall_html(waterfall: LogWaterfall) -> str:
    """The picture, and all stages as a table; no script."""
    return (
        f'<div style="{FRAME}"><div style="margin-bottom:6px"><b>Latency</b> '
        f'<span style="opacity:.7">over {turns_told(waterfall)}, in ms · thick line: median, thin '
        f"line: p95</span></div>{waterfall.svg()}"
        '<details style="margin-top:4px"><summary style="cursor:pointer">all stages and their '
        f"definitions</summary>{_stages_table(waterfall)}"
        f'<div style="opacity:.75;font-size:12px">{escape(PERCENTILES_TOLD)}</div></details></div>'
    )


def _stages_table(waterfall: LogWaterfall) -> str:
    figures = ("turns", *(name for name, _, _ in _COLUMNS))
    head = f'<th style="{CELL}">stage</th>'
    head += "".join(f'<th style="{FIGURE}">{name}</th>' for name in figures)
    head += f'<th style="{CELL}">definition</th>'
    rows = []
    for one in waterfall.distributions:
        shown = [f"{one.count:,}", *(_shown(read(one)) for _, _, read in _COLUMNS)]
        rows.append(
            f'<tr><td style="{CELL}">{escape(one.stage.label)}</td>'
            + "".join(f'<td style="{FIGURE}">{text}</td>' for text in shown)
            + f'<td style="{CELL}">{escape(one.stage.definition)}</td></tr>'
        )
    return f'<table style="{TABLE}"><tr>{head}</tr>{"".join(rows)}</table>'


def log_waterfall_text(waterfall: LogWaterfall) -> str:
    """The stages as lines of text."""
    heads = ("turns", *(name for name, _, _ in _COLUMNS))
    lines = [f"Latency over {turns_told(waterfall)}, in ms"]
    if not waterfall.distributions:
        return f"{lines[0]}: no stage is known"
    widest = max(len(one.stage.label) for one in waterfall.distributions)
    lines.append(" " * (widest + 2) + "".join(f"{head:>10}" for head in heads))
    for one in waterfall.distributions:
        shown = [f"{one.count:,}", *(_shown(read(one)) for _, _, read in _COLUMNS)]
        lines.append(f"  {one.stage.label:<{widest}}" + "".join(f"{text:>10}" for text in shown))
    if max(one.count for one in waterfall.distributions) < _LEAST_FOR_ALL:
        lines.append("  (p95 is told from 20 turns on, p99 from 100)")
    return "\n".join(lines)


def turns_told(waterfall: LogWaterfall) -> str:
    """How many turns there are."""
    count = len(waterfall.turns)
    return f"{count:,} turn{'' if count == 1 else 's'}"
