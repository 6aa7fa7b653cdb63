"""Mean opinion scores, with intervals that count listeners, not answers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from ..measures.student import t_interval
from .bradley_terry import Estimate

__all__ = ["Opinion", "Rating", "listener_means", "mean_opinions"]


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


def listener_means(ratings: Iterable[Rating]) -> dict[str, float]:
    """The mean of what each listener gave."""
    given: dict[str, list[float]] = {}
    for rating in ratings:
        given.setdefault(rating.listener, []).append(rating.value)
    return {listener: float(np.mean(values)) for listener, values in given.items()}


def _opinion(system: str, ratings: list[Rating]) -> Opinion:
    means = listener_means(ratings)
    alone = len(means) == 1
    seen = [rating.value for rating in ratings] if alone else [*means.values()]
    mean, sd, half = t_interval(seen)
    return Opinion(
        system=system,
        mean=Estimate(mean, mean - half, mean + half),
        sd=sd,
        ratings=len(ratings),
        listeners=len(means),
        of="ratings of one listener" if alone else "listeners",
    )
