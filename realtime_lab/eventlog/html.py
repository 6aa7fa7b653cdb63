"""An event log and answers from it as static tables: no script, readable on any page."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from html import escape
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from .entry import Direction, LogEntry
from .html_parts import ARROWS, QUIET
from .tables.words import Runs, audio_bytes_of, joined, shortened, words_of

if TYPE_CHECKING:
    from .log import EventLog
    from .tables.index import EventIndex
    from .tables.table import Table

__all__ = ["events_html", "log_table", "table_html"]

_HEAD_ROWS, _TAIL_ROWS = 40, 20
_ENTRIES_LOOKED_AT = 4_000
_JSON_SHOWN = 1_200
_WORDS_SHOWN = 90

_FRAME = (
    "font-size:12px;border:1px solid rgba(128,128,128,.35);border-radius:6px;"
    "padding:8px 10px;max-width:100%;overflow-x:auto"
)
_TABLE = (
    "table-layout:auto;border-collapse:collapse;width:100%;margin-top:6px;"
    "font:inherit;color:inherit"
)
_NUMBER = "text-align:right;white-space:nowrap;font-variant-numeric:tabular-nums;padding:2px 8px"
_ARROW = "font-weight:bold;vertical-align:top"
_LEFT = "text-align:left;padding:2px 8px;vertical-align:top"
_CODE = (
    "white-space:pre-wrap;word-break:break-all;margin:4px 0;padding:6px;border-radius:4px;"
    "background:rgba(128,128,128,.12);font-size:11px"
)


class _Line(NamedTuple):
    """A row to show. ``json`` is empty where there is none to unfold."""

    at: float
    direction: Direction
    type: str
    words: str
    size: int
    pieces: int
    until: float
    json: str


def log_table(log: EventLog) -> str:
    """The log as HTML of bounded size: the first and last rows where there are many."""
    total = len(log)
    if total <= 2 * _ENTRIES_LOOKED_AT:
        lines = _folded(log.shown(), log.start)
        head, tail = lines, []
        if len(lines) > _HEAD_ROWS + _TAIL_ROWS:
            head, tail = lines[:_HEAD_ROWS], lines[-_TAIL_ROWS:]
    else:
        head = _folded(log.shown(log[:_ENTRIES_LOOKED_AT]), log.start)[:_HEAD_ROWS]
        # Begun well before what is looked at: a number may be cut by the beginning.
        end = log.shown(log[-2 * _ENTRIES_LOOKED_AT :])[-_ENTRIES_LOOKED_AT:]
        tail = _folded(end, log.start)[-_TAIL_ROWS:]
    notes = "".join(f"<div><b>Note:</b> {escape(note)}</div>" for note in log.notes)
    told = (
        f"{total:,} events · {escape(log.dialect)} dialect · started "
        f"{log.started:%Y-%m-%d %H:%M:%S} UTC"
    )
    return _listing("Event log", told, notes, head, tail, total)


def events_html(seqs: Sequence[int] | np.ndarray, total: int, index: EventIndex) -> str:
    """Some events of a log of ``total``: the first and last ones where there are many."""
    parts = [seqs, seqs[:0]]
    if len(seqs) > _HEAD_ROWS + _TAIL_ROWS:
        parts = [seqs[:_HEAD_ROWS], seqs[-_TAIL_ROWS:]]
    head, tail = ([*_unfolded(part, index)] for part in parts)
    return _listing("Events", f"{len(seqs):,} of {total:,}", "", head, tail, len(seqs))


def _listing(
    title: str, told: str, notes: str, head: Sequence[_Line], tail: Sequence[_Line], total: int
) -> str:
    body = [_line(line) for line in head]
    if tail:
        left_out = total - sum(line.pieces for line in (*head, *tail))
        body.append(
            f'<tr><td colspan="5" style="text-align:center;{QUIET};padding:4px">'
            f"… {left_out:,} events not shown; <code>log.events(…)</code> finds them …"
            "</td></tr>"
        )
        body.extend(_line(line) for line in tail)
    return (
        f'<div style="{_FRAME}"><div><b>{title}</b> <span style="{QUIET}">{told}</span></div>'
        f'{notes}<table style="{_TABLE}">'
        f'<thead><tr><th style="{_NUMBER}">ms</th><th></th><th style="{_LEFT}">event</th>'
        f'<th style="{_LEFT}">what</th><th style="{_NUMBER}">bytes</th></tr></thead>'
        f"<tbody>{''.join(body)}</tbody></table></div>"
    )


def _folded(entries: Iterable[LogEntry], start: float) -> list[_Line]:
    """Each run of pieces is one line."""
    found: dict[int, list[LogEntry]] = {}
    runs = Runs()
    for entry in entries:
        found.setdefault(runs.head(entry), []).append(entry)
    return [_line_of(run, start) for run in found.values()]


def _line_of(run: list[LogEntry], start: float) -> _Line:
    first = run[0]
    heard = [audio_bytes_of(entry.event) for entry in run]
    audio_bytes = None if None in heard else sum(count or 0 for count in heard)
    words = joined((words_of(entry.event) for entry in run), audio_bytes)
    json = ""
    if len(run) == 1 and audio_bytes is None:
        json = first.data[: 4 * _JSON_SHOWN].decode(errors="replace")
    return _Line(
        first.at - start,
        first.direction,
        first.type,
        words,
        sum(entry.size for entry in run),
        len(run),
        run[-1].at - start,
        json,
    )


def _unfolded(seqs: Sequence[int] | np.ndarray, index: EventIndex) -> Iterable[_Line]:
    if not len(seqs):
        return
    table = index.events(np.asarray(seqs, dtype=np.int64))
    for row in table:
        yield _Line(
            row["at"],
            row["direction"],
            row["type"],
            row["words"],
            row["size"],
            1,
            row["at"],
            row["event"] if row["audio_bytes"] is None else "",
        )


def _line(line: _Line) -> str:
    arrow, colour, word = ARROWS[line.direction]
    if line.type == "error":
        colour = "#e5534b"
    name = escape(line.type or "?")
    times = ""
    if line.pieces > 1:
        over = 1000 * (line.until - line.at)
        times = f' <span style="{QUIET}">× {line.pieces:,} in {over:,.0f} ms</span>'
    return (
        f'<tr style="border-top:1px solid rgba(128,128,128,.2)">'
        f'<td style="{_NUMBER};vertical-align:top">{1000 * line.at:,.1f}</td>'
        f'<td title="{word}" style="{_ARROW};color:{colour}">{arrow}</td>'
        f'<td style="{_LEFT};white-space:nowrap"><code>{name}</code>{times}</td>'
        f'<td style="{_LEFT};width:99%">{_what(line)}</td>'
        f'<td style="{_NUMBER};vertical-align:top">{line.size:,}</td></tr>'
    )


def _what(line: _Line) -> str:
    words = escape(shortened(line.words, _WORDS_SHOWN))
    if not line.json:
        return words
    more = " …" if len(line.json) > _JSON_SHOWN else ""
    return (
        f'<details><summary style="cursor:pointer">{words or "JSON"}</summary>'
        f'<pre style="{_CODE}">{escape(line.json[:_JSON_SHOWN])}{more}</pre></details>'
    )


def table_html(table: Table) -> str:
    """A table of bounded size: its first and last rows where there are many."""
    total = len(table)
    numbers = range(total)
    if total > _HEAD_ROWS + _TAIL_ROWS:
        numbers = (*range(_HEAD_ROWS), None, *range(total - _TAIL_ROWS, total))
    names = table.columns
    columns = [table[name] for name in names]
    styles = [_NUMBER if any(_is_number(v) for v in column[:20]) else _LEFT for column in columns]
    heads = "".join(
        f'<th style="{style}">{escape(name)}</th>'
        for name, style in zip(names, styles, strict=True)
    )
    body = []
    for number in numbers:
        if number is None:
            left_out = total - _HEAD_ROWS - _TAIL_ROWS
            cells = (
                f'<td colspan="{len(names)}" style="text-align:center;{QUIET};padding:4px">'
                f"… {left_out:,} rows not shown …</td>"
            )
        else:
            cells = "".join(
                f'<td style="{style};vertical-align:top">{_cell(column[number])}</td>'
                for column, style in zip(columns, styles, strict=True)
            )
        body.append(f'<tr style="border-top:1px solid rgba(128,128,128,.2)">{cells}</tr>')
    told = f"{total:,} row{'' if total == 1 else 's'}"
    return (
        f'<div style="{_FRAME}"><div style="{QUIET}">{told}</div>'
        f'<table style="{_TABLE}"><thead><tr>{heads}</tr></thead>'
        f"<tbody>{''.join(body)}</tbody></table></div>"
    )


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _cell(value: Any) -> str:
    match value:
        case None:
            return f'<span style="{QUIET}">–</span>'
        case bool():
            return "yes" if value else "no"
        case float():
            return f"{value:.6f}".rstrip("0").rstrip(".")
        case datetime():
            return escape(value.isoformat(sep=" ", timespec="milliseconds"))
    return escape(shortened(str(value), _WORDS_SHOWN))
