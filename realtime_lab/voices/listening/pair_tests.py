"""Every two systems tested against one another, corrected for how many tests there are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Any

import numpy as np

from ..measures.libraries import library
from .bradley_terry import Comparison
from .opinions import Rating, listener_means
from .scales import Scale

__all__ = ["PairTest", "holm", "pair_tests"]


@dataclass(frozen=True, slots=True)
class PairTest:
    """Two systems: what each was given, and how surely they differ."""

    one: str
    other: str
    difference: float
    """Of one minus other: share above one half of those who preferred it, or of mean ratings."""
    n: int
    """Listeners; of a single one who compared pairs, answers."""
    test: str
    p: float | None
    """``None`` where there is too little to test."""
    p_holm: float | None = None
    """Corrected for all pairs by Holm's step-down method."""


def pair_tests(
    scale: Scale, comparisons: Sequence[Comparison], ratings: Sequence[Rating]
) -> tuple[PairTest, ...]:
    """Every pair of systems.

    Pairs are compared by the exact sign test over listeners: how many preferred one more often, and
    how many the other; those who did neither are left out. Ratings by Wilcoxon's signed-rank test
    over listeners' means. Of a single listener every answer to a pair is one, and the sign test
    speaks of that person alone. Correction: S. Holm, Scandinavian Journal of Statistics 6 (1979),
    65-70.
    """
    systems = sorted({rating.system for rating in ratings})
    found = [
        _sign_test(one, other, comparisons) if scale.compares else _signed_rank(one, other, ratings)
        for one, other in combinations(systems, 2)
    ]
    corrected = iter(holm([test.p for test in found if test.p is not None]))
    return tuple(
        replace(test, p_holm=next(corrected)) if test.p is not None else test for test in found
    )


def _sign_test(one: str, other: str, comparisons: Sequence[Comparison]) -> PairTest:
    sides: dict[str, list[float]] = {}
    for c in comparisons:
        if {c.first, c.second} == {one, other}:
            side = np.sign(c.outcome) * (1 if c.second == one else -1)
            sides.setdefault(c.listener, []).append(float(side))
    alone = len(sides) == 1
    seen = next(iter(sides.values())) if alone else [sum(given) for given in sides.values()]
    wins, losses = sum(v > 0 for v in seen), sum(v < 0 for v in seen)
    decided = wins + losses
    return PairTest(
        one=one,
        other=other,
        difference=wins / decided - 0.5 if decided else 0.0,
        n=len(seen),
        test=f"exact sign test over {'answers of one listener' if alone else 'listeners'}",
        p=float(library("scipy.stats").binomtest(wins, decided).pvalue) if decided else None,
    )


def _signed_rank(one: str, other: str, ratings: Sequence[Rating]) -> PairTest:
    a, b = (listener_means(r for r in ratings if r.system == name) for name in (one, other))
    both = sorted(a.keys() & b.keys())
    apart = np.array([a[name] - b[name] for name in both], float)
    tested: Any = library("scipy.stats").wilcoxon(apart) if np.count_nonzero(apart) > 1 else None
    return PairTest(
        one=one,
        other=other,
        difference=float(apart.mean()) if len(apart) else 0.0,
        n=len(both),
        test="Wilcoxon's signed-rank test over listeners",
        p=None if tested is None else float(tested.pvalue),
    )


def holm(values: Sequence[float]) -> list[float]:
    """P values corrected for their number by Holm's step-down method, in the same order."""
    order = np.argsort(values)
    corrected = np.empty(len(values))
    worst = 0.0
    for rank, place in enumerate(order):
        worst = max(worst, min(1.0, (len(values) - rank) * values[place]))
        corrected[place] = worst
    return corrected.tolist()
