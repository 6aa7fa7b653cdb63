"""A lint report as HTML that needs no script, for light and dark pages."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from ...protocol import Finding
from ..entry import LogEntry
from ..html_parts import ARROWS, html_table
from .findings_html import FindingHtml, findings_html

if TYPE_CHECKING:
    from .lint import LintReport

__all__ = ["report_html"]


def report_html(report: LintReport) -> str:
    """The findings as a table; each unfolds to why it matters and the events that show it."""

    def shown(finding: Finding) -> FindingHtml:
        events = (_event(report, entry) for entry in report.entries(finding))
        return FindingHtml(f"{finding.seconds:,.3f}", below=html_table("rllr", (), events))

    of, heads = f"{report.events:,} events", ("s", "severity", "what happened")
    return findings_html("Lint", of, report, shown, side="r", heads=heads)


def _event(report: LintReport, entry: LogEntry) -> tuple[str, ...]:
    arrow, colour, word = ARROWS[entry.direction]
    return (
        f"{report.log.elapsed(entry):,.3f} s",
        f'<span title="{word}" style="color:{colour};font-weight:bold">{arrow}</span>',
        f"<code>{escape(entry.type or '?')}</code>",
        f"event {entry.seq:,}",
    )
