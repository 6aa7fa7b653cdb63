"""A run as text and as HTML without script."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape
from typing import NamedTuple, Self

from ...protocol import Cost
from ...session import Table
from ..take import Take
from .gap import Gap
from .voice_run import VoiceRun
from .waveform import waveform_svg
from .wording import changes, is_exact, told_changes

__all__ = ["heading", "run_html", "run_text", "takes_html"]

_SHOWN = 60
"""Takes, and gaps, that are shown of a long run."""
_FIGURES = ("length", "first audio", "in", "out", "cost")
_FRAME = (
    "font:13px/1.5 system-ui,sans-serif;border:1px solid rgba(128,128,128,.35);border-radius:8px;"
    "padding:10px 14px;max-width:980px;overflow-x:auto;margin:4px 0"
)
_TABLE = "border-collapse:collapse;font:inherit;color:inherit;margin:6px 0"
_WORDS = "text-align:left;padding:3px 12px 3px 0;vertical-align:middle;white-space:nowrap"
_FIGURE = (
    "text-align:right;padding:3px 12px 3px 0;vertical-align:middle;white-space:nowrap;"
    "font-variant-numeric:tabular-nums"
)
_QUIET = "opacity:.7"
_RULE = "border-top:1px solid rgba(128,128,128,.22)"
_SIGNS = {
    "=": "{}",
    "-": '<del style="background:rgba(209,72,63,.25)">{}</del>',
    "+": '<ins style="background:rgba(47,158,100,.25);text-decoration:none">{}</ins>',
}


def heading(run: VoiceRun) -> str:
    """What a run is, in a line."""
    parts = [_count(len(run.voices), "voice")]
    parts += [_count(len(run.sources), "endpoint")] if len(run.sources) > 1 else [*run.sources]
    parts += [_count(len(run.lines), "line")] if len(run.lines) > 1 else []
    parts += [f"{run.design.repeats} times"] if run.design.repeats > 1 else []
    parts += [_count(len(run.takes), "take")]
    parts += [_count(len(run.failed), "gap")] if run.failed else []
    parts += [str(Cost(run.dollars, run.dollars))] if run.takes else []
    return " · ".join(parts)


def run_text(run: VoiceRun) -> str:
    """As plain text."""
    rows = [(_label(run, take), *_figures(take)) for take in run.takes[:_SHOWN]]
    table = Table(f"Voices: {heading(run)}", ("voice", *_FIGURES), rows, notes=[*_notes(run)])
    return table.text()


def run_html(run: VoiceRun) -> str:
    """As a block of HTML, without the voices themselves."""
    return (
        f'<div style="{_FRAME}"><div><b>Voices</b> <span style="{_QUIET}">'
        f"{escape(heading(run))}</span></div>{takes_html(run)}</div>"
    )


def takes_html(run: VoiceRun, *, players: bool = False, most: int | None = _SHOWN) -> str:
    """The takes as a table, the gaps and the notes; with ``players`` to be listened to."""
    shown = run.takes[:most]
    axis = _Axis.of(shown)
    texts = "".join(
        f'<div style="margin:4px 0">{f"<b>{number}</b> " if len(run.lines) > 1 else ""}'
        f"{escape(line)}</div>"
        for number, line in enumerate(run.lines, 1)
    )
    heads = ("voice", "waveform", *_FIGURES)
    head = "".join(
        f'<th style="{_WORDS if number < 2 else _FIGURE};{_QUIET}">{name}</th>'
        for number, name in enumerate(heads)
    )
    body = "".join(_rows(run, shown, axis, players=players))
    table = (
        f'<table style="{_TABLE}"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'
        if shown
        else ""
    )
    gaps = "".join(
        f'<div style="color:#d9433a"><b>{escape(label)}</b>: {escape(told)}</div>'
        for label, told in _gaps(run, most)
    )
    notes = "".join(
        f'<div style="{_QUIET}">{escape(note)}</div>'
        for note in (*_left_out(run, most), *run.notes)
    )
    return f"{texts}{table}{gaps}{notes}"


class _Axis(NamedTuple):
    """What all waveforms are drawn by: the longest take, and the loudest sample."""

    seconds: float
    peak: int

    @classmethod
    def of(cls, takes: Sequence[Take]) -> Self:
        peaks = (int(abs(take.clip.samples.astype(int)).max()) for take in takes)
        return cls(max((t.clip.seconds for t in takes), default=0.0), max(peaks, default=0))


def _rows(run: VoiceRun, takes: Sequence[Take], axis: _Axis, *, players: bool) -> Iterator[str]:
    source = ""
    for take in takes:
        if len(run.sources) > 1 and take.source != source:
            source = take.source
            yield (
                f'<tr><th colspan="7" style="{_WORDS};padding-top:12px">{escape(source)}</th></tr>'
            )
        yield _take(run, take, axis, players=players)


def _take(run: VoiceRun, take: Take, axis: _Axis, *, players: bool) -> str:
    label = _label(run, take, source=False)
    picture = waveform_svg(
        take.clip, seconds=axis.seconds, peak=axis.peak, label=f"{label}: waveform"
    )
    cells = "".join(f'<td style="{_FIGURE}">{escape(told)}</td>' for told in _figures(take))
    row = (
        f'<tr style="{_RULE}"><td style="{_WORDS}"><b>{escape(label)}</b></td>'
        f'<td style="{_WORDS}">{picture}</td>{cells}</tr>'
    )
    below = "" if is_exact(take.asked, take.said) else f"<div>said: {_changes_html(take)}</div>"
    below += take.clip._repr_html_() if players else ""
    if below:
        row += f'<tr><td></td><td colspan="6" style="{_WORDS};white-space:normal">{below}</td></tr>'
    return row


def _figures(take: Take) -> tuple[str, ...]:
    """What stands under `_FIGURES`."""
    first = "–" if take.first_audio is None else f"{1000 * take.first_audio:,.0f} ms"
    return (
        f"{take.clip.seconds:.2f} s",
        first,
        f"{take.input_tokens:,}",
        f"{take.output_tokens:,}",
        str(Cost(take.dollars, take.dollars)),
    )


def _changes_html(take: Take) -> str:
    return " ".join(
        _SIGNS[sign].format(escape(words)) for sign, words in changes(take.asked, take.said)
    )


def _notes(run: VoiceRun) -> Iterator[str]:
    for take in run.takes[:_SHOWN]:
        if not is_exact(take.asked, take.said):
            yield f"{_label(run, take)} said: {told_changes(take.asked, take.said)}"
    for label, told in _gaps(run, _SHOWN):
        yield f"! {label}: {told}"
    yield from _left_out(run, _SHOWN)
    yield from run.notes


def _gaps(run: VoiceRun, most: int | None) -> Iterator[tuple[str, str]]:
    """Each failure once, whatever lines were not asked for it."""
    for gap in run.failed[:most]:
        if not gap.follows:
            yield _label(run, gap), gap.told


def _left_out(run: VoiceRun, most: int | None) -> Sequence[str]:
    left = [
        _count(len(these) - most, what)
        for these, what in ((run.takes, "take"), (run.failed, "gap"))
        if most is not None and len(these) > most
    ]
    return [f"{' and '.join(left)} more; .table() has all"] if left else []


def _label(run: VoiceRun, one: Take | Gap, *, source: bool = True) -> str:
    """The voice, and what else tells it from others of the run."""
    parts = [one.voice]
    parts += [one.source] if source and len(run.sources) > 1 else []
    parts += [f"repeat {one.repeat + 1}"] if run.design.repeats > 1 else []
    parts += [f"line {one.line + 1}"] if len(run.lines) > 1 else []
    return ", ".join(parts)


def _count(number: int, thing: str) -> str:
    return f"{number:,} {thing}{'' if number == 1 else 's'}"
