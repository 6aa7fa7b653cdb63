"""Waveforms for the screen: the lowest and the highest sample of each bucket of time."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from ..audio import RATE, Samples

__all__ = ["Peaks"]

BUCKET_SECONDS = 0.01
BLOCK_SECONDS = 60.0
CLOSE_SECONDS = 20.0
"""A part up to this long is measured from its samples whenever it is asked for."""
TAIL_SECONDS = 5.0
"""So is the end of a log that grew by less than this since it was measured."""
UNSURE_SECONDS = 20.0
"""Audio may still be placed elsewhere while it is being told what of it is played."""
_SCALE = 258
"""From 16 bits to -127 to 127; what rounds to nothing is nothing."""


class Peaks:
    """Measures one side of a recording bit by bit, so that no part of it takes long to show.

    ``read`` gives the samples between two times, in seconds from the start of the log; fewer where
    the log ends between them.
    """

    def __init__(self, read: Callable[[float, float], Samples], rate: int = RATE) -> None:
        self._read = read
        self._rate = rate
        self._known = np.zeros((0, 2), np.int8)
        self._sure = self._end = 0

    def measure(self, seconds: float) -> bool:
        """Go on measuring a log of so many seconds; false when nothing is left to do."""
        end = int(seconds / BUCKET_SECONDS)
        if not self._end or end - self._end >= TAIL_SECONDS / BUCKET_SECONDS:
            # What was measured at the end of the log may be otherwise by now.
            self._end, self._known = end, self._known[: self._sure]
        first = len(self._known)
        if first >= self._end:
            return False
        count = min(self._end - first, round(BLOCK_SECONDS / BUCKET_SECONDS))
        fresh = self._measured(first * BUCKET_SECONDS, count * BUCKET_SECONDS, count)
        self._known = np.concatenate((self._known, fresh))
        sure = int((seconds - UNSURE_SECONDS) / BUCKET_SECONDS)
        self._sure = max(self._sure, min(len(self._known), sure))
        return True

    def between(self, start: float, end: float, buckets: int) -> NDArray[np.int8]:
        """The peaks of a part in so many buckets of equal length.

        An array of shape (buckets, 2), -127 to 127; 0 where nothing is, or nothing is known yet.
        """
        if end - start <= CLOSE_SECONDS:
            return self._measured(start, end - start, buckets)
        first = round(start / BUCKET_SECONDS)
        count = max(1, round((end - start) / BUCKET_SECONDS))
        part = _filled(self._known[first : first + count], count)
        unknown = len(self._known) - first
        if 0 <= unknown < count:
            tail = min(count - unknown, round(TAIL_SECONDS / BUCKET_SECONDS))
            at = len(self._known) * BUCKET_SECONDS
            part[unknown : unknown + tail] = self._measured(at, tail * BUCKET_SECONDS, tail)
        return _reduced(part[:, 0], part[:, 1], buckets)

    def _measured(self, start: float, seconds: float, buckets: int) -> NDArray[np.int8]:
        length = max(1, round(seconds * self._rate))
        samples = _filled(self._read(start, start + seconds), length)
        return (_reduced(samples, samples, buckets) / _SCALE).astype(np.int8)


def _reduced(low: np.ndarray, high: np.ndarray, buckets: int) -> np.ndarray:
    starts = np.arange(buckets) * len(low) // buckets
    found = np.minimum.reduceat(low, starts), np.maximum.reduceat(high, starts)
    return np.stack(found, axis=1)


def _filled(values: np.ndarray, length: int) -> np.ndarray:
    """A copy so long, with zeros at the end where there is less."""
    filled = np.zeros((length, *values.shape[1:]), values.dtype)
    filled[: len(values)] = values[:length]
    return filled
