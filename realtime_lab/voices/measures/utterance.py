"""A take as the families of measures look at it: what several of them need, worked out once."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...audio import Clip
from ..take import Take
from .artefact import Artefact
from .libraries import library
from .sounding import Sounding, sounding

__all__ = ["Recogniser", "Utterance"]

Recogniser = Callable[[Clip], str]
"""Writes down what it hears in a clip."""

_SHORTEST_SECONDS = 0.1
"""Shorter audio holds no three periods of a low voice, which Praat wants to see."""
_FLOOR, _CEILING = 50.0, 700.0
_FIRST_STEP, _STEP = 0.02, 0.01
_FEWEST_VOICED = 5


class Utterance:
    """One take under examination.

    ``recogniser`` hears what was said; ``None`` where there is none.
    """

    def __init__(self, take: Take, recogniser: Recogniser | None = None) -> None:
        self.take = take
        self.recogniser = recogniser
        self.rate = take.clip.rate

    @cached_property
    def signal(self) -> NDArray[np.float64]:
        """The samples as fractions of full scale."""
        return self.take.clip.samples / 32768

    @property
    def seconds(self) -> float:
        return self.take.clip.seconds

    @cached_property
    def sounding(self) -> Sounding | None:
        """Where the voice sounds and pauses; ``None`` where nothing sounds."""
        if not self.signal.size:
            return None
        return sounding(self.signal - self.signal.mean(), self.rate)

    @property
    def silent_reason(self) -> str:
        """Why nothing can be measured of the voice; empty where it sounds."""
        if not self.take.clip.samples.size:
            return "there is no audio"
        if self.sounding is None:
            return "the audio is silent"
        return ""

    @cached_property
    def heard(self) -> str | None:
        """What the recogniser heard; ``None`` where there is none, or nothing to hear."""
        if self.recogniser is None or self.silent_reason:
            return None
        return self.recogniser(self.take.clip)

    @cached_property
    def artefacts(self) -> tuple[Artefact, ...]:
        """What is wrong in the audio."""
        from .artefacts import artefacts

        return artefacts(self)

    @property
    def unvoiced_reason(self) -> str:
        """Why nothing can be measured that needs a pitch; empty where there is one."""
        if self.silent_reason:
            return self.silent_reason
        if self.pitch is None:
            if self.seconds < _SHORTEST_SECONDS:
                return f"the audio is shorter than {1000 * _SHORTEST_SECONDS:.0f} ms"
            return "no voiced sound was found"
        return ""

    @cached_property
    def praat(self) -> Any:
        """The audio as a Sound of Praat."""
        return library("parselmouth").Sound(self.signal, self.rate)

    @cached_property
    def pitch(self) -> Any:
        """A Pitch of Praat; ``None`` where the voice has none, or too little of it sounds."""
        if self._pitch_range is None:
            return None
        floor, ceiling = self._pitch_range
        pitch = self.praat.to_pitch_ac(_STEP, floor, pitch_ceiling=ceiling)
        return pitch if np.count_nonzero(pitch.selected_array["frequency"]) else None

    @property
    def pitch_floor(self) -> float:
        """Hz, below which the voice has no pitch."""
        return self._pitch_range[0] if self._pitch_range else _FLOOR

    @cached_property
    def _pitch_range(self) -> tuple[float, float] | None:
        """Floor and ceiling of this voice in Hz; ``None`` as `pitch`."""
        if self.silent_reason or self.seconds < _SHORTEST_SECONDS:
            return None
        wide = self.praat.to_pitch_ac(_FIRST_STEP, _FLOOR, pitch_ceiling=_CEILING)
        found = wide.selected_array["frequency"]
        found = found[found > 0]
        if found.size < _FEWEST_VOICED:
            return None
        low, high = np.percentile(found, [25, 75])
        floor, ceiling = max(0.75 * low, _FLOOR), min(2.5 * high, _CEILING)
        return (float(floor), float(ceiling)) if self.seconds > 3 / floor else None
