"""An event log as a static table: no script, readable on light and dark pages."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from html import escape
from typing import TYPE_CHECKING

from ..protocol import ErrorEvent
from .entry import LogEntry
from .words import Runs, audio_bytes_of, joined, shortened, words_of

if TYPE_CHECKING:
    from .log import EventLog

__all__ = ["log_table"]

_HEAD_ROWS, _TAIL_ROWS = 40, 20
_ENTRIES_LOOKED_AT = 4_000
_JSON_SHOWN = 1_200
_WORDS_SHOWN = 90

_ARROWS = {
    "sent": ("→", "#2f81f7", "sent"),
    "received": ("←", "#2da44e", "received"),
    "local": ("•", "#a371f7", "here"),
}
_FRAME = (
    "font-size:12px;border:1px solid rgba(128,128,128,.35);border-radius:6px;"
    "padding:8px 10px;max-width:100%;overflow-x:auto"
)
_TABLE = (
    "table-layout:auto;border-collapse:collapse;width:100%;margin-top:6px;"
    "font:inherit;color:inherit"
)
_QUIET = "opacity:.65"
_NUMBER = "text-align:right;white-space:nowrap;font-variant-numeric:tabular-nums;padding:2px 8px"
_ARROW = "font-weight:bold;vertical-align:top"
_LEFT = "text-align:left;padding:2px 8px;vertical-align:top"
_CODE = (
    "white-space:pre-wrap;word-break:break-all;margin:4px 0;padding:6px;border-radius:4px;"
    "background:rgba(128,128,128,.12);font-size:11px"
)


@dataclass(slots=True)
class _Row:
    """One event, or a run of events of a stream."""

    entries: list[LogEntry] = field(default_factory=list)

    @property
    def first(self) -> LogEntry:
        return self.entries[0]


def fold(entries: Iterable[LogEntry]) -> list[_Row]:
    """Rows of a table: each run of pieces is one."""
    rows: dict[int, _Row] = {}
    runs = Runs()
    for entry in entries:
        rows.setdefault(runs.head(entry), _Row()).entries.append(entry)
    return list(rows.values())


def log_table(log: EventLog) -> str:
    """The log as HTML of bounded size: the first and last rows where there are many."""
    total = len(log)
    if total <= 2 * _ENTRIES_LOOKED_AT:
        rows = fold(log.shown())
        head, tail = rows, []
        if len(rows) > _HEAD_ROWS + _TAIL_ROWS:
            head, tail = rows[:_HEAD_ROWS], rows[-_TAIL_ROWS:]
    else:
        head = fold(log.shown(log[:_ENTRIES_LOOKED_AT]))[:_HEAD_ROWS]
        # Begun well before what is looked at: a number may be cut by the beginning.
        tail = fold(log.shown(log[-2 * _ENTRIES_LOOKED_AT :])[-_ENTRIES_LOOKED_AT:])[-_TAIL_ROWS:]
    shown = sum(len(row.entries) for row in (*head, *tail))
    body = [_row(row, log.start) for row in head]
    if tail:
        body.append(
            f'<tr><td colspan="5" style="text-align:center;{_QUIET};padding:4px">'
            f"… {total - shown:,} events not shown; <code>log.events(…)</code> finds them …"
            "</td></tr>"
        )
        body.extend(_row(row, log.start) for row in tail)
    notes = "".join(f"<div><b>Note:</b> {escape(note)}</div>" for note in log.notes)
    return (
        f'<div style="{_FRAME}"><div><b>Event log</b> <span style="{_QUIET}">'
        f"{total:,} events · {escape(log.dialect)} dialect · started "
        f"{log.started:%Y-%m-%d %H:%M:%S} UTC</span></div>{notes}"
        f'<table style="{_TABLE}">'
        f'<thead><tr><th style="{_NUMBER}">ms</th><th></th><th style="{_LEFT}">event</th>'
        f'<th style="{_LEFT}">what</th><th style="{_NUMBER}">bytes</th></tr></thead>'
        f"<tbody>{''.join(body)}</tbody></table></div>"
    )


def _row(row: _Row, start: float) -> str:
    entry = row.first
    arrow, colour, word = _ARROWS[entry.direction]
    if isinstance(entry.event, ErrorEvent):
        colour = "#e5534b"
    name = escape(entry.type or "?")
    count = len(row.entries)
    size = sum(e.size for e in row.entries)
    times = ""
    if count > 1:
        over = 1000 * (row.entries[-1].at - entry.at)
        times = f' <span style="{_QUIET}">× {count:,} in {over:,.0f} ms</span>'
    return (
        f'<tr style="border-top:1px solid rgba(128,128,128,.2)">'
        f'<td style="{_NUMBER};vertical-align:top">{1000 * (entry.at - start):,.1f}</td>'
        f'<td title="{word}" style="{_ARROW};color:{colour}">{arrow}</td>'
        f'<td style="{_LEFT};white-space:nowrap"><code>{name}</code>{times}</td>'
        f'<td style="{_LEFT};width:99%">{_what(row)}</td>'
        f'<td style="{_NUMBER};vertical-align:top">{size:,}</td></tr>'
    )


def _what(row: _Row) -> str:
    words = escape(shortened(_words(row), _WORDS_SHOWN))
    if len(row.entries) > 1 or audio_bytes_of(row.first.event) is not None:
        return words
    text = row.first.data[: _JSON_SHOWN * 4].decode(errors="replace")
    more = " …" if len(text) > _JSON_SHOWN or row.first.size > _JSON_SHOWN * 4 else ""
    return (
        f'<details><summary style="cursor:pointer">{words or "JSON"}</summary>'
        f'<pre style="{_CODE}">{escape(text[:_JSON_SHOWN])}{more}</pre></details>'
    )


def _words(row: _Row) -> str:
    heard = [audio_bytes_of(entry.event) for entry in row.entries]
    audio_bytes = None if None in heard else sum(count or 0 for count in heard)
    return joined((words_of(entry.event) for entry in row.entries), audio_bytes)
