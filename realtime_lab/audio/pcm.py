"""Bytes of PCM16 and the arrays they stand for."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import AudioError

__all__ = ["RATE", "Samples", "pcm_seconds", "pcm_to_samples", "samples_to_pcm"]

RATE = 24_000
"""Samples per second of every ``pcm`` and ``samples`` that does not say otherwise."""

Samples = NDArray[np.int16]


def pcm_to_samples(pcm: bytes | bytearray | memoryview) -> Samples:
    """View PCM16 little-endian bytes as samples, without a copy.

    Raises `AudioError` for an odd number of bytes.
    """
    if len(pcm) % 2:
        raise AudioError(
            f"{len(pcm)} bytes are no whole number of 16-bit samples; "
            "send PCM16 in chunks of an even length"
        )
    return np.frombuffer(pcm, dtype="<i2")


def samples_to_pcm(samples: NDArray[Any]) -> bytes:
    """Samples as PCM16 little-endian bytes.

    Float arrays are taken as -1 to 1 and clipped (what is not a number becomes silence).
    """
    return to_int16(samples).astype("<i2", copy=False).tobytes()


def pcm_seconds(pcm: bytes | bytearray | memoryview, rate: int = RATE) -> float:
    """How long PCM16 mono bytes last at ``rate``."""
    return len(pcm) / 2 / rate


def to_int16(samples: NDArray[Any]) -> Samples:
    """Samples of any type as int16, under the rules of `samples_to_pcm`."""
    if np.issubdtype(samples.dtype, np.floating):
        scaled = np.nan_to_num(samples, nan=0.0, posinf=1.0, neginf=-1.0) * 32767
        return np.clip(np.rint(scaled), -32768, 32767).astype(np.int16)
    if samples.dtype == np.int16:
        return samples
    return np.clip(samples, -32768, 32767).astype(np.int16)
