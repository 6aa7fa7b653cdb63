"""What is wrong in a recording, and where."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

__all__ = ["Artefact", "ArtefactKind"]

ArtefactKind = Literal["clipping", "click", "gap", "dc_offset"]


@dataclass(frozen=True, slots=True)
class Artefact:
    """One fault of the audio itself."""

    kind: ArtefactKind
    at: float
    """Seconds from the beginning of the clip."""
    seconds: float
    """How long it lasts; 0 for a click."""
    told: str
    """What was found, in words."""
    at_border: bool = False
    """Whether it is where two audio deltas meet."""
