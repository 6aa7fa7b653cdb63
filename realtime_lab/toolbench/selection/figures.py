"""The figures of a measurement, drawn by matplotlib."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from .confusion import Confusion
from .selection import Selection
from .statistics import Share

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["confusion_figure", "selection_figure"]

_COLOURS = ("#4c78a8", "#f58518", "#54a24b", "#b279a2", "#e45756")
_CELL, _MARGIN = 0.62, 2.0
"""Inches of a cell of a confusion table, and of its labels."""


def confusion_figure(confusions: Mapping[str, Confusion]) -> Figure:
    """Confusion tables side by side, by the name of their set."""
    from ...eventlog import NotebookFigure

    widths = [_MARGIN + _CELL * max(1, len(one.called)) for one in confusions.values()]
    height = max(_MARGIN + _CELL * max(1, len(one.expected)) for one in confusions.values())
    figure = NotebookFigure(figsize=(sum(widths), height), layout="constrained")
    axes = figure.subplots(1, len(widths), squeeze=False, width_ratios=widths)[0]
    for axis, (name, confusion) in zip(axes, confusions.items(), strict=True):
        _draw_confusion(axis, name, confusion)
    return figure


def selection_figure(selections: Sequence[Selection]) -> Figure:
    """The confusion table of each set, and below the accuracy of each tool with each."""
    from ...eventlog import NotebookFigure

    tools = list(dict.fromkeys(f.name for one in selections for f in one.by_tool if f.right.trials))
    rows = [max(1, len(one.confusion.expected)) for one in selections]
    above, below = _MARGIN + _CELL * max(rows), 1.0 + 0.3 * (len(tools) + 1) * len(selections)
    width = sum(_MARGIN + _CELL * max(1, len(one.confusion.called)) for one in selections)
    figure = NotebookFigure(figsize=(max(6.0, width), above + below), layout="constrained")
    grid = figure.add_gridspec(2, len(selections), height_ratios=(above, below))
    for number, one in enumerate(selections):
        name = one.name if len(selections) > 1 else ""
        _draw_confusion(figure.add_subplot(grid[0, number]), name, one.confusion)
    _draw_accuracy(figure.add_subplot(grid[1, :]), tools, selections)
    return figure


def _draw_confusion(axis: Any, name: str, confusion: Confusion) -> None:
    rows, columns = confusion.expected, confusion.called
    axis.set_title(name or "calls by what was due", fontsize=10)
    if not rows:
        axis.text(0.5, 0.5, "nothing was judged", ha="center", va="center")
        axis.set_axis_off()
        return
    counts = np.array([[confusion[due, called] for called in columns] for due in rows])
    shares = counts / counts.sum(axis=1, keepdims=True)
    axis.imshow(shares, cmap="Blues", vmin=0, vmax=1, aspect="equal")
    for (row, column), count in np.ndenumerate(counts):
        if count:
            colour = "white" if shares[row, column] > 0.55 else "black"
            weight = "bold" if rows[row] == columns[column] else "normal"
            axis.text(
                column, row, str(count), ha="center", va="center", color=colour, weight=weight
            )
    axis.set_xticks(range(len(columns)), columns, rotation=40, ha="right", fontsize=8)
    axis.set_yticks(range(len(rows)), rows, fontsize=8)
    axis.set_xlabel("called")
    axis.set_ylabel("due")


def _draw_accuracy(axis: Any, tools: Sequence[str], selections: Sequence[Selection]) -> None:
    names = ["all", *tools]
    step = 0.8 / max(1, len(selections))
    for number, one in enumerate(selections):
        by_tool = {figures.name: figures.right for figures in one.by_tool}
        shares = [one.accuracy, *(by_tool.get(name, Share(0, 0)) for name in tools)]
        known = [(place, share) for place, share in enumerate(shares) if share.trials]
        colour = _COLOURS[number % len(_COLOURS)]
        places = [place + step * (number - (len(selections) - 1) / 2) for place, _ in known]
        values = [100 * (share.value or 0.0) for _, share in known]
        reach = [
            [v - 100 * share.low for v, (_, share) in zip(values, known, strict=True)],
            [100 * share.high - v for v, (_, share) in zip(values, known, strict=True)],
        ]
        axis.errorbar(
            values, places, xerr=reach, fmt="o", color=colour, capsize=3, markersize=5,
            label=one.name,
        )  # fmt: skip
        for place, (_, share) in zip(places, known, strict=True):
            axis.annotate(
                share.counts, (103, place), va="center", fontsize=8, color=colour,
                annotation_clip=False,
            )  # fmt: skip
    axis.set_yticks(range(len(names)), names, fontsize=8)
    axis.invert_yaxis()
    axis.set_xlim(-2, 102)
    axis.set_xlabel("right, % (95 % Wilson interval)")
    axis.grid(axis="x", alpha=0.3)
    if len(selections) > 1:
        axis.legend(fontsize=8, loc="lower left")
