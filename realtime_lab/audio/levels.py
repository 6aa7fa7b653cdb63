"""How loud audio is, and where in it somebody speaks."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .pcm import RATE

__all__ = ["peak_dbfs", "rms_dbfs", "voiced_span"]

_FRAME_SECONDS = 0.010
_SILENT_DBFS = -60.0


def rms_dbfs(samples: NDArray[Any]) -> float:
    """Root mean square in dB; 0 is a full-scale square wave, ``-inf`` digital silence."""
    if not samples.size:
        return -math.inf
    return _decibel(float(np.sqrt(np.mean(np.square(_unit(samples))))))


def peak_dbfs(samples: NDArray[Any]) -> float:
    """The largest sample in dB of full scale; ``-inf`` for digital silence."""
    return _decibel(float(np.max(np.abs(_unit(samples)), initial=0.0)))


def is_silent(samples: NDArray[Any]) -> bool:
    """Whether nothing in the audio reaches -60 dBFS."""
    return peak_dbfs(samples) < _SILENT_DBFS


def voiced_span(samples: NDArray[Any], rate: int = RATE) -> tuple[float, float] | None:
    """The first and the last voiced second, ``None`` when nothing sounds.

    Judged by the energy of 10 ms frames: a frame is voiced when it stands 10 dB above the noise
    floor (the quietest tenth of the frames) and lies within 40 dB of the loudest frame. Fewer
    than three voiced frames in a row are a click. Where no frame stands out, as in a steady tone,
    the whole counts as voiced.
    """
    size = round(rate * _FRAME_SECONDS)
    count = samples.size // size
    if not count or is_silent(samples):
        return None
    frames = _unit(samples[: count * size]).reshape(count, size)
    level = 10 * np.log10(np.mean(np.square(frames), axis=1) + 1e-12)
    floor, peak = float(np.percentile(level, 10)), float(level.max())
    threshold = max(floor + 10, peak - 40)
    if threshold > peak - 6:
        threshold = peak - 20
    voiced = (level >= threshold).astype(int)
    steady = np.flatnonzero(np.convolve(voiced, np.ones(3, int), "valid") == 3)
    if not steady.size:
        return None
    return float(steady[0] * size / rate), float((steady[-1] + 3) * size / rate)


def _unit(samples: NDArray[Any]) -> NDArray[Any]:
    if np.issubdtype(samples.dtype, np.integer):
        return samples.astype(np.float64) / 32768
    return samples


def _decibel(ratio: float) -> float:
    return 20 * math.log10(ratio) if ratio > 0 else -math.inf
