"""Changing the sample rate: as a stream, and of a whole recording."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .pcm import Samples

__all__ = ["Resampler", "resample"]


class Resampler:
    """Resamples a stream of any length of chunks.

    soxr's LQ setting: its delay is about 6 ms from 24 to 16 kHz, where HQ would cost 30 ms. The
    same stream always gives the same samples, however it was cut into chunks.
    """

    def __init__(self, rate_in: int, rate_out: int) -> None:
        self._stream = None
        if rate_in != rate_out:
            import soxr

            self._stream = soxr.ResampleStream(rate_in, rate_out, 1, dtype="float32", quality="LQ")

    def feed(self, samples: Samples) -> Samples:
        """Take more of the stream; return what is ready, at the new rate."""
        if self._stream is None:
            return samples
        return _rounded(self._stream.resample_chunk(samples.astype(np.float32)))

    def finish(self) -> Samples:
        """End the stream and return its rest. The next `feed` begins another stream."""
        if self._stream is None:
            return np.empty(0, np.int16)
        rest = self._stream.resample_chunk(np.empty(0, np.float32), last=True)
        self._stream.clear()
        return _rounded(rest)


def resample(samples: Samples, rate_in: int, rate_out: int) -> Samples:
    """A whole recording at another rate, in soxr's HQ setting. Float arrays stay float."""
    if rate_in == rate_out or not samples.size:
        return samples
    import soxr

    return soxr.resample(samples, rate_in, rate_out, quality="HQ")


def _rounded(samples: NDArray[np.float32]) -> Samples:
    # soxr's own int16 output is dithered at random.
    whole = np.rint(samples)
    # Not `np.clip`: for the few samples of a stream's chunk it takes as long as all the rest.
    np.maximum(whole, -32768, out=whole)
    np.minimum(whole, 32767, out=whole)
    return whole.astype(np.int16)
