"""A lint report as HTML that needs no script, for light and dark pages."""

from __future__ import annotations

import re
from html import escape
from typing import TYPE_CHECKING

from ...protocol import Finding
from ..entry import LogEntry
from ..html_parts import framed, html_table

if TYPE_CHECKING:
    from .lint import LintReport

__all__ = ["report_html"]

MOST_SHOWN = 100
_ARROWS = {
    "sent": ("→", "#2f81f7", "sent"),
    "received": ("←", "#2da44e", "received"),
    "local": ("•", "#a371f7", "here"),
}
_QUIET = "opacity:.65"
_COLOURS = {"error": "#e5534b", "warning": "#c98a1b", "advice": "#2f81f7"}
_CODE = re.compile(r"`([^`]+)`")


def report_html(report: LintReport) -> str:
    """The findings as a table; each unfolds to why it matters and the events that show it."""
    rows = [_row(report, finding) for finding in report.findings[:MOST_SHOWN]]
    more = len(report) - MOST_SHOWN
    rest = (
        f'<div style="{_QUIET};padding:4px">… {more:,} more; <code>report.only(severity="error")'
        "</code> shows some of them …</div>"
        if more > 0
        else ""
    )
    heads = ("s", "severity", "what happened")
    table = html_table("rll", heads, rows, wide=True) if rows else ""
    told = " · ".join(
        f'<span style="color:{_COLOURS[severity]};font-weight:600">{text}</span>'
        for severity, text in report.told.items()
    )
    return framed(
        f'<div><b>Lint</b> <span style="{_QUIET}">{report.events:,} events'
        f"</span> · {told or 'nothing found'}</div>{table}{rest}"
    )


def _row(report: LintReport, finding: Finding) -> tuple[str, ...]:
    about = finding.about
    events = html_table("rllr", (), (_event(report, entry) for entry in report.entries(finding)))
    return (
        f"{finding.seconds:,.3f}",
        f'<span style="color:{_COLOURS[finding.severity]};font-weight:600">'
        f"{finding.severity}</span>",
        f'<details><summary style="cursor:pointer">{escape(finding.message)}</summary>'
        f'<div style="margin:4px 0"><b>{_text(about.title)}</b> '
        f'<code style="{_QUIET}">{about.id}</code></div>'
        f"<div>{_text(about.why)}</div><div><b>Instead:</b> {_text(about.instead)}</div>"
        f"{events}</details>",
    )


def _event(report: LintReport, entry: LogEntry) -> tuple[str, ...]:
    arrow, colour, word = _ARROWS[entry.direction]
    return (
        f"{report.log.elapsed(entry):,.3f} s",
        f'<span title="{word}" style="color:{colour};font-weight:bold">{arrow}</span>',
        f"<code>{escape(entry.type or '?')}</code>",
        f"event {entry.seq:,}",
    )


def _text(markdown: str) -> str:
    return _CODE.sub(r"<code>\1</code>", escape(markdown))
