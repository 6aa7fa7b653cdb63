"""A report on tools as HTML that needs no script, for light and dark pages."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from ...eventlog import QUIET, FindingHtml, findings_html, html_table, with_code
from .finding import ToolFinding
from .pricing import ToolSize

if TYPE_CHECKING:
    from .report import ToolReport

__all__ = ["report_html"]

_CHANGE = "white-space:pre-wrap;overflow-wrap:anywhere;margin:2px 0;font-size:12px"


def report_html(report: ToolReport) -> str:
    """The findings as a table; each unfolds to why it matters and what to write instead."""
    of = f"{len(report.specs)} {'tool' if len(report.specs) == 1 else 'tools'}"
    heads, sizes = ("tool", "severity", "what"), _sizes(report)
    return findings_html("Tools", of, report, _shown, side="l", heads=heads, below=sizes)


def _shown(finding: ToolFinding) -> FindingHtml:
    changes = "".join(
        f'<pre style="{_CHANGE}">{escape(change)}</pre>' for change in finding.changes
    )
    source = f'<div style="{QUIET}">Source: {with_code(finding.about.source)}.</div>'
    return FindingHtml(
        f'<code style="white-space:nowrap">{escape(finding.tool or "all")}</code>',
        beside=f' <code style="{QUIET}">{escape(finding.json_path)}</code>',
        below=changes + source,
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
