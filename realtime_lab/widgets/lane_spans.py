"""The spans of a lane, ready to be shown at any scale."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from ..eventlog import Span

__all__ = ["LaneSpans"]

MERGED_PIXELS = 2
"""What is merged must not look like one long span."""


class LaneSpans:
    """Spans in the order in which they begin; one under way ends at ``now``."""

    def __init__(self, spans: Sequence[Span], now: float) -> None:
        self._spans = spans
        self._starts = np.array([span.start for span in spans])
        self._ends = np.array([now if span.end is None else span.end for span in spans])

    def shown(self, start: float, end: float, pixel: float) -> list[tuple[Span, int]]:
        """The spans of a part, and how many each stands for.

        Of those shorter than a ``pixel`` (in seconds) which begin at the same place of the screen
        the first stands for all, so that there are never more than fit.
        """
        there = np.flatnonzero((self._starts <= end) & (self._ends >= start))
        starts, ends = self._starts[there], self._ends[there]
        places = np.floor(starts / (MERGED_PIXELS * pixel)).astype(np.int64)
        # The long ones stand alone: each has a place that no other has.
        places = np.where(ends - starts < pixel, places, -1 - np.arange(there.size))
        _, firsts, counts = np.unique(places, return_index=True, return_counts=True)
        shown: list[tuple[Span, int]] = []
        for first, count in sorted(zip(firsts.tolist(), counts.tolist(), strict=True)):
            span = self._spans[int(there[first])]
            if count > 1:
                last = float(ends[places == places[first]].max())
                span = replace(span, end=last)
            shown.append((span, count))
        return shown
