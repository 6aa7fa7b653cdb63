"""Voices compared: what each says, how it sounds, and how it is judged."""

from __future__ import annotations

from .loudness_match import TARGET_LUFS, TRUE_PEAK_CEILING, MatchedGain, matched_gain
from .take import Take
from .text_alignment import PlacedText, placed_text
from .word_times import SpokenWord, split_words, word_times

__all__ = [
    "TARGET_LUFS",
    "TRUE_PEAK_CEILING",
    "MatchedGain",
    "PlacedText",
    "SpokenWord",
    "Take",
    "matched_gain",
    "placed_text",
    "split_words",
    "word_times",
]
