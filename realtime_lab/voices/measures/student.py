"""Intervals by Student's t."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from .libraries import library

__all__ = ["t_interval", "t_reach"]


def t_reach(freedom: float) -> float:
    """Half a 95 % interval in standard errors; ``freedom`` are the degrees of it."""
    return float(library("scipy.stats").t.ppf(0.975, freedom))


def t_interval(values: Sequence[float]) -> tuple[float, float, float]:
    """Mean, standard deviation of a sample (n - 1), and half the 95 % interval of the mean.

    One value has no deviation (NaN), and its interval is infinite.
    """
    mean, n = float(np.mean(values)), len(values)
    if n < 2:
        return mean, float("nan"), float("inf")
    sd = float(np.std(values, ddof=1))
    return mean, sd, t_reach(n - 1) * sd / n**0.5
