"""An event log as a static table: no script, readable on light and dark pages."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from html import escape
from typing import TYPE_CHECKING

from ..protocol import (
    ErrorEvent,
    FunctionCallArgumentsDelta,
    FunctionCallArgumentsDone,
    InputAudioBufferAppend,
    InputTranscriptionCompleted,
    InputTranscriptionDelta,
    OutputAudioDelta,
    OutputTextDelta,
    OutputTextDone,
    OutputTranscriptDelta,
    OutputTranscriptDone,
    ResponseCreated,
    ResponseDone,
    UnknownEvent,
    item_text,
    shortfall,
)
from .entry import LogEntry, Mark, item_id_of, response_id_of

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

_STREAMED = (
    InputAudioBufferAppend,
    OutputAudioDelta,
    OutputTranscriptDelta,
    OutputTextDelta,
    InputTranscriptionDelta,
    FunctionCallArgumentsDelta,
)
_AUDIO = (InputAudioBufferAppend, OutputAudioDelta)


@dataclass(slots=True)
class _Row:
    """One event, or a run of events of a stream."""

    entries: list[LogEntry] = field(default_factory=list)

    @property
    def first(self) -> LogEntry:
        return self.entries[0]


def fold(entries: Iterable[LogEntry]) -> list[_Row]:
    """Rows of a table: pieces of a stream (deltas, appends) between two other events are one."""
    rows: list[_Row] = []
    open_rows: dict[tuple[str, str], _Row] = {}
    for entry in entries:
        if not isinstance(entry.event, _STREAMED):
            open_rows.clear()
            rows.append(_Row([entry]))
            continue
        key = (entry.direction, entry.type)
        if key not in open_rows:
            open_rows[key] = _Row()
            rows.append(open_rows[key])
        open_rows[key].entries.append(entry)
    return rows


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
    words = escape(_shortened(_words(row)))
    if len(row.entries) > 1 or isinstance(row.first.event, _AUDIO):
        return words
    text = row.first.data[: _JSON_SHOWN * 4].decode(errors="replace")
    more = " …" if len(text) > _JSON_SHOWN or row.first.size > _JSON_SHOWN * 4 else ""
    return (
        f'<details><summary style="cursor:pointer">{words or "JSON"}</summary>'
        f'<pre style="{_CODE}">{escape(text[:_JSON_SHOWN])}{more}</pre></details>'
    )


def _shortened(words: str) -> str:
    return words if len(words) <= _WORDS_SHOWN else words[: _WORDS_SHOWN - 1] + "…"


def _words(row: _Row) -> str:
    """What was said or went wrong, in a few words."""
    event = row.first.event
    match event:
        case InputAudioBufferAppend() | OutputAudioDelta():
            heard = sum(_audio_bytes(e) for e in row.entries)
            return f"{heard:,} bytes of audio"
        case ErrorEvent():
            return event.error.message
        case UnknownEvent():
            return f"not understood: {event.problem}"
        case Mark():
            return ", ".join(f"{name}={value}" for name, value in event.data.items())
        case OutputTranscriptDone() | InputTranscriptionCompleted():
            return event.transcript
        case OutputTextDone():
            return event.text
        case FunctionCallArgumentsDone():
            return f"{event.name or ''} {event.arguments}".strip()
        case ResponseCreated() | ResponseDone():
            lack = shortfall(event.response)
            told = f"{event.response.id} {event.response.status}"
            return f"{told}: {lack}" if lack else told
    if isinstance(event, _STREAMED):
        return "".join(getattr(e.event, "delta", None) or "" for e in row.entries)
    item = getattr(event, "item", None)
    if item is not None:
        return item_text(item) or str(getattr(item, "name", "") or "") or str(item.id or "")
    return item_id_of(event) or response_id_of(event) or ""


def _audio_bytes(entry: LogEntry) -> int:
    event = entry.event
    if isinstance(event, InputAudioBufferAppend):
        return len(event.audio)
    return len(event.delta) if isinstance(event, OutputAudioDelta) else 0
