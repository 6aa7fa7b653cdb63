"""Voices compared: what each says, how it sounds, and how it is judged."""

from __future__ import annotations

from .distances import Distances, VoiceMap, VoiceTree, distances
from .listening.answers import Answer
from .listening.design import ListeningDesign, Target, Trial
from .listening.listening_test import ListeningTest
from .listening.results import ListeningResults
from .listening.scales import Scale
from .loudness_match import TARGET_LUFS, TRUE_PEAK_CEILING, MatchedGain, loudness_gain, matched_gain
from .measures import (
    MEASURES,
    Artefact,
    Contour,
    Measure,
    Measured,
    MeasuredTakes,
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
    "Answer",
    "Artefact",
    "Contour",
    "Design",
    "Distances",
    "Gap",
    "ListeningDesign",
    "ListeningResults",
    "ListeningTest",
    "MatchedGain",
    "Measure",
    "Measured",
    "MeasuredTakes",
    "PlacedText",
    "Planned",
    "Progress",
    "Scale",
    "SpokenWord",
    "Spread",
    "Spreads",
    "Take",
    "Target",
    "Trial",
    "VoiceMap",
    "VoiceRun",
    "VoiceTree",
    "compare_voices",
    "distances",
    "loudness_gain",
    "matched_gain",
    "measure",
    "measured_table",
    "placed_text",
    "session_recogniser",
    "split_words",
    "spread",
    "word_times",
]
