"""Small tables of figures, as plain text and as HTML that needs no script."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from html import escape

from ..eventlog import framed

__all__ = ["Table"]

_TABLE = "border-collapse:collapse;font:inherit;color:inherit;margin:4px 0"
_CELL = "padding:2px 10px;font-variant-numeric:tabular-nums"
_RULE = "border-top:1px solid rgba(128,128,128,.3)"
_STRONG = "color:#c0392b;font-weight:600"


@dataclass(frozen=True)
class Table:
    """``rows`` under ``heads``; all but the first ``words`` columns are figures, to the right.

    ``strong`` are the rows to be noticed, ``notes`` sentences below. The last row is a sum if
    ``summed``.
    """

    title: str
    heads: Sequence[str]
    rows: Sequence[Sequence[str]]
    words: int = 1
    notes: Sequence[str] = ()
    strong: Collection[int] = ()
    summed: bool = False

    def text(self) -> str:
        """As plain text."""
        widths = [
            max(len(row[column]) for row in (self.heads, *self.rows))
            for column in range(len(self.heads))
        ]
        lines = [self.title]
        for index, row in enumerate((self.heads, *self.rows), -1):
            cells = [
                cell.ljust(width) if column < self.words else cell.rjust(width)
                for column, (cell, width) in enumerate(zip(row, widths, strict=True))
            ]
            sign = "!" if index in self.strong else " "
            lines.append(f"{sign} {'  '.join(cells)}".rstrip())
        return "\n".join([*lines, *self.notes])

    def html(self) -> str:
        """As a block of HTML for light and dark pages."""
        head = "".join(self._cell("th", n, text) for n, text in enumerate(self.heads))
        body = "".join(self._row(index, row) for index, row in enumerate(self.rows))
        notes = "".join(f'<div style="opacity:.75">{escape(note)}</div>' for note in self.notes)
        return framed(
            f"<b>{escape(self.title)}</b>"
            f'<table style="{_TABLE}"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'
            f"{notes}",
            "display:inline-block",
        )

    def _row(self, index: int, row: Sequence[str]) -> str:
        style = _STRONG if index in self.strong else ""
        if self.summed and index == len(self.rows) - 1:
            style += f";{_RULE};font-weight:600"
        cells = "".join(self._cell("td", n, text) for n, text in enumerate(row))
        return f'<tr style="{style}">{cells}</tr>'

    def _cell(self, tag: str, column: int, text: str) -> str:
        side = "left" if column < self.words else "right"
        return f'<{tag} style="{_CELL};text-align:{side}">{escape(text)}</{tag}>'
