"""What is measured of a take; `MEASURES` defines it all, docs/voice-measures.md is made of it."""

from __future__ import annotations

from .artefact import Artefact, ArtefactKind
from .catalogue import FAMILIES, MEASURES, TRAITS, measure_named
from .definitions import Family, Measure
from .fundamental import Contour
from .intelligibility import plain_words, word_error_rate
from .measured import Measured, MeasuredTakes, measured_table
from .measuring import measure
from .recogniser import SessionRecogniser, session_recogniser
from .spreading import Spread, Spreads, by_voice, spread
from .utterance import Recogniser

__all__ = [
    "FAMILIES",
    "MEASURES",
    "TRAITS",
    "Artefact",
    "ArtefactKind",
    "Contour",
    "Family",
    "Measure",
    "Measured",
    "MeasuredTakes",
    "Recogniser",
    "SessionRecogniser",
    "Spread",
    "Spreads",
    "by_voice",
    "measure",
    "measure_named",
    "measured_table",
    "plain_words",
    "session_recogniser",
    "spread",
    "word_error_rate",
]
