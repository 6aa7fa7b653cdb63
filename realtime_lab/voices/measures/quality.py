"""How regular the voice is from period to period: jitter, shimmer, harmonics to noise."""

from __future__ import annotations

import math
from typing import Any

from .definitions import Family, Measure, Unknown, Values
from .libraries import library
from .utterance import Utterance

__all__ = ["QUALITY"]

_SHORTEST_PERIOD, _LONGEST_PERIOD = 0.0001, 0.02
_MOST_PERIOD_FACTOR, _MOST_AMPLITUDE_FACTOR = 1.3, 1.6
_HARMONICITY_STEP = 0.01


def _of(utterance: Utterance) -> Values:
    if reason := utterance.unvoiced_reason:
        return QUALITY.unknown(reason)
    call = library("parselmouth.praat").call
    sound = utterance.praat
    pulses = call([sound, utterance.pitch], "To PointProcess (cc)")
    periods = (0, 0, _SHORTEST_PERIOD, _LONGEST_PERIOD, _MOST_PERIOD_FACTOR)
    jitter = call(pulses, "Get jitter (local)", *periods)
    shimmer = call([sound, pulses], "Get shimmer (local)", *periods, _MOST_AMPLITUDE_FACTOR)
    harmonicity = sound.to_harmonicity_cc(_HARMONICITY_STEP, utterance.pitch_floor, 0.1, 1.0)
    few = Unknown("too few periods follow each other")
    return {
        "jitter": few if math.isnan(jitter) else 100 * jitter,
        "shimmer": few if math.isnan(shimmer) else 100 * shimmer,
        "hnr": _mean(harmonicity),
    }


def _mean(harmonicity: Any) -> float | Unknown:
    values = harmonicity.values[0]
    periodic = values[values > -200]  # Praat's mark of a silent frame
    return float(periodic.mean()) if periodic.size else Unknown("no frame is periodic")


QUALITY = Family(
    "Voice quality",
    "By Praat, from the pulses that it finds along the fundamental frequency (“To PointProcess "
    "(cc)”), with its standard limits: periods of 0.1 to 20 ms, neighbours by at most 1.3 of each "
    "other (amplitudes 1.6). In running speech these are higher than in the sustained vowels that "
    "clinical thresholds are for; compare voices by the same text.",
    (
        Measure(
            "jitter",
            "%",
            "Mean absolute difference between periods that follow each other, over the mean "
            "period (local).",
            "Praat's “Get jitter (local)”.",
            is_trait=True,
        ),
        Measure(
            "shimmer",
            "%",
            "Mean absolute difference between peak amplitudes of periods that follow each other, "
            "over the mean amplitude (local).",
            "Praat's “Get shimmer (local)”.",
            is_trait=True,
        ),
        Measure(
            "hnr",
            "dB",
            "Harmonics-to-noise ratio: mean over the frames that are not silent, a frame every 10 "
            "ms, by cross-correlation from the pitch floor of the voice on (0.75 times its first "
            "quartile).",
            "Boersma (1993); Praat's “To Harmonicity (cc)”, silence threshold 0.1, one period per "
            "window.",
            is_trait=True,
        ),
    ),
    _of,
)
