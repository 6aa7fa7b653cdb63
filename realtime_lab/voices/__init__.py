"""Voices compared: what each says, how it sounds, and how it is judged."""

from __future__ import annotations

from .runs import READ_ALOUD, Design, Gap, Planned, Progress, VoiceRun, compare_voices
from .take import Take

__all__ = [
    "READ_ALOUD",
    "Design",
    "Gap",
    "Planned",
    "Progress",
    "Take",
    "VoiceRun",
    "compare_voices",
]
