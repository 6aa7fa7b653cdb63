"""Reports as HTML that needs no script, for light and dark pages."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from typing import NamedTuple

from ..eventlog import QUIET, framed, html_table
from .values import visible

__all__ = ["BAD", "GOOD", "Cell", "Head", "frame"]

GOOD, BAD = "#2da44e", "#e5534b"
_CODE = (
    "white-space:pre-wrap;word-break:break-word;margin:4px 0;padding:6px;border-radius:4px;"
    "background:rgba(128,128,128,.12);font-size:12px;text-align:left"
)
_MOST_IN_CELL = 160
_MOST_UNFOLDED = 4_000


class Head(NamedTuple):
    """The head of a column; one of ``code`` has plain text in its cells."""

    words: str
    number: bool = False
    code: bool = False


class Cell(NamedTuple):
    """A cell with a colour, or with more to unfold."""

    words: str
    colour: str = ""
    more: str = ""


def frame(
    title: str,
    told: str | Cell,
    heads: Sequence[Head],
    rows: Iterable[Sequence[str | Cell]],
    *,
    left_out: int = 0,
    notes: Sequence[str] = (),
) -> str:
    """A title, a sentence and a table; ``left_out`` is how many rows are not shown."""
    sides = "".join("r" if one.number else "l" for one in heads)
    cells = [[_cell(*pair) for pair in zip(heads, row, strict=True)] for row in rows]
    table = html_table(sides, [one.words for one in heads], cells, wide=True) if cells else ""
    rest = f'<div style="{QUIET}">… {left_out:,} more</div>' if left_out > 0 else ""
    below = "".join(f'<div style="{QUIET}">{escape(note)}</div>' for note in notes)
    html = framed(f"<div><b>{escape(title)}</b> · {_words(told)}</div>{table}{rest}{below}")
    # Half a character cannot be sent to a browser.
    return html.encode(errors="backslashreplace").decode()


def _cell(head: Head, cell: str | Cell) -> str:
    words = f"<code>{_words(visible(str(cell)))}</code>" if head.code else _words(cell)
    if isinstance(cell, Cell) and cell.more:
        words = (
            f'<details><summary style="cursor:pointer">{words}</summary>'
            f'<pre style="{_CODE}">{escape(cell.more[:_MOST_UNFOLDED])}</pre></details>'
        )
    return words


def _words(cell: str | Cell) -> str:
    text, colour = (cell, "") if isinstance(cell, str) else (cell.words, cell.colour)
    text = text if len(text) <= _MOST_IN_CELL else f"{text[:_MOST_IN_CELL]}…"
    shown = escape(text)
    return f'<span style="color:{colour};font-weight:600">{shown}</span>' if colour else shown
