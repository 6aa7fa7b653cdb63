"""G.711 μ-law and A-law, the 8 kHz telephone codecs (ITU-T G.711).

Both directions are one table look-up; the tables are computed when first used. Encoding takes
the upper 14 bits of a sample for μ-law and the upper 13 for A-law.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .pcm import Samples

__all__ = ["decode_alaw", "decode_ulaw", "encode_alaw", "encode_ulaw"]


def encode_ulaw(samples: Samples) -> bytes:
    """8 kHz samples as μ-law, one byte each."""
    return _encode(samples, _ulaw_codes)


def decode_ulaw(data: bytes) -> Samples:
    """μ-law bytes as 8 kHz samples."""
    return _ulaw_values()[np.frombuffer(data, np.uint8)]


def encode_alaw(samples: Samples) -> bytes:
    """8 kHz samples as A-law, one byte each."""
    return _encode(samples, _alaw_codes)


def decode_alaw(data: bytes) -> Samples:
    """A-law bytes as 8 kHz samples."""
    return _alaw_values()[np.frombuffer(data, np.uint8)]


def _encode(samples: Samples, codes: Callable[[], NDArray[np.uint8]]) -> bytes:
    return codes()[samples.astype(np.int16, copy=False).view(np.uint16)].tobytes()


def _every_sample() -> NDArray[np.int32]:
    """All sample values in the order of their unsigned bit pattern."""
    return np.arange(65536, dtype=np.uint16).view(np.int16).astype(np.int32)


def _segment(magnitude: NDArray[Any], lowest_bits: int) -> NDArray[Any]:
    """Number of the segment: bits that the magnitude needs beyond ``lowest_bits``."""
    limits = [(1 << (lowest_bits + n)) - 1 for n in range(8)]
    return np.searchsorted(np.array(limits), magnitude)


@cache
def _ulaw_codes() -> NDArray[np.uint8]:
    sample = _every_sample() >> 2
    magnitude = np.minimum(np.abs(sample), 8158) + 33
    segment = _segment(magnitude, 6)
    code = (segment << 4) | ((magnitude >> (segment + 1)) & 0x0F)
    return (code ^ np.where(sample < 0, 0x7F, 0xFF)).astype(np.uint8)


@cache
def _ulaw_values() -> Samples:
    code = ~np.arange(256) & 0xFF
    magnitude = ((((code & 0x0F) << 3) + 0x84) << ((code & 0x70) >> 4)) - 0x84
    return np.where(code & 0x80, -magnitude, magnitude).astype(np.int16)


@cache
def _alaw_codes() -> NDArray[np.uint8]:
    sample = _every_sample() >> 3
    magnitude = np.where(sample < 0, -sample - 1, sample)
    segment = _segment(magnitude, 5)
    code = (segment << 4) | ((magnitude >> np.maximum(segment, 1)) & 0x0F)
    return (code ^ np.where(sample < 0, 0x55, 0xD5)).astype(np.uint8)


@cache
def _alaw_values() -> Samples:
    code = np.arange(256) ^ 0x55
    segment = (code & 0x70) >> 4
    mantissa = ((code & 0x0F) << 4) + 8
    magnitude = np.where(segment == 0, mantissa, (mantissa + 0x100) << np.maximum(segment - 1, 0))
    return np.where(code & 0x80, magnitude, -magnitude).astype(np.int16)
