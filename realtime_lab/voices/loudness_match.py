"""One loudness for all voices that are compared by ear."""

from __future__ import annotations

import math
from dataclasses import dataclass

from ..audio import Clip
from .measures.loudness import levels

__all__ = ["TARGET_LUFS", "TRUE_PEAK_CEILING", "MatchedGain", "loudness_gain", "matched_gain"]

TARGET_LUFS = -23.0
"""Programme loudness of EBU R 128."""
TRUE_PEAK_CEILING = -1.0
"""Highest true peak in dBTP, EBU R 128."""


@dataclass(frozen=True, slots=True)
class MatchedGain:
    """What brings a take to the common loudness."""

    decibels: float
    limited: bool
    """Whether its peaks allow no more, so that it stays below the common loudness."""

    @property
    def factor(self) -> float:
        """The gain as a factor of the samples."""
        return 10 ** (self.decibels / 20)


def matched_gain(
    lufs: float, true_peak: float, target: float = TARGET_LUFS, ceiling: float = TRUE_PEAK_CEILING
) -> MatchedGain:
    """The gain from an integrated loudness in LUFS to ``target``.

    It never lifts the true peak, in dBTP, above ``ceiling``. What has no loudness, such as silence,
    is left as it is.
    """
    if not math.isfinite(lufs):
        return MatchedGain(0.0, limited=False)
    wanted, allowed = target - lufs, ceiling - true_peak
    return MatchedGain(min(wanted, allowed), limited=wanted > allowed)


def loudness_gain(clip: Clip, target: float = TARGET_LUFS) -> MatchedGain:
    """The gain that brings a clip to ``target`` LUFS, as `matched_gain` has it.

    Raises:
        AudioError: if a library that measures is not installed.
    """
    found = levels(clip.samples / 32768, clip.rate)
    loudness, peak = found["loudness"], found["true_peak"]
    if not isinstance(loudness, float) or not isinstance(peak, float):
        return MatchedGain(0.0, limited=False)
    return matched_gain(loudness, peak, target)
