"""A measurement as text and as HTML that needs no script."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

import numpy as np

from ...eventlog import Redaction, framed
from ...session import Table
from ..values import shortened
from .comparison import PairedUtterance, Pairing, SelectionComparison
from .confusion import Confusion
from .selection import Selection, Trial
from .statistics import Share

__all__ = [
    "comparison_html",
    "comparison_text",
    "confusion_html",
    "confusion_text",
    "pairing_html",
    "pairing_text",
    "selection_html",
    "selection_text",
]

MOST_SHOWN = 12
"""Mistakes and discordant utterances that are listed; all of them are in the tables."""
_LONGEST = 60
_LONGEST_TOLD = 240
_CELL = "padding:3px 9px;font-variant-numeric:tabular-nums;text-align:right"


def selection_text(selection: Selection) -> str:
    """The figures, the tools, the confusion table and the first mistakes."""
    tables = [_by_tool(selection), *_by_repeat(selection), _confusion(selection.confusion)]
    if selection.mistakes:
        tables.append(_mistakes(selection))
    return "\n".join([_summary(selection).text(), *("\n" + one.text() for one in tables)])


def selection_html(selection: Selection) -> str:
    """The same as HTML."""
    tables = [_summary(selection), *_by_repeat(selection), _by_tool(selection)]
    parts = [*(one.html() for one in tables), confusion_html(selection.confusion)]
    if selection.mistakes:
        parts.append(_mistakes(selection).html())
    return _page(parts)


def comparison_text(comparison: SelectionComparison) -> str:
    """The sets side by side, then each pair."""
    pairs = [pairing_text(pair) for pair in comparison.pairs]
    return "\n\n".join([_side_by_side(comparison).text(), *pairs])


def comparison_html(comparison: SelectionComparison) -> str:
    """The same as HTML, with the confusion tables."""
    confusions = [confusion_html(one.confusion, one.name) for one in comparison.values()]
    pairs = [pairing_html(pair) for pair in comparison.pairs]
    return _page([_side_by_side(comparison).html(), *pairs, *confusions])


def pairing_text(pairing: Pairing) -> str:
    """The test, and the utterances that only one had right."""
    return _discordant(pairing).text()


def pairing_html(pairing: Pairing) -> str:
    """The same as HTML."""
    return _discordant(pairing).html()


def confusion_text(confusion: Confusion) -> str:
    """The counts as text."""
    return _confusion(confusion).text()


def confusion_html(confusion: Confusion, name: str = "") -> str:
    """The counts, darker where there are more; green where what was due was called."""
    head = "".join(f'<th style="{_CELL}">{escape(one)}</th>' for one in confusion.called)
    rows = []
    for due in confusion.expected:
        total = sum(confusion[due, called] for called in confusion.called)
        cells = "".join(_cell(confusion, due, called, total) for called in confusion.called)
        rows.append(f'<tr><th style="{_CELL};text-align:left">{escape(due)}</th>{cells}</tr>')
    title = f"Calls by what was due{f', {escape(name)}' if name else ''}"
    return framed(
        f"<b>{title}</b>"
        f'<table style="border-collapse:collapse;font:inherit;color:inherit;margin:4px 0">'
        f'<thead><tr><th style="{_CELL};text-align:left">due ↓ called →</th>{head}</tr></thead>'
        f"<tbody>{''.join(rows)}</tbody></table>"
    )


def _page(blocks: Iterable[str]) -> str:
    style = "display:flex;flex-wrap:wrap;gap:8px;align-items:flex-start"
    return f'<div style="{style}">{"".join(blocks)}</div>'


def _cell(confusion: Confusion, due: str, called: str, total: int) -> str:
    count = confusion[due, called]
    share = count / total if total else 0.0
    colour = "46,160,67" if due == called else "229,83,75"
    shade = f"background:rgba({colour},{0.15 + 0.6 * share:.2f})" if count else "opacity:.4"
    return f'<td style="{_CELL};{shade}">{count or "·"}</td>'


def _summary(selection: Selection) -> Table:
    of = selection
    rows = [
        ("right", *_cells(of.accuracy)),
        ("right tool, or rightly none", *_cells(of.right_tool)),
        ("right arguments, given the tool", *_cells(of.right_arguments)),
        ("no call when none was due", *_cells(of.restraint)),
        ("utterances mostly right", *_cells(of.by_utterance)),
        ("utterances always alike", *_cells(of.consistency)),
    ]
    named = f" “{of.name}”" if of.name else ""
    model = f" by {of.model}" if of.model else ""
    return Table(
        f"Tool selection{named}{model}: {of.accuracy.percent} right ({of.accuracy.counts})",
        ("", "share", "of", "95 % interval (Wilson)"),
        [row for row in rows if row[2] != "0/0"],
        notes=[*_notes(of), *of.notes],
    )


def _utterances(number: int) -> str:
    return f"{number} utterance{'s' * (number != 1)}"


def _notes(selection: Selection) -> Iterable[str]:
    utterances = len({one.utterance.content for one in selection.trials})
    repeats = len(selection.by_repeat)
    yield f"{_utterances(utterances)} × {repeats}: {_outcomes(selection)}"
    if spread := selection.spread:
        average, deviation, low, high = (100 * value for value in spread)
        yield (
            f"over {repeats} repeats: {low:.0f} to {high:.0f} % right, mean {average:.1f} %, "
            f"standard deviation {deviation:.1f}"
        )
        yield "intervals take repeats as independent, except that of “utterances mostly right”"
    if selection.failures:
        listed = ", ".join(f"{name} {count}" for name, count in selection.failures.items())
        yield f"failed sessions, in no share: {listed}"
        told = next(one.answer.told for one in selection.of("failed") if one.answer)
        yield f"the first of them said: {shortened(Redaction().redacted(told), _LONGEST_TOLD)}"
    yield _used(selection)


def _outcomes(selection: Selection) -> str:
    return ", ".join(f"{count} {_said(name)}" for name, count in selection.outcomes.items())


def _used(selection: Selection) -> str:
    read, written = selection.tokens
    dollars = "cost unknown" if selection.dollars is None else f"${selection.dollars:,.4f}"
    used = f"{read:,} tokens read, {written:,} written, {dollars}"
    if not selection.latencies:
        return used
    middle, late = np.percentile(selection.latencies, [50, 90])
    return (
        f"end of utterance to call: median {1000 * middle:,.0f} ms, p90 {1000 * late:,.0f} ms · "
        f"{used}"
    )


def _by_tool(selection: Selection) -> Table:
    rows = [
        (
            one.name,
            *_cells(one.right),
            f"{one.precision.percent} ({one.precision.counts})",
            f"{one.recall.percent} ({one.recall.counts})",
        )
        for one in selection.by_tool
    ]
    heads = ("due", "right", "of", "95 % interval (Wilson)", "precision", "recall")
    return Table("By tool", heads, rows)


def _by_repeat(selection: Selection) -> list[Table]:
    """Of more than one."""
    rows = [(str(n), *_cells(share)) for n, share in enumerate(selection.by_repeat, 1)]
    heads = ("repeat", "right", "of", "95 % interval (Wilson)")
    return [Table("By repeat", heads, rows)] if len(rows) > 1 else []


def _confusion(confusion: Confusion) -> Table:
    rows = [
        (due, *(str(confusion[due, called] or "·") for called in confusion.called))
        for due in confusion.expected
    ]
    strong = [n for n, due in enumerate(confusion.expected) if confusion.recall(due).value == 0]
    return Table("Calls by what was due", ("due \\ called", *confusion.called), rows, strong=strong)


def _mistakes(selection: Selection) -> Table:
    """What was not right, repeats in which the same happened together."""
    alike: dict[tuple[str, ...], list[int]] = {}
    for one in selection.mistakes:
        told = (one.utterance.name, _said(one.outcome), str(one.utterance.due), _happened(one))
        alike.setdefault(told, []).append(one.repeat + 1)
    rows = [
        (_short(said), ", ".join(map(str, repeats)), outcome, _short(due), _short(happened))
        for (said, outcome, due, happened), repeats in list(alike.items())[:MOST_SHOWN]
    ]
    more = len(alike) - len(rows)
    notes = [f"{more} more are in .mistakes and .table()"] if more else []
    heads = ("utterance", "repeats", "outcome", "due", "instead")
    return Table("Not right", heads, rows, words=5, notes=notes)


def _side_by_side(comparison: SelectionComparison) -> Table:
    rows = []
    for one in comparison.values():
        latency = "–" if one.latency is None else f"{1000 * one.latency:,.0f} ms"
        dollars = "–" if one.dollars is None else f"${one.dollars:,.4f}"
        rows.append(
            (
                one.name,
                f"{one.accuracy.percent} ({one.accuracy.counts})",
                one.accuracy.interval,
                one.right_tool.percent,
                one.right_arguments.percent,
                one.restraint.percent,
                one.consistency.percent,
                latency,
                f"{one.tokens[0]:,}",
                dollars,
            )
        )
    heads = (
        "definitions", "right", "95 % interval (Wilson)", "right tool", "right arguments",
        "no call when none due", "always alike", "to the call", "tokens read", "cost",
    )  # fmt: skip
    notes = [f"{one.name}: {note}" for one in comparison.values() for note in one.notes]
    failed = [one for one in comparison.values() if one.failures]
    notes += [f"{one.name}: {sum(one.failures.values())} sessions failed" for one in failed]
    return Table("Tool selection, side by side", heads, rows, notes=notes)


def _discordant(pairing: Pairing) -> Table:
    a, b, test = pairing.a.name, pairing.b.name, pairing.mcnemar
    found = pairing.discordant
    rows = [_pair_row(one) for one in found[:MOST_SHOWN]]
    notes = [
        f"{_utterances(test.pairs)}: both right {test.both}, only {a} {test.only_a}, "
        f"only {b} {test.only_b}, neither {test.neither}",
        f"p = {test.p:.3g} (McNemar's exact test, two-sided, on the utterances that differ)",
    ]
    if len(found) > len(rows):
        notes.append(f"{len(found) - len(rows)} more are in .discordant")
    if not found:
        rows = [("(none)", *("",) * 5)]
    if test.difference is None:
        return Table(f"{a} and {b}: no utterance was judged with both", ("utterance",), [])
    title = f"{b} against {a}: {100 * test.difference:+.0f} points of {_utterances(test.pairs)}"
    heads = ("right with one alone", a, b, "due", f"{a} instead", f"{b} instead")
    return Table(title, heads, rows, words=6, notes=notes)


def _pair_row(one: PairedUtterance) -> tuple[str, ...]:
    a, b = one.shares
    wrong_a, wrong_b = (
        next((_happened(trial) for trial in side if not trial.is_right), "")
        for side in (one.a, one.b)
    )
    return (
        _short(one.utterance.name),
        a.counts,
        b.counts,
        _short(str(one.utterance.due)),
        _short(wrong_a),
        _short(wrong_b),
    )


def _cells(share: Share) -> tuple[str, str, str]:
    return share.percent, share.counts, share.interval


def _said(outcome: str) -> str:
    return outcome.replace("_", " ")


def _happened(trial: Trial) -> str:
    """What came instead of what was due."""
    if trial.verdict and trial.verdict.problems:
        return "; ".join(trial.verdict.problems)
    return trial.answer.called if trial.answer else "no call"


def _short(text: str) -> str:
    clean = Redaction().redacted(text)
    return clean if len(clean) <= _LONGEST else clean[: _LONGEST - 1] + "…"
