"""A report on tools as HTML that needs no script, for light and dark pages."""

from __future__ import annotations

import re
from html import escape
from typing import TYPE_CHECKING

from ..report_html import FRAME, LEFT, NUMBER, QUIET, RULE, TABLE
from .finding import ToolFinding
from .pricing import ToolSize

if TYPE_CHECKING:
    from .report import ToolReport

__all__ = ["report_html"]

MOST_SHOWN = 100
_SIZES = "border-collapse:collapse;margin:4px 0;font:inherit;color:inherit"
_COLOURS = {"error": "#e5534b", "warning": "#c98a1b", "advice": "#2f81f7"}
_CHANGE = "white-space:pre-wrap;overflow-wrap:anywhere;margin:2px 0;font-size:12px"
_CODE = re.compile(r"`([^`]+)`")


def report_html(report: ToolReport) -> str:
    """The findings as a table; each unfolds to why it matters and what to write instead."""
    rows = "".join(_row(finding) for finding in report.findings[:MOST_SHOWN])
    more = len(report) - MOST_SHOWN
    rest = (
        f'<div style="{QUIET};padding:4px">… {more:,} more; <code>report.only(severity="error")'
        "</code> shows some of them …</div>"
        if more > 0
        else ""
    )
    head = "".join(f'<th style="{LEFT}">{name}</th>' for name in ("tool", "severity", "what"))
    table = f'<table style="{TABLE}"><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>'
    told = " · ".join(
        f'<span style="color:{_COLOURS[severity]};font-weight:600">{text}</span>'
        for severity, text in report.told.items()
    )
    of = "tool" if len(report.specs) == 1 else "tools"
    return (
        f'<div style="{FRAME}"><div><b>Tools</b> <span style="{QUIET}">{len(report.specs)} {of}'
        f"</span> · {told or 'nothing found'}</div>{table if rows else ''}{rest}{_sizes(report)}"
        "</div>"
    )


def _row(finding: ToolFinding) -> str:
    about = finding.about
    changes = "".join(
        f'<pre style="{_CHANGE}">{escape(change)}</pre>' for change in finding.changes
    )
    return (
        f'<tr style="{RULE}"><td style="{LEFT};white-space:nowrap"><code>'
        f"{escape(finding.tool or 'all')}</code></td>"
        f'<td style="{LEFT};color:{_COLOURS[finding.severity]};font-weight:600">'
        f"{finding.severity}</td>"
        f'<td style="{LEFT};width:99%"><details><summary style="cursor:pointer">'
        f"{escape(finding.message)}</summary>"
        f'<div style="margin:4px 0"><b>{_text(about.title)}</b> '
        f'<code style="{QUIET}">{about.id}</code> '
        f'<code style="{QUIET}">{escape(finding.json_path)}</code></div>'
        f"<div>{_text(about.why)}</div><div><b>Instead:</b> {_text(about.instead)}</div>{changes}"
        f'<div style="{QUIET}">Source: {_text(about.source)}.</div></details></td></tr>'
    )


def _sizes(report: ToolReport) -> str:
    if not report.specs:
        return ""
    rows = "".join(map(_size_row, report.sizes))
    head = (
        f'<tr><th style="{LEFT}">tool</th><th style="{NUMBER}">tokens</th>'
        f'<th style="{NUMBER}">1,000 turns</th><th style="{NUMBER}">cached</th></tr>'
    )
    return (
        f'<details style="margin-top:4px"><summary style="cursor:pointer">{escape(report.price)}'
        f'</summary><table style="{_SIZES}"><thead>{head}</thead><tbody>{rows}</tbody></table>'
        f'<div style="{QUIET}">Four characters of JSON are taken for a token.</div></details>'
    )


def _size_row(size: ToolSize) -> str:
    return (
        f'<tr style="{RULE}"><td style="{LEFT}"><code>{escape(size.tool)}</code></td>'
        f'<td style="{NUMBER}">{size.tokens:,}</td>'
        f'<td style="{NUMBER}">{_dollars(size.dollars)}</td>'
        f'<td style="{NUMBER}">{_dollars(size.dollars_cached)}</td></tr>'
    )


def _dollars(amount: float | None) -> str:
    return "–" if amount is None else f"${1000 * amount:,.2f}"


def _text(markdown: str) -> str:
    return _CODE.sub(r"<code>\1</code>", escape(markdown))
