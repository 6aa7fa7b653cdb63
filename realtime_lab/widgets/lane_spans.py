"""The spans of a lane, ready to be shown at any scale."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from ..eventlog import Span

__all__ = ["LaneSpans", "ShownSpan"]

MERGED_PIXELS = 3
"""What is merged must not look like one long span."""


class ShownSpan(NamedTuple):
    """A span on the screen; ``merged`` is of how many it is made, ``end`` where the last ends."""

    span: Span
    end: float
    merged: int


class LaneSpans:
    """Spans in the order in which they begin; one under way ends at ``now``."""

    def __init__(self, spans: Sequence[Span], now: float) -> None:
        self._spans = spans
        self._starts = np.array([span.start for span in spans])
        self._ends = np.array([now if span.end is None else span.end for span in spans])

    def shown(self, start: float, end: float, pixel: float) -> list[ShownSpan]:
        """The spans of a part.

        Of those shorter than a ``pixel`` (in seconds) which begin at the same place of the screen
        the first stands for all, so that there are never more than fit.
        """
        there = np.flatnonzero((self._starts <= end) & (self._ends >= start))
        if not there.size:
            return []
        starts, ends = self._starts[there], self._ends[there]
        places = np.floor(starts / (MERGED_PIXELS * pixel)).astype(np.int64)
        # The long ones stand alone: each has a place that no other has.
        places = np.where(ends - starts < pixel, places, -1 - np.arange(there.size))
        order = np.argsort(places, kind="stable")
        groups = np.flatnonzero(np.diff(places[order], prepend=places[order[0]] - 1))
        lasts = np.maximum.reduceat(ends[order], groups).tolist()
        counts = np.diff(groups, append=there.size).tolist()
        firsts = there[order[groups]].tolist()
        return [
            ShownSpan(self._spans[first], last, count)
            for first, last, count in sorted(zip(firsts, lasts, counts, strict=True))
        ]
