"""Voices compared: what each says, how it sounds, and how it is judged."""

from __future__ import annotations

from .distances import Distances, VoiceMap, VoiceTree, distances
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

__all__ = [
    "MEASURES",
    "READ_ALOUD",
    "Artefact",
    "Contour",
    "Design",
    "Distances",
    "Gap",
    "Measure",
    "Measured",
    "Planned",
    "Progress",
    "Spread",
    "Spreads",
    "Take",
    "VoiceMap",
    "VoiceRun",
    "VoiceTree",
    "compare_voices",
    "distances",
    "measure",
    "measured_table",
    "session_recogniser",
    "spread",
]
