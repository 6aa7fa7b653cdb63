"""How far listeners agree with one another."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from typing import Literal

import numpy as np

from ..measures.libraries import library

__all__ = ["Level", "krippendorff_alpha"]

Level = Literal["nominal", "ordinal", "interval", "ratio"]


def krippendorff_alpha(
    answers: Iterable[tuple[str, Hashable, float]], level: Level
) -> float | None:
    """Krippendorff's alpha of (listener, unit, value): 1 is full agreement, 0 that of chance.

    Units that fewer than two listeners judged do not count; ``None`` where there are none that do,
    or where all answers are the same, of which nothing can be said. Source: K. Krippendorff,
    Content Analysis (2nd ed., 2004), chapter 11; computed by the package ``krippendorff``.
    """
    given = list(answers)
    units = {unit: i for i, unit in enumerate(dict.fromkeys(unit for _, unit, _ in given))}
    listeners = {name: i for i, name in enumerate(dict.fromkeys(name for name, _, _ in given))}
    table = np.full((len(listeners), len(units)), np.nan)
    for listener, unit, value in given:
        table[listeners[listener], units[unit]] = value
    shared = table[:, (~np.isnan(table)).sum(axis=0) > 1]
    if len(np.unique(shared[~np.isnan(shared)])) < 2:
        return None
    return float(library("krippendorff").alpha(reliability_data=shared, level_of_measurement=level))
