"""Standardises what was measured, so that voices can be compared by it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from ...errors import AudioError
from ..measures import TRAITS, Measured, by_voice, measure_named
from .distances import Distances

__all__ = ["Unit", "distances"]

Unit = Literal["voices", "spread"]

_ROUNDING = 1e-12
_SAME = {"voices": "it is the same everywhere", "spread": "it never varies within a voice"}


def distances(
    measured: Iterable[Measured],
    measures: str | Sequence[str] = TRAITS,
    *,
    unit: Unit = "voices",
) -> Distances:
    """How far the voices are from each other.

    Each measure is averaged over the takes of a voice (its logarithm, where it is compared by
    ratios) and divided by a standard deviation; the distance of two voices is the root mean square
    of their differences, so it does not grow with the number of measures.

    Args:
        measured: what was measured of the takes of at least two voices.
        measures: those to compare by; by default the traits of a voice, such as its median
            fundamental frequency, rather than what is of this text or this run.
        unit: ``"voices"`` divides by the standard deviation between the voices: each measure
            weighs the same. It shows which voices are near each other, not how far apart all are:
            the root mean square over all pairs is √2 whatever the voices (so 1.41 of two alone).
            ``"spread"`` divides by the standard deviation within the voices, over their texts and
            repeated runs: two takes of one voice are about √2 apart by each measure. It needs
            several takes of each voice.

    A measure that is unknown for a voice, or never varies, is left out; `Distances.left_out` says
    why.

    Raises:
        AudioError: for fewer than two voices, no measure to compare them by, an unknown measure,
            another unit, or ``"spread"`` without repeated takes.
    """
    if unit not in _SAME:
        raise AudioError(f"unit is {unit!r}; give {' or '.join(map(repr, _SAME))}")
    if isinstance(measures, str):
        measures = (measures,)
    found = by_voice(measured)
    if len(found) < 2:
        raise AudioError(f"one voice alone ({', '.join(found)}) has no distance; measure another")
    names = [measure_named(name).name for name in measures]
    means: list[NDArray[np.float64]] = []
    scales: list[float] = []
    kept: list[str] = []
    left_out: dict[str, str] = {}
    for name in names:
        values = {voice: _values(takes, name) for voice, takes in found.items()}
        unknown = [voice for voice, of_voice in values.items() if not of_voice.size]
        if unknown:
            left_out[name] = f"it is not known of {', '.join(unknown)}"
            continue
        scale = _between(values) if unit == "voices" else _within(values)
        if scale <= _ROUNDING * max(np.abs(of_voice).max() for of_voice in values.values()):
            left_out[name] = _SAME[unit]
            continue
        kept.append(name)
        scales.append(scale)
        means.append(np.array([of_voice.mean() for of_voice in values.values()]))
    if not kept:
        told = "; ".join(f"{name}: {why}" for name, why in left_out.items())
        raise AudioError(f"there is no measure to compare the voices by ({told or 'none named'})")
    return Distances(tuple(found), tuple(kept), np.array(means).T, np.array(scales), left_out)


def _values(takes: Sequence[Measured], name: str) -> NDArray[np.float64]:
    known = [value for one in takes if (value := one.values[name]) is not None]
    values = np.array(known, dtype=np.float64)
    if measure_named(name).scale == "log":
        return np.log2(values[values > 0])
    return values


def _between(values: Mapping[str, NDArray[np.float64]]) -> float:
    return float(np.std([of_voice.mean() for of_voice in values.values()], ddof=1))


def _within(values: Mapping[str, NDArray[np.float64]]) -> float:
    """The pooled standard deviation of the takes of a voice."""
    freedom = sum(of_voice.size - 1 for of_voice in values.values())
    if freedom < 1:
        raise AudioError(
            "each voice was measured once, which has no spread; measure repeated runs or several "
            "texts, or use unit='voices'"
        )
    squares = sum(float(np.square(one - one.mean()).sum()) for one in values.values())
    return float(np.sqrt(squares / freedom))
