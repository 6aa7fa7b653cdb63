"""The results of a listening test as text and as HTML that needs no script."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from typing import TYPE_CHECKING

from ...eventlog import QUIET, framed, html_table
from .preregistration import WHY_NO_MUSHRA

if TYPE_CHECKING:
    from .bradley_terry import Estimate
    from .results import ListeningResults

__all__ = ["results_html", "results_text"]

_WARN = "color:#c98a1b"
_BAR_WIDTH = 220


def results_text(results: ListeningResults) -> str:
    """One line for each system, then what to mind."""
    if not results.ratings:
        began = len(results.listeners)
        return f"<ListeningResults of {began} listener{'s' * (began != 1)}: nothing judged yet>"
    compared = bool(results.comparisons)
    lines = [_headline(results)]
    for name in results.ranking:
        score = f"  score {results.scores.scores[name]!r}" if compared else ""
        lines.append(f"  {name:<24} mean {results.opinions[name].mean!r}{score}")
    return "\n".join([*lines, *(f"  {note}" for note in _notes(results))])


def results_html(results: ListeningResults) -> str:
    """Systems from best to worst with intervals, pairs that were tested, and how they listened."""
    if not results.ratings:
        return framed(escape(results_text(results)))
    notes = "".join(f'<div style="{_WARN}">{escape(note)}</div>' for note in _notes(results))
    return framed(
        "<div><b>Listening test</b> "
        f'<span style="{QUIET}">{escape(_headline(results))}</span></div>'
        f"<div>{escape(results.design.question)}</div>"
        f"{_systems_table(results)}{notes}"
        f"<details><summary>Pairs</summary>{_pairs_table(results)}</details>"
        f"<details><summary>Listeners</summary>{_listeners_table(results)}</details>"
        f'<details><summary>Why this is not MUSHRA</summary><div style="max-width:46em">'
        f"{escape(WHY_NO_MUSHRA)}</div></details>"
    )


def _headline(results: ListeningResults) -> str:
    alpha = results.agreement
    agreed = "agreement not known" if alpha is None else f"Krippendorff's alpha {alpha:.2f}"
    count = len({rating.listener for rating in results.ratings})
    answers = len(results.comparisons) or len(results.ratings)
    out = f", {len(results.left_out)} left out" if results.left_out else ""
    return (
        f"{results.design.scale.name}, {count} listener{'s' * (count != 1)}{out}, "
        f"{answers} answer{'s' * (answers != 1)}, {agreed}"
    )


def _notes(results: ListeningResults) -> Iterable[str]:
    if results.comparisons:
        scores = results.scores
        if scores.note:
            yield scores.note
        if (order := scores.order) and (order.low > 0 or order.high < 0):
            first = "first" if order.value > 0 else "second"
            yield f"whatever was heard {first} was preferred: effect of order {order!r} log-odds"
    for listener, reasons in results.flagged.items():
        out = " (left out)" if listener in results.left_out else ""
        yield f"{listener}{out}: {'; '.join(reasons)}"
    yield from results.answers.notes


def _systems_table(results: ListeningResults) -> str:
    compared = bool(results.comparisons)
    shown = results.ranking
    scale = results.design.scale
    low = min(e.low for e in shown.values()) if compared else scale.lowest
    high = max(e.high for e in shown.values()) if compared else scale.highest
    score = ["Bradley–Terry score (log-odds)"] if compared else []
    return html_table(
        "lrrl" if compared else "lrl",
        ["voice", "mean answer, 95 %", *score, ""],
        (
            (
                escape(name),
                repr(results.opinions[name].mean),
                *([repr(shown[name])] if compared else []),
                _bar(shown[name], low, high),
            )
            for name in shown
        ),
    )


def _bar(estimate: Estimate, low: float, high: float) -> str:
    """A point with its interval between two ends of an axis."""

    def x(value: float) -> float:
        share = (value - low) / (high - low or 1)
        return 6 + (_BAR_WIDTH - 12) * min(1.0, max(0.0, share))

    return (
        f'<svg width="{_BAR_WIDTH}" height="14" role="img" aria-label="{estimate!r}">'
        f'<line x1="6" x2="{_BAR_WIDTH - 6}" y1="7" y2="7" stroke="rgba(128,128,128,.3)"/>'
        f'<line x1="{x(estimate.low):.1f}" x2="{x(estimate.high):.1f}" y1="7" y2="7" '
        f'stroke="#2f81f7" stroke-width="3"/>'
        f'<circle cx="{x(estimate.value):.1f}" cy="7" r="4" fill="#2f81f7"/></svg>'
    )


def _pairs_table(results: ListeningResults) -> str:
    test = results.pairs[0].test if results.pairs else ""
    what = "share of those who preferred it − ½" if results.comparisons else "difference of means"
    return html_table(
        "lrrrr",
        (test, what, "n", "p", "p (Holm)"),
        (
            (
                f"{escape(p.one)} – {escape(p.other)}",
                f"{p.difference:+.2f}",
                str(p.n),
                _p(p.p),
                _p(p.p_holm),
            )
            for p in results.pairs
        ),
    )


def _p(value: float | None) -> str:
    if value is None:
        return "–"
    return "&lt; 0.001" if value < 0.001 else f"{value:.3f}"


def _listeners_table(results: ListeningResults) -> str:
    return html_table(
        "lrrrl",
        ("listener", "answered", "targets met", "repeats alike", "to look at"),
        (
            (
                escape(r.listener),
                f"{r.answered} of {r.trials}",
                f"{r.targets_met} of {r.targets}",
                f"{r.alike} of {r.repeats}",
                f'<span style="{_WARN}">{escape("; ".join(r.reasons))}</span>',
            )
            for r in results.reliability
        ),
    )
