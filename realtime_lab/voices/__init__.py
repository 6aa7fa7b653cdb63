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
from .take import Take
from .text_alignment import PlacedText, placed_text
from .word_times import SpokenWord, split_words, word_times

__all__ = [
    "MEASURES",
    "TARGET_LUFS",
    "TRUE_PEAK_CEILING",
    "Artefact",
    "Contour",
    "Distances",
    "MatchedGain",
    "Measure",
    "Measured",
    "PlacedText",
    "SpokenWord",
    "Spread",
    "Spreads",
    "Take",
    "VoiceMap",
    "VoiceTree",
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
