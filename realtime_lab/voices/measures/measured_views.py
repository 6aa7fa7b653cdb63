"""What was measured as a table to read, as text and as HTML without script."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import compress

from ...session import Table
from .catalogue import TRAITS, measure_named
from .measured import Measured
from .spreading import Spread

__all__ = ["measured_view", "spread_view"]

_SHOWN = ("first_audio", "duration", *TRAITS, "loudness", "word_error_rate")
_NOTE = "all measures: .table(); what each is: docs/voice-measures.md"


def measured_view(measured: Sequence[Measured]) -> Table:
    """A row for each take: how its voice sounds, and how many artefacts it has."""
    names = [n for n in _SHOWN if any(one.values[n] is not None for one in measured)]
    labelled = list(zip(_labels(measured), measured, strict=True))
    rows = [
        (label, *(_told(one.values[name]) for name in names), str(len(one.artefacts)))
        for label, one in labelled
    ]
    notes = [
        f"{label}, at {fault.at:.2f} s: {fault.told}"
        for label, one in labelled
        for fault in one.artefacts
    ]
    return Table(
        f"Measures of {_counted(len(measured), 'take')}",
        ("voice", *map(_heading, names), "artefacts"),
        rows,
        notes=[*notes, _NOTE],
    )


def spread_view(found: Mapping[str, Mapping[str, Spread]]) -> Table:
    """A row for each voice: the mean of each measure with half its 95 % interval."""
    names = [n for n in _SHOWN if any(one[n].mean is not None for one in found.values())]
    runs = max((one.n for values in found.values() for one in values.values()), default=0)
    rows = [(voice, *(_within(values[name]) for name in names)) for voice, values in found.items()]
    title = (
        f"Measures of {_counted(len(found), 'voice')}, means of up to {_counted(runs, 'run')} "
        "± half the 95 % interval"
    )
    return Table(title, ("voice", *map(_heading, names)), rows, notes=[_NOTE])


def _counted(number: int, what: str) -> str:
    return f"{number} {what}{'s' * (number != 1)}"


def _heading(name: str) -> str:
    unit, words = measure_named(name).unit, name.replace("_", " ")
    return f"{words} ({unit})" if unit else words


def _told(value: float | None) -> str:
    return "–" if value is None else f"{value:.3g}"


def _within(one: Spread) -> str:
    if one.mean is None or one.high is None:
        return _told(one.mean)
    return f"{one.mean:.3g}\N{NO-BREAK SPACE}±\N{NO-BREAK SPACE}{one.high - one.mean:.2g}"


def _labels(measured: Sequence[Measured]) -> list[str]:
    """The voice of each take, with what else tells it from the others."""
    told = [(f"repeat {m.repeat + 1}", f"line {m.line + 1}", m.source) for m in measured]
    differs = [len(set(column)) > 1 for column in zip(*told, strict=True)]
    return [
        ", ".join([one.voice, *compress(words, differs)])
        for one, words in zip(measured, told, strict=True)
    ]
