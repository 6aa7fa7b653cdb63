"""The results of a listening test as a figure."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from .results import ListeningResults

__all__ = ["results_figure"]


def results_figure(results: ListeningResults) -> Figure:
    """Scores of pairs (log-odds), else mean answers, from best to worst with 95 % intervals."""
    from ...eventlog import NotebookFigure

    compared = bool(results.comparisons)
    shown = results.ranking
    names = list(reversed(shown))
    values = [shown[name].value for name in names]
    spread = [
        [shown[name].value - shown[name].low for name in names],
        [shown[name].high - shown[name].value for name in names],
    ]
    figure = NotebookFigure(figsize=(6, 0.8 + 0.32 * len(names)), layout="constrained")
    axes = figure.subplots()
    axes.errorbar(values, range(len(names)), xerr=spread, fmt="o", color="#2f81f7", capsize=3)
    axes.set_yticks(range(len(names)), names)
    axes.grid(axis="x", alpha=0.3)
    if compared:
        axes.set_xlabel("Bradley–Terry score (log-odds), 95 %")
        axes.axvline(0, color="gray", linewidth=0.8)
    else:
        axes.set_xlabel(f"mean answer ({results.design.scale.name}), 95 %")
        axes.set_xlim(results.design.scale.lowest, results.design.scale.highest)
    axes.set_title(results.design.question, fontsize=10)
    return figure
