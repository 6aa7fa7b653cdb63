"""Voices compared: what each says, how it sounds, and how it is judged."""

from __future__ import annotations

from .listening.answers import Answer
from .listening.design import Design, Target, Trial
from .listening.listening_test import ListeningTest
from .listening.results import ListeningResults
from .listening.scales import Scale
from .take import Take

__all__ = [
    "Answer",
    "Design",
    "ListeningResults",
    "ListeningTest",
    "Scale",
    "Take",
    "Target",
    "Trial",
]
