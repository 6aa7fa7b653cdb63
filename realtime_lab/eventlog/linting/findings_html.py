"""What rules found as HTML that needs no script, for light and dark pages."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import escape
from typing import NamedTuple

from ...protocol import About, Severity
from ..html_parts import QUIET, framed, html_table
from .findings import F, FindingsReport

__all__ = ["FindingHtml", "findings_html", "with_code"]

_MOST_SHOWN = 100
_COLOURS: dict[Severity, str] = {"error": "#e5534b", "warning": "#c98a1b", "advice": "#2f81f7"}
_CODE = re.compile(r"`([^`]+)`")


class FindingHtml(NamedTuple):
    """HTML of a finding: its first cell, and what stands beside and below the words of its rule."""

    first: str
    beside: str = ""
    below: str = ""


def findings_html(
    title: str,
    of: str,
    report: FindingsReport[F],
    shown: Callable[[F], FindingHtml],
    *,
    side: str,
    heads: tuple[str, str, str],
    below: str = "",
) -> str:
    """The findings as a table; each unfolds to why it matters and what to do instead.

    ``of`` says what was looked at, ``side`` is that of the first column, as in `html_table`.
    """
    rows = [_row(one.about, one.message, shown(one)) for one in report[:_MOST_SHOWN]]
    table = html_table(f"{side}ll", heads, rows, wide=True) if rows else ""
    more = len(report) - _MOST_SHOWN
    rest = (
        f'<div style="{QUIET};padding:4px">… {more:,} more; <code>report.only(severity="error")'
        "</code> shows some of them …</div>"
        if more > 0
        else ""
    )
    told = " · ".join(_coloured(severity, text) for severity, text in report.told.items())
    return framed(
        f'<div><b>{title}</b> <span style="{QUIET}">{of}</span> · {told or "nothing found"}</div>'
        f"{table}{rest}{below}"
    )


def with_code(markdown: str) -> str:
    """HTML of a line whose code stands in backticks."""
    return _CODE.sub(r"<code>\1</code>", escape(markdown))


def _row(about: About, message: str, shown: FindingHtml) -> tuple[str, str, str]:
    return (
        shown.first,
        _coloured(about.severity, about.severity),
        f'<details><summary style="cursor:pointer">{escape(message)}</summary>'
        f'<div style="margin:4px 0"><b>{with_code(about.title)}</b> '
        f'<code style="{QUIET}">{about.id}</code>{shown.beside}</div>'
        f"<div>{with_code(about.why)}</div>"
        f"<div><b>Instead:</b> {with_code(about.instead)}</div>{shown.below}</details>",
    )


def _coloured(severity: Severity, text: str) -> str:
    return f'<span style="color:{_COLOURS[severity]};font-weight:600">{text}</span>'
