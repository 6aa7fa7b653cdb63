"""Parts of HTML that need no script and no style sheet, for light and dark pages."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

from .entry import Direction

__all__ = ["ARROWS", "QUIET", "framed", "html_table"]

QUIET = "opacity:.65"
"""The style of what is less important."""

ARROWS: dict[Direction, tuple[str, str, str]] = {
    "sent": ("→", "#2f81f7", "sent"),
    "received": ("←", "#2da44e", "received"),
    "local": ("•", "#a371f7", "here"),
}
"""Sign, colour and word of each direction of an entry."""

_FRAME = (
    "font-size:13px;border:1px solid rgba(128,128,128,.35);border-radius:6px;padding:8px 12px;"
    "max-width:100%;overflow-x:auto"
)
_TABLE = "border-collapse:collapse;margin:4px 0;font:inherit;color:inherit"
_RULE = "border-top:1px solid rgba(128,128,128,.2)"
_SIDES = {
    "l": "text-align:left;padding:2px 8px;vertical-align:top",
    "r": "text-align:right;white-space:nowrap;font-variant-numeric:tabular-nums;padding:2px 8px;"
    "vertical-align:top",
}


def framed(inner: str, style: str = "") -> str:
    """HTML within a thin border; ``style`` is added to that of the frame."""
    return f'<div style="{_FRAME};{style}">{inner}</div>'


def html_table(
    sides: str, heads: Sequence[str], rows: Iterable[Iterable[str]], *, wide: bool = False
) -> str:
    """A table whose cells are HTML, its heads plain text.

    ``sides`` has a letter for each column, as LaTeX has it: ``l`` for words, ``r`` for figures. A
    ``wide`` table fills the line.
    """

    def row(tag: str, cells: Iterable[str], style: str = "") -> str:
        placed = zip(sides, cells, strict=True)
        inner = "".join(f'<{tag} style="{_SIDES[side]}">{cell}</{tag}>' for side, cell in placed)
        return f'<tr style="{style}">{inner}</tr>'

    head = f"<thead>{row('th', map(escape, heads))}</thead>" if heads else ""
    body = "".join(row("td", cells, _RULE) for cells in rows)
    width = ";width:100%" if wide else ""
    return f'<table style="{_TABLE}{width}">{head}<tbody>{body}</tbody></table>'
