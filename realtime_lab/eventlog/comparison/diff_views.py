"""The differences of two logs as text, table and paired waterfalls. Texts are redacted."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from html import escape
from statistics import median
from typing import Any

from ..latency.latency import STAGES
from ..latency.picture import Axis, Picture, ms, signed
from ..latency.waterfall import Waterfall
from ..latency.waterfall_views import CELL, FIGURE, FRAME, TABLE
from .differences import Diff, Difference, TurnPair
from .words import word_changes

__all__ = ["MOST_TURNS", "diff_html", "diff_picture", "diff_text"]

_A, _B = "#3f83d8", "#d9762b"
MOST_TURNS = 12
"""Turns of which the waterfalls, or all differences, are shown."""
_WIDTH = 760.0
_LEFT, _RIGHT = 440.0, 746.0
_TOOK_A, _TOOK_B, _MORE = 238.0, 324.0, 410.0
_ROW = 22.0
_SHOWN = 240
"""Characters of a value."""
_INSERTED = "background:rgba(47,158,100,.25);text-decoration:none"
_DELETED = "background:rgba(209,72,63,.25)"
_COLUMNS = (58, 84, 176, 92, 92, 92)
"""Pixels of the columns of differences: kind, phase, what, both values, change."""
_FIXED = f"{TABLE};table-layout:fixed;width:100%"
_LABELS = {stage.name: stage.label for stage in STAGES}


# -- text -----------------------------------------------------------------------------------------


def diff_text(diff: Diff, *, most: int | None = None) -> str:
    """As lines of text: what was compared, then what differs, turn by turn, in so many turns."""
    lines = [_summary(diff)]
    sections = list(_sections(diff))
    for title, found in sections[:most]:
        lines.append(title)
        for one in found:
            what = _what(one)
            lines.append(f"  {one.kind:<8}{_phase(one):<11} {what}: {_change_text(one)}")
    if most is not None and len(sections) > most:
        lines.append(f"… and {len(sections) - most} more; print() shows all")
    return "\n".join(lines)


def _summary(diff: Diff) -> str:
    both = sum(1 for pair in diff.pairs if pair.a and pair.b)
    alone = len(diff.pairs) - both
    turns = f"{both} turn{'' if both == 1 else 's'} in both"
    turns += f", {alone} only in one" if alone else ""
    names = f"{diff.names[0]} and {diff.names[1]}"
    if not diff:
        return f"{names} differ in nothing ({turns})"
    kinds = ", ".join(f"{count} {kind}" for kind, count in diff.counts.items())
    near = f"; times within {diff.tolerance_ms:g} ms are the same" if diff.tolerance_ms else ""
    return f"{names}: {turns}; differences: {kinds}{near}"


def _sections(diff: Diff) -> Iterator[tuple[str, list[Difference]]]:
    if diff.outside:
        yield "outside of the turns", diff.outside
    for pair in diff.pairs:
        found = diff.between(pair)
        if found:
            yield _title(pair), found


def _title(pair: TurnPair) -> str:
    a, b = pair.numbers
    if a == b:
        return f"turn {a}"
    if b is None:
        return f"turn {a}, only in the first"
    return f"turn {b}, only in the second" if a is None else f"turn {a} and turn {b}"


def _phase(one: Difference) -> str:
    return "" if one.phase in ("turn", "session") else one.phase


def _what(one: Difference) -> str:
    return _LABELS.get(one.what, one.what) if one.kind == "timing" else one.what


def _change_text(one: Difference) -> str:
    if one.kind == "text":
        marks = {"=": "{}", "-": "[-{}-]", "+": "{{+{}+}}"}
        return " ".join(marks[sign].format(w) for sign, w in word_changes(one.a, one.b))
    told = f"{_value(one, one.a)} → {_value(one, one.b)}"
    return f"{told}  ({_more(one)})" if one.change is not None else told


def _value(one: Difference, value: Any) -> str:
    if value is None:
        return "–"
    if one.kind == "timing":
        return f"{value:,.1f} ms"
    if one.what == "cost in dollars":
        return f"${value:.6f}"
    text = f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else str(value)
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 1]}…"


def _more(one: Difference) -> str:
    change = one.change
    if change is None:
        return ""
    if one.kind == "timing":
        return f"{signed(change)} ms"
    if one.what == "cost in dollars":
        return signed(change, 6)
    return signed(change, 0 if isinstance(change, int) else 3)


# -- HTML -----------------------------------------------------------------------------------------


def diff_html(diff: Diff) -> str:
    """What was compared, how the stages changed, and the differences turn by turn; no script."""
    names = "".join(
        f'<span style="margin-right:14px"><span style="color:{colour}">■</span> {escape(name)}'
        "</span>"
        for name, colour in zip(diff.names, (_A, _B), strict=True)
    )
    body = [_stages_table(diff)]
    sections = list(_sections(diff))
    for number, (title, found) in enumerate(sections):
        if number == MOST_TURNS:
            left = len(sections) - number
            body.append(
                f'<div style="opacity:.7">… and {left} more; see <code>.table()</code></div>'
            )
            break
        body.append(_section(diff, title, found, is_open=number < 4))
    return (
        f'<div style="{FRAME}"><div><b style="margin-right:12px">Differences</b>{names}</div>'
        f'<div style="opacity:.75;margin:2px 0 6px">{escape(_summary(diff))}</div>'
        f"{''.join(body)}</div>"
    )


def _stages_table(diff: Diff) -> str:
    """How the stages changed over the turns that are in both."""
    rows = []
    both = [pair.latencies for pair in diff.pairs if pair.latencies is not None]
    for stage in STAGES:
        found = [(getattr(a, stage.name), getattr(b, stage.name)) for a, b in both]
        times = [(a, b) for a, b in found if a is not None and b is not None]
        changes = [1000 * (after - before) for before, after in times]
        if not any(abs(change) >= max(diff.tolerance_ms, 0.05) for change in changes):
            continue
        medians = [1000 * median(side) for side in zip(*times, strict=True)]
        figures = [f"{len(times)}", *(f"{m:,.1f}" for m in medians), signed(median(changes))]
        cells = "".join(f'<td style="{FIGURE}">{figure}</td>' for figure in figures)
        rows.append(f'<tr><td style="{CELL}">{escape(stage.label)}</td>{cells}</tr>')
    if not rows:
        return ""
    heads = ("turns", "median, ms", "median, ms", "median change")
    colours = ("", _A, _B, "")
    head = f'<th style="{CELL}">stage</th>' + "".join(
        f'<th style="{FIGURE}{f";color:{colour}" if colour else ""}">{name}</th>'
        for name, colour in zip(heads, colours, strict=True)
    )
    return f'<table style="{TABLE}"><tr>{head}</tr>{"".join(rows)}</table>'


def _section(diff: Diff, title: str, found: list[Difference], *, is_open: bool) -> str:
    pair = next((p for p in diff.pairs if p.numbers == (found[0].turn_a, found[0].turn_b)), None)
    picture = ""
    if pair is not None and any(one.kind == "timing" for one in found):
        drawn = Picture(_WIDTH)
        drawn.height = _draw_pair(drawn, pair, 12.0)
        picture = drawn.svg(f"Paired waterfalls of {title}")
    rows = "".join(
        f'<tr><td style="{CELL};opacity:.75">{one.kind}</td>'
        f'<td style="{CELL};opacity:.75">{escape(_phase(one))}</td>'
        f'<td style="{CELL}">{escape(_what(one))}</td>{_values(one)}</tr>'
        for one in found
        if one.kind != "timing"
    )
    columns = "".join(f'<col style="width:{width}px">' for width in _COLUMNS) + "<col>"
    table = f'<table style="{_FIXED}">{columns}{rows}</table>' if rows else ""
    state = " open" if is_open else ""
    count = f"{len(found)} difference{'' if len(found) == 1 else 's'}"
    return (
        f'<details style="margin-top:6px"{state}><summary style="cursor:pointer"><b>'
        f'{escape(title)}</b> <span style="opacity:.7">{count}</span></summary>'
        f"{picture}{table}</details>"
    )


def _values(one: Difference) -> str:
    if one.kind == "text":
        words = " ".join(_word(sign, text) for sign, text in word_changes(one.a, one.b))
        return f'<td style="{CELL}" colspan="4">{words}</td>'
    if one.change is not None:
        figures = (_value(one, one.a), _value(one, one.b), _more(one))
        return "".join(f'<td style="{FIGURE}">{escape(figure)}</td>' for figure in figures)
    shown = "".join(
        f'<div style="border-left:2px solid {colour};padding-left:6px;margin-bottom:2px">'
        f"{escape(_value(one, value))}</div>"
        for value, colour in ((one.a, _A), (one.b, _B))
    )
    return f'<td style="{CELL};overflow-wrap:anywhere" colspan="4">{shown}</td>'


def _word(sign: str, text: str) -> str:
    if sign == "=":
        return escape(text)
    tag, style = ("del", _DELETED) if sign == "-" else ("ins", _INSERTED)
    return f'<{tag} style="{style}">{escape(text)}</{tag}>'


# -- picture --------------------------------------------------------------------------------------


def diff_picture(diff: Diff) -> Picture:
    """The paired waterfalls of the first turns whose times differ, one below the other."""
    picture = Picture(_WIDTH)
    y = 12.0
    timed = {(one.turn_a, one.turn_b) for one in diff.of("timing")}
    pairs = [pair for pair in diff.pairs if pair.a and pair.b and pair.numbers in timed]
    if not pairs:
        picture.text(0, y, "no turn that is in both differs in its times", quiet=True)
        y += 8
    else:
        picture.legend(list(zip((_A, _B), diff.names, strict=True)), y)
        y += 26
    for pair in pairs[:MOST_TURNS]:
        picture.text(0, y, _title(pair), bold=True)
        y = _draw_pair(picture, pair, y + 18) + 14
    if len(pairs) > MOST_TURNS:
        picture.text(0, y, f"… and {len(pairs) - MOST_TURNS} more turns", quiet=True)
        y += 8
    picture.height = y
    return picture


def _draw_pair(picture: Picture, pair: TurnPair, y: float) -> float:
    falls = pair.waterfalls
    if falls is None:
        return y
    axis = Axis(0.0, max(*(fall.seconds for fall in falls), 0.001), _LEFT, _RIGHT)
    picture.text(0, y, f"step, after {falls[0].zero_label}", size=11, quiet=True)
    for x, name, colour in ((_TOOK_A, "took", _A), (_TOOK_B, "took", _B), (_MORE, "change", "")):
        picture.text(x, y, name, anchor="end", size=11, quiet=not colour, colour=colour)
    labels = _merged([[step.label for step in fall.steps] for fall in falls])
    bottom = y + _ROW * (len(labels) + 1) + 8
    axis.draw(picture, y + 6, bottom)
    y += 2
    for label in labels:
        y += _ROW
        _draw_step(picture, label, falls, axis, y)
    y += _ROW
    picture.text(0, y, "in all", bold=True)
    for x, fall in zip((_TOOK_A, _TOOK_B), falls, strict=True):
        picture.text(x, y, ms(fall.seconds), anchor="end", bold=True)
    change = falls[1].seconds - falls[0].seconds
    picture.text(_MORE, y, f"{signed(1000 * change)} ms", anchor="end", bold=True)
    return bottom + 20


def _draw_step(
    picture: Picture, label: str, falls: tuple[Waterfall, Waterfall], axis: Axis, y: float
) -> None:
    picture.text(0, y, label)
    steps = [next((s for s in fall.steps if s.label == label), None) for fall in falls]
    for step, x, colour, up in zip(steps, (_TOOK_A, _TOOK_B), (_A, _B), (9.0, 3.0), strict=True):
        picture.text(x, y, ms(step.seconds) if step else "–", anchor="end")
        if step is not None:
            begin, end = axis(step.at - step.seconds), axis(step.at)
            picture.bar(begin, y - up, max(end - begin, 1.5), 5.5, colour, title=ms(step.seconds))
    if steps[0] is not None and steps[1] is not None:
        change = steps[1].seconds - steps[0].seconds
        picture.text(_MORE, y, f"{signed(1000 * change)} ms", anchor="end", quiet=True)


def _merged(orders: Sequence[Sequence[str]]) -> list[str]:
    """The labels of both in one order."""
    first, second = orders
    merged: list[str] = []
    matcher = SequenceMatcher(None, first, second, autojunk=False)
    for _, a_from, a_to, b_from, b_to in matcher.get_opcodes():
        merged += [*first[a_from:a_to], *second[b_from:b_to]]
    return list(dict.fromkeys(merged))
