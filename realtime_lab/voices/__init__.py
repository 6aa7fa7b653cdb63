"""Voices compared: what each says, how it sounds, and how it is judged."""

from __future__ import annotations

from .distances import Distances, VoiceMap, VoiceTree, distances
from .loudness_match import TARGET_LUFS, TRUE_PEAK_CEILING, MatchedGain, matched_gain
from .measures import (
    MEASURES,
    Artefact,
    Contour,
    Measure,
    Measured,
    Spread,
    Spreads,
    measure,
    measured_table,
    session_recogniser,
    spread,
)
from .runs import READ_ALOUD, Design, Gap, Planned, Progress, VoiceRun, compare_voices
from .take import Take
from .text_alignment import PlacedText, placed_text
from .word_times import SpokenWord, split_words, word_times

__all__ = [
    "MEASURES",
    "READ_ALOUD",
    "TARGET_LUFS",
    "TRUE_PEAK_CEILING",
    "Artefact",
    "Contour",
    "Design",
    "Distances",
    "Gap",
    "MatchedGain",
    "Measure",
    "Measured",
    "PlacedText",
    "Planned",
    "Progress",
    "SpokenWord",
    "Spread",
    "Spreads",
    "Take",
    "VoiceMap",
    "VoiceRun",
    "VoiceTree",
    "compare_voices",
    "distances",
    "matched_gain",
    "measure",
    "measured_table",
    "placed_text",
    "session_recogniser",
    "split_words",
    "spread",
    "word_times",
]
