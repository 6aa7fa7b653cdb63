"""Slower speech at the same pitch."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["TimeStretch"]


class TimeStretch:
    """Makes a stream of speech ``factor`` times as long (WSOLA).

    Frames of 40 ms are taken from the input at a slower pace than they are laid into the output;
    each is moved by up to 10 ms to where it continues the frame before it best. ``factor`` 1 passes
    the stream through unchanged.
    """

    def __init__(self, factor: float, rate: int) -> None:
        self._factor = factor
        self._hop = rate // 50
        self._reach = rate // 100
        self._rising = np.linspace(0, 1, self._hop, endpoint=False, dtype=np.float32)
        self._input = np.empty(0, np.float32)
        self._dropped = 0
        self._taken = 0
        self._tail = np.zeros(self._hop, np.float32)

    def feed(self, samples: NDArray[np.int16]) -> NDArray[np.int16]:
        """Take more of the stream; return what is ready."""
        if self._factor == 1:
            return samples
        self._input = np.concatenate([self._input, samples.astype(np.float32)])
        made = []
        while (frame := self._next_frame()) is not None:
            hop = self._hop
            made.append(self._tail * (1 - self._rising) + frame[:hop] * self._rising)
            self._tail = frame[hop:]
        return _joined(made)

    def finish(self) -> NDArray[np.int16]:
        """End the stream and return its rest. The next `feed` begins another stream."""
        if self._factor == 1:
            return np.empty(0, np.int16)
        rest = self.feed(np.zeros(2 * self._hop + self._reach, np.int16))
        end = _joined([self._tail * (1 - self._rising)])
        self._input = np.empty(0, np.float32)
        self._dropped = self._taken = 0
        self._tail = np.zeros(self._hop, np.float32)
        return np.concatenate([rest, end])

    def _next_frame(self) -> NDArray[np.float32] | None:
        """The next two hops of input, or None while too little of it is there."""
        hop, reach = self._hop, self._reach
        ideal = int(self._taken * hop / self._factor) - self._dropped
        if ideal + reach + 2 * hop > len(self._input):
            return None
        first = max(0, ideal - reach)
        region = self._input[first : ideal + reach + hop]
        offset = int(np.argmax(np.correlate(region, self._tail, "valid"))) if self._taken else 0
        start = first + offset
        frame = self._input[start : start + 2 * hop]
        self._taken += 1
        spent = max(0, ideal - reach)
        self._input = self._input[spent:]
        self._dropped += spent
        return frame


def _joined(parts: list[NDArray[np.float32]]) -> NDArray[np.int16]:
    if not parts:
        return np.empty(0, np.int16)
    return np.clip(np.concatenate(parts), -32768, 32767).astype(np.int16)
