"""A report on tools as HTML that needs no script, for light and dark pages."""

from __future__ import annotations

import re
from html import escape
from typing import TYPE_CHECKING

from ...eventlog import framed, html_table
from ..report_html import QUIET
from .finding import ToolFinding
from .pricing import ToolSize

if TYPE_CHECKING:
    from .report import ToolReport

__all__ = ["report_html"]

MOST_SHOWN = 100
_COLOURS = {"error": "#e5534b", "warning": "#c98a1b", "advice": "#2f81f7"}
_CHANGE = "white-space:pre-wrap;overflow-wrap:anywhere;margin:2px 0;font-size:12px"
_CODE = re.compile(r"`([^`]+)`")


def report_html(report: ToolReport) -> str:
    """The findings as a table; each unfolds to why it matters and what to write instead."""
    rows = [_row(finding) for finding in report.findings[:MOST_SHOWN]]
    more = len(report) - MOST_SHOWN
    rest = (
        f'<div style="{QUIET};padding:4px">… {more:,} more; <code>report.only(severity="error")'
        "</code> shows some of them …</div>"
        if more > 0
        else ""
    )
    heads = ("tool", "severity", "what")
    table = html_table("lll", heads, rows, wide=True) if rows else ""
    told = " · ".join(
        f'<span style="color:{_COLOURS[severity]};font-weight:600">{text}</span>'
        for severity, text in report.told.items()
    )
    of = "tool" if len(report.specs) == 1 else "tools"
    return framed(
        f'<div><b>Tools</b> <span style="{QUIET}">{len(report.specs)} {of}'
        f"</span> · {told or 'nothing found'}</div>{table}{rest}{_sizes(report)}"
    )


def _row(finding: ToolFinding) -> tuple[str, ...]:
    about = finding.about
    changes = "".join(
        f'<pre style="{_CHANGE}">{escape(change)}</pre>' for change in finding.changes
    )
    return (
        f'<code style="white-space:nowrap">{escape(finding.tool or "all")}</code>',
        f'<span style="color:{_COLOURS[finding.severity]};font-weight:600">'
        f"{finding.severity}</span>",
        f'<details><summary style="cursor:pointer">{escape(finding.message)}</summary>'
        f'<div style="margin:4px 0"><b>{_text(about.title)}</b> '
        f'<code style="{QUIET}">{about.id}</code> '
        f'<code style="{QUIET}">{escape(finding.json_path)}</code></div>'
        f"<div>{_text(about.why)}</div><div><b>Instead:</b> {_text(about.instead)}</div>{changes}"
        f'<div style="{QUIET}">Source: {_text(about.source)}.</div></details>',
    )


def _sizes(report: ToolReport) -> str:
    if not report.specs:
        return ""
    heads = ("tool", "tokens", "1,000 turns", "cached")
    table = html_table("lrrr", heads, map(_size_row, report.sizes))
    return (
        f'<details style="margin-top:4px"><summary style="cursor:pointer">{escape(report.price)}'
        f"</summary>{table}"
        f'<div style="{QUIET}">Four characters of JSON are taken for a token.</div></details>'
    )


def _size_row(size: ToolSize) -> tuple[str, ...]:
    return (
        f"<code>{escape(size.tool)}</code>",
        f"{size.tokens:,}",
        _dollars(size.dollars),
        _dollars(size.dollars_cached),
    )


def _dollars(amount: float | None) -> str:
    return "–" if amount is None else f"${1000 * amount:,.2f}"


def _text(markdown: str) -> str:
    return _CODE.sub(r"<code>\1</code>", escape(markdown))
