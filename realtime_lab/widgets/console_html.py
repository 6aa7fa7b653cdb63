"""The console where no browser runs it: what was said, as plain HTML."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from html import escape

from ..eventlog import Redaction
from .console_feed import Status
from .transcript import Line

__all__ = ["console_html", "console_text", "redacted"]

_SPEAKERS = {"user": "You", "assistant": "Model"}
_FRAME = (
    "max-width:760px;border:1px solid rgba(128,128,128,.4);border-radius:12px;padding:12px 16px;"
    "font-family:system-ui,sans-serif;font-size:14px;line-height:1.5"
)
_HEAD = "margin:0 0 8px;opacity:.75"
_ROW = "margin:6px 0"
_QUIET = "opacity:.6"


def redacted(lines: Iterable[Line], redaction: Redaction) -> list[Line]:
    """The lines as they may be saved in a notebook."""
    shown: list[Line] = []
    for line in lines:
        heard, rest = redaction.split(line.text, line.heard or 0)
        place = line.heard if line.heard is None else len(heard)
        shown.append(replace(line, text=heard + rest, heard=place))
    return shown


def console_html(status: Status, lines: Iterable[Line]) -> str:
    """A fragment that needs no script and no style sheet, for light and dark pages."""
    rows = "".join(_row(line) for line in lines)
    nothing = f'<p style="{_ROW};{_QUIET}">Nothing has been said yet.</p>'
    return (
        f'<div style="{_FRAME}"><p style="{_HEAD}">{escape(_heading(status))}</p>'
        f"{rows or nothing}</div>"
    )


def console_text(status: Status, lines: Iterable[Line]) -> str:
    """The same as plain text."""
    said = [f"{_SPEAKERS[line.role]}: {line.text}" for line in lines]
    return "\n".join([_heading(status), *said])


def _heading(status: Status) -> str:
    latency = status.latency_ms
    facts = [
        status.model or "Realtime session",
        status.voice,
        f"session {status.session}",
        "" if latency is None else f"{latency:.0f} ms to first audio",
    ]
    return " · ".join(fact for fact in facts if fact)


def _row(line: Line) -> str:
    text = escape(line.text) or "…"
    if line.state == "interrupted":
        heard = len(line.text) if line.heard is None else line.heard
        unheard = escape(line.text[heard:])
        text = escape(line.text[:heard])
        text += f'<s style="{_QUIET}">{unheard}</s> <i style="{_QUIET}">(interrupted)</i>'
    return f'<p style="{_ROW}"><b>{_SPEAKERS[line.role]}:</b> {text}</p>'
