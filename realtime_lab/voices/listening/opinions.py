"""Mean opinion scores, with intervals that count listeners, not answers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from ..measures.student import t_interval
from .bradley_terry import Estimate

__all__ = ["Opinion", "Rating", "mean_opinions"]


class Rating(NamedTuple):
    """What a listener gave a system for a line."""

    system: str
    value: float
    listener: str
    line: int = 0
    repeat: int = 0


@dataclass(frozen=True, slots=True)
class Opinion:
    """The mean of a system's ratings. ``of`` says what was counted for the interval."""

    system: str
    mean: Estimate
    sd: float
    ratings: int
    listeners: int
    of: str


def mean_opinions(ratings: Iterable[Rating]) -> dict[str, Opinion]:
    """The mean rating of each system with its 95 % interval by Student's t.

    Every listener's mean is one observation, as the answers of one person depend on each other; of
    a single listener every rating is one, and the interval speaks of that person alone. One
    observation gives no interval (it is infinite).
    """
    by_system: dict[str, list[Rating]] = {}
    for rating in ratings:
        by_system.setdefault(rating.system, []).append(rating)
    return {name: _opinion(name, found) for name, found in sorted(by_system.items())}


def _opinion(system: str, ratings: list[Rating]) -> Opinion:
    by_listener: dict[str, list[float]] = {}
    for rating in ratings:
        by_listener.setdefault(rating.listener, []).append(rating.value)
    alone = len(by_listener) == 1
    seen = (
        [r.value for r in ratings] if alone else [float(np.mean(v)) for v in by_listener.values()]
    )
    mean, sd, half = t_interval(seen)
    return Opinion(
        system=system,
        mean=Estimate(mean, mean - half, mean + half),
        sd=sd,
        ratings=len(ratings),
        listeners=len(by_listener),
        of="ratings of one listener" if alone else "listeners",
    )
