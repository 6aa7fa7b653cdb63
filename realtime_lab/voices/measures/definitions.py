"""What a measure is: a definition as data, and what stands where it cannot be taken."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from .utterance import Utterance

__all__ = ["Family", "Measure", "Unknown", "Values"]


@dataclass(frozen=True, slots=True)
class Measure:
    """One number that is measured of a take."""

    name: str
    unit: str
    """Empty where it is a count."""
    definition: str
    source: str
    scale: Literal["linear", "log"] = "linear"
    """How two values are compared: by their difference, or by their ratio."""
    is_trait: bool = False
    """Whether it is of how the voice sounds, rather than of this text or this run."""


@dataclass(frozen=True, slots=True)
class Unknown:
    """Stands for a value that cannot be measured, and says why."""

    reason: str


Values = Mapping[str, float | Unknown]
"""What a family measured, by the names of its measures."""


@dataclass(frozen=True, slots=True)
class Family:
    """Measures that are taken together."""

    title: str
    about: str
    """What all of them have in common: frames, thresholds, conventions."""
    measures: tuple[Measure, ...]
    of: Callable[[Utterance], Values]

    def unknown(self, reason: str) -> Values:
        """The same reason for all of its measures."""
        return {measure.name: Unknown(reason) for measure in self.measures}
