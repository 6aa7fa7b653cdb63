"""A lint report as HTML that needs no script, for light and dark pages."""

from __future__ import annotations

import re
from html import escape
from typing import TYPE_CHECKING

from ...protocol import Finding
from ..entry import LogEntry

if TYPE_CHECKING:
    from .lint import LintReport

__all__ = ["report_html"]

MOST_SHOWN = 100
_ARROWS = {
    "sent": ("→", "#2f81f7", "sent"),
    "received": ("←", "#2da44e", "received"),
    "local": ("•", "#a371f7", "here"),
}
_FRAME = (
    "font-size:13px;border:1px solid rgba(128,128,128,.35);border-radius:6px;padding:8px 12px;"
    "max-width:100%;overflow-x:auto"
)
_TABLE = (
    "table-layout:auto;border-collapse:collapse;width:100%;margin:4px 0;font:inherit;color:inherit"
)
_QUIET = "opacity:.65"
_NUMBER = "text-align:right;white-space:nowrap;font-variant-numeric:tabular-nums;padding:2px 8px"
_LEFT = "text-align:left;padding:2px 8px;vertical-align:top"
_COLOURS = {"error": "#e5534b", "warning": "#c98a1b", "advice": "#2f81f7"}
_RULE = "border-top:1px solid rgba(128,128,128,.2)"
_CODE = re.compile(r"`([^`]+)`")


def report_html(report: LintReport) -> str:
    """The findings as a table; each unfolds to why it matters and the events that show it."""
    rows = "".join(_row(report, finding) for finding in report.findings[:MOST_SHOWN])
    more = len(report) - MOST_SHOWN
    rest = (
        f'<div style="{_QUIET};padding:4px">… {more:,} more; <code>report.only(severity="error")'
        "</code> shows some of them …</div>"
        if more > 0
        else ""
    )
    head = (
        f'<thead><tr><th style="{_NUMBER}">s</th><th style="{_LEFT}">severity</th>'
        f'<th style="{_LEFT}">what happened</th></tr></thead>'
    )
    table = f'<table style="{_TABLE}">{head}<tbody>{rows}</tbody></table>' if rows else ""
    told = " · ".join(
        f'<span style="color:{_COLOURS[severity]};font-weight:600">{text}</span>'
        for severity, text in report.told.items()
    )
    return (
        f'<div style="{_FRAME}"><div><b>Lint</b> <span style="{_QUIET}">{report.events:,} events'
        f"</span> · {told or 'nothing found'}</div>{table}{rest}</div>"
    )


def _row(report: LintReport, finding: Finding) -> str:
    about = finding.about
    events = "".join(_event(report, entry) for entry in report.entries(finding))
    return (
        f'<tr style="{_RULE}"><td style="{_NUMBER};vertical-align:top">{finding.seconds:,.3f}</td>'
        f'<td style="{_LEFT};color:{_COLOURS[finding.severity]};font-weight:600">'
        f"{finding.severity}</td>"
        f'<td style="{_LEFT};width:99%"><details><summary style="cursor:pointer">'
        f"{escape(finding.message)}</summary>"
        f'<div style="margin:4px 0"><b>{_text(about.title)}</b> '
        f'<code style="{_QUIET}">{about.id}</code></div>'
        f"<div>{_text(about.why)}</div><div><b>Instead:</b> {_text(about.instead)}</div>"
        f'<table style="{_TABLE}">{events}</table></details></td></tr>'
    )


def _event(report: LintReport, entry: LogEntry) -> str:
    arrow, colour, word = _ARROWS[entry.direction]
    return (
        f'<tr><td style="{_NUMBER}">{report.log.elapsed(entry):,.3f} s</td>'
        f'<td title="{word}" style="color:{colour};font-weight:bold">{arrow}</td>'
        f'<td style="{_LEFT};width:99%"><code>{escape(entry.type or "?")}</code></td>'
        f'<td style="{_NUMBER}">event {entry.seq:,}</td></tr>'
    )


def _text(markdown: str) -> str:
    return _CODE.sub(r"<code>\1</code>", escape(markdown))
