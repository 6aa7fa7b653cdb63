"""The fundamental frequency: its middle, its range, its course."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from .definitions import Family, Measure, Values
from .utterance import Utterance

__all__ = ["FUNDAMENTAL", "Contour", "contour"]


@dataclass(frozen=True, eq=False)
class Contour:
    """The course of the fundamental frequency, a value every 10 ms."""

    times: NDArray[np.float64] = field(default_factory=lambda: np.empty(0))
    """Seconds from the beginning of the clip."""
    hertz: NDArray[np.float64] = field(default_factory=lambda: np.empty(0))
    """NaN where the sound is not voiced."""

    def __repr__(self) -> str:
        voiced = np.count_nonzero(~np.isnan(self.hertz))
        return f"Contour({voiced} of {self.hertz.size} frames voiced)"


def contour(utterance: Utterance) -> Contour:
    """That of an utterance; empty where none of it is voiced."""
    if utterance.unvoiced_reason:
        return Contour()
    found = utterance.pitch.selected_array["frequency"]
    return Contour(utterance.pitch.xs(), np.where(found > 0, found, np.nan))


def _of(utterance: Utterance) -> Values:
    if reason := utterance.unvoiced_reason:
        return FUNDAMENTAL.unknown(reason)
    hertz = contour(utterance).hertz
    voiced = hertz[~np.isnan(hertz)]
    low, middle, high = np.percentile(voiced, [10, 50, 90])
    return {
        "f0_median": float(middle),
        "f0_low": float(low),
        "f0_high": float(high),
        "f0_range": float(12 * np.log2(high / low)),
        "voiced_share": voiced.size / hertz.size,
    }


_PRAAT = "Boersma (1993), IFA Proceedings 17, 97; Praat's “To Pitch (ac)”."

FUNDAMENTAL = Family(
    "Fundamental frequency",
    "By Praat's autocorrelation, every 10 ms, in two passes: the first from 50 to 700 Hz, the "
    "second from 0.75 times its first quartile to 2.5 times its third (Hirst 2011, Journal of "
    "Speech Sciences 1, 55), so that neither a low nor a lively voice is cut off and few octaves "
    "are mistaken. Percentiles, because a mistaken octave moves them little. The course itself is "
    "`Measured.contour`: times in seconds and Hz, NaN where the sound is not voiced.",
    (
        Measure(
            "f0_median",
            "Hz",
            "Median of the voiced frames. Differences of 1.5 to 2 semitones are heard in speech; "
            "those above 3 are heard as meant.",
            f"{_PRAAT} What is heard: 't Hart (1981), Journal of the Acoustical Society of America "
            "69, 811.",
            scale="log",
            is_trait=True,
        ),
        Measure("f0_low", "Hz", "10th percentile of the voiced frames.", _PRAAT, scale="log"),
        Measure("f0_high", "Hz", "90th percentile of the voiced frames.", _PRAAT, scale="log"),
        Measure(
            "f0_range",
            "semitones",
            "12·log2 of the 90th percentile over the 10th.",
            _PRAAT,
            is_trait=True,
        ),
        Measure("voiced_share", "", "Voiced frames of all frames of the clip, 0 to 1.", _PRAAT),
    ),
    _of,
)
