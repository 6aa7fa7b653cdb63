"""Figures of matplotlib that a notebook shows."""

from __future__ import annotations

from io import BytesIO

from matplotlib.figure import Figure

__all__ = ["NotebookFigure"]


class NotebookFigure(Figure):
    """A figure that is seen where it is the value of a cell.

    Figures made without pyplot, which would keep each one, are only told in words there until
    pyplot has been used.
    """

    def _repr_png_(self) -> bytes:
        png = BytesIO()
        self.savefig(png, format="png")
        return png.getvalue()
