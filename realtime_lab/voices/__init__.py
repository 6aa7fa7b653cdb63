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
from .take import Take

__all__ = [
    "MEASURES",
    "Artefact",
    "Contour",
    "Distances",
    "Measure",
    "Measured",
    "Spread",
    "Spreads",
    "Take",
    "VoiceMap",
    "VoiceTree",
    "distances",
    "measure",
    "measured_table",
    "session_recogniser",
    "spread",
]
