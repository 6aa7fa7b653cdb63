"""Runs of what is true, one after the other."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["runs_of"]


def runs_of(flags: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Begin and end (exclusive) of each run of true, in order."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], flags, [False]]).astype(np.int8)))
    return list(zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True))
