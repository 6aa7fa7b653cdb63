"""How a `WhatIf` is shown: as text, as HTML without script, as a figure."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from .what_if import Outcome, WhatIf

__all__ = ["as_html", "as_text", "figure"]

_COLUMNS = (
    ("threshold", "threshold"),
    ("silence_ms", "silence, ms"),
    ("prefix_ms", "prefix, ms"),
    ("turns", "turns"),
    ("false_cutoffs", "false cut-offs"),
    ("missed", "missed"),
    ("merged", "merged"),
    ("delay", "delay, ms"),
    ("delay_p95", "p95, ms"),
    ("clipped", "clipped, ms"),
)
_SECONDS = frozenset({"delay", "delay_p95", "clipped"})
_STYLE = """
<style>
.rl-whatif {font: 13px/1.5 system-ui, sans-serif; overflow-x: auto}
.rl-whatif table {border-collapse: collapse; font-variant-numeric: tabular-nums}
.rl-whatif th, .rl-whatif td {text-align: right; padding: .1rem .7rem; white-space: nowrap}
.rl-whatif th {font-weight: 600; opacity: .7}
.rl-whatif tr.rl-best td {font-weight: 600; background: rgba(46, 160, 67, .16)}
.rl-whatif td.rl-bad {color: #c0392b}
.rl-whatif p {margin: .2rem 0 .5rem; opacity: .8}
</style>
"""
_BAD = frozenset({"false_cutoffs", "missed", "merged"})


def as_text(found: WhatIf) -> str:
    """The head line and the settings that no other beats."""
    lines = [_head(found)]
    lines += [f"  {_setting(o)}: {_result(o)}" for o in found.best]
    if not found.best:
        lines.append("  no setting finds every utterance on its own")
    return "\n".join(lines)


def as_html(found: WhatIf) -> str:
    """All settings as a table; those that no other beats stand out."""
    best = set(map(id, found.best))
    head = "".join(f"<th>{escape(title)}</th>" for _, title in _COLUMNS)
    rows = "".join(_row(o, is_best=id(o) in best) for o in found.outcomes)
    return (
        f'{_STYLE}<div class="rl-whatif"><p>{escape(_head(found))} Marked: no other setting is '
        f"better in both false cut-offs and delay.</p>"
        f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>"
    )


def figure(found: WhatIf) -> Figure:
    """False cut-offs (as a share of the utterances) against the median delay."""
    from ..eventlog import NotebookFigure

    drawing = NotebookFigure(figsize=(6.4, 4.0), layout="constrained")
    axes = drawing.add_subplot()
    # What is padded before the beginning changes neither.
    shown = {(o.threshold, o.silence_ms): o for o in found.outcomes if o.delay is not None}
    for threshold in sorted({o.threshold for o in shown.values()}):
        ours = [o for o in shown.values() if o.threshold == threshold]
        axes.plot(
            [1000 * (o.delay or 0.0) for o in ours],
            [100 * o.false_cutoffs / len(found.utterances) for o in ours],
            marker="o",
            label=f"threshold {threshold:g}",
        )
        for o in ours:
            place = (1000 * (o.delay or 0.0), 100 * o.false_cutoffs / len(found.utterances))
            axes.annotate(f"{o.silence_ms} ms", place, xytext=(4, 4), textcoords="offset points")
    axes.set_xlabel("delay from the end of an utterance to the end of its turn (median, ms)")
    axes.set_ylabel("false cut-offs per 100 utterances")
    axes.set_ylim(bottom=0)
    axes.legend()
    return drawing


def _head(found: WhatIf) -> str:
    count = len(found.utterances)
    what = f"{count} utterance{'s' if count > 1 else ''}"
    return f"{len(found.outcomes)} settings on {found.seconds:.1f} s of microphone with {what}."


def _row(outcome: Outcome, *, is_best: bool) -> str:
    cells = []
    for name, _ in _COLUMNS:
        value = getattr(outcome, name)
        bad = ' class="rl-bad"' if name in _BAD and value else ""
        cells.append(f"<td{bad}>{_told(name, value)}</td>")
    marked = ' class="rl-best"' if is_best else ""
    return f"<tr{marked}>{''.join(cells)}</tr>"


def _told(name: str, value: float | None) -> str:
    if value is None:
        return "–"
    return f"{1000 * value:.0f}" if name in _SECONDS else f"{value:g}"


def _setting(outcome: Outcome) -> str:
    return (
        f"threshold {outcome.threshold:g}, silence {outcome.silence_ms} ms, "
        f"prefix {outcome.prefix_ms} ms"
    )


def _result(outcome: Outcome) -> str:
    cut = outcome.false_cutoffs
    cuts = "no false cut-off" if not cut else f"{cut} false cut-off{'s' if cut > 1 else ''}"
    return f"{cuts}, delay {_told('delay', outcome.delay)} ms"
