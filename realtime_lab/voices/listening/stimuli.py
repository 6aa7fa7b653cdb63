"""What is listened to, under names that give nothing away."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

from ...audio import Clip
from ...errors import ListeningError
from ..naming import voice_names
from ..take import Take

__all__ = ["Stimulus", "stimuli_of"]


@dataclass(frozen=True, slots=True)
class Stimulus:
    """A recording, the system that made it and the text that it says."""

    id: str
    """Twelve hexadecimal digits that say nothing of the system, another for each stimulus."""
    sha256: str
    """Of the PCM16 little-endian samples, in hexadecimal digits."""
    system: str
    """Whom the answers are about: a voice, with its source where there are several."""
    text: str
    line: int
    repeat: int
    clip: Clip


def stimuli_of(takes: Iterable[Take]) -> tuple[Stimulus, ...]:
    """One stimulus for each take that has audio, in the order of systems, lines and repeats.

    Raises:
        ListeningError: if two takes of a system say the same line in the same repeat.
    """
    takes = [take for take in takes if len(take.clip.samples)]
    found: dict[tuple[str, int, int], Stimulus] = {}
    for system, take in zip(voice_names(takes), takes, strict=True):
        place = (system, take.line, take.repeat)
        if place in found:
            raise ListeningError(
                f"there are two takes of {system}, line {take.line}, repeat {take.repeat}; "
                "give each its own repeat"
            )
        sha256 = hashlib.sha256(take.clip.samples.astype("<i2").tobytes()).hexdigest()
        told = hashlib.sha256(repr((place, sha256)).encode()).hexdigest()[:12]
        found[place] = Stimulus(told, sha256, system, take.asked, take.line, take.repeat, take.clip)
    return tuple(found[place] for place in sorted(found))
