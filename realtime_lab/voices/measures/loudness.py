"""Loudness and true peak, as broadcasting measures them."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from .definitions import Family, Measure, Unknown, Values
from .libraries import library
from .utterance import Utterance

__all__ = ["LOUDNESS", "levels"]

_BLOCK = 0.4
_SHORTEST = 0.02
_OVERSAMPLED = 4


def _of(utterance: Utterance) -> Values:
    return levels(utterance.signal, utterance.rate)


def levels(signal: NDArray[np.float64], rate: int) -> Values:
    """The measures of the family, of a signal as fractions of full scale."""
    if not signal.size:
        return LOUDNESS.unknown("there is no audio")
    return {
        "loudness": _loudness(signal, rate),
        "sample_peak": _decibel(float(np.abs(signal).max())),
        "true_peak": _true_peak(signal),
    }


def _loudness(signal: NDArray[np.float64], rate: int) -> float | Unknown:
    seconds = signal.size / rate
    if seconds < _SHORTEST:
        return Unknown(f"the audio is shorter than {1000 * _SHORTEST:.0f} ms")
    # A little shorter than the clip: rounded up, it would be refused as longer.
    block = min(_BLOCK, math.nextafter(seconds, 0))
    meter = library("pyloudnorm").Meter(rate, filter_class="DeMan", block_size=block)
    with np.errstate(divide="ignore", invalid="ignore"):
        found = float(meter.integrated_loudness(signal))
    return found if math.isfinite(found) else Unknown("nothing is louder than -70 LUFS")


def _true_peak(signal: NDArray[np.float64]) -> float | Unknown:
    resampled = library("scipy.signal").resample_poly(signal, _OVERSAMPLED, 1)
    return _decibel(float(max(np.abs(resampled).max(), np.abs(signal).max())))


def _decibel(amplitude: float) -> float | Unknown:
    return 20 * math.log10(amplitude) if amplitude else Unknown("all samples are 0")


LOUDNESS = Family(
    "Loudness",
    "A clip is one channel: a full-scale sine of 997 Hz in it reads -3.01 LUFS. Played over both "
    "loudspeakers, as players do with mono, it is measured 3.01 LU louder, for all voices alike.",
    (
        Measure(
            "loudness",
            "LUFS",
            "Integrated loudness: K-weighted, in blocks of 400 ms that overlap by 75 %, gated at "
            "-70 LUFS and 10 LU below the blocks above that. A clip of less than 400 ms is one "
            "block; one of less than 20 ms has no loudness.",
            "ITU-R BS.1770-4, by pyloudnorm (filters of its class DeMan, which are those of the "
            "recommendation).",
        ),
        Measure("sample_peak", "dBFS", "The largest sample.", "AES17, 0 dBFS at full scale."),
        Measure(
            "true_peak",
            "dBTP",
            "The largest value between the samples too, oversampled four times by a linear-phase "
            "filter. It reads at most 0.7 dB too low at half the sample rate, and 0.2 dB at a "
            "quarter.",
            "ITU-R BS.1770-4, annex 2.",
        ),
    ),
    _of,
)
