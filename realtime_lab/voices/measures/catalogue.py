"""All families of measures, and all measures."""

from __future__ import annotations

from ...errors import AudioError
from .artefacts import ARTEFACTS
from .definitions import Measure
from .fundamental import FUNDAMENTAL
from .intelligibility import INTELLIGIBILITY
from .loudness import LOUDNESS
from .pauses import PAUSES
from .quality import QUALITY
from .spectrum import SPECTRUM
from .tempo import TEMPO
from .timing import TIMING
from .usage import USAGE

__all__ = ["FAMILIES", "MEASURES", "TRAITS", "measure_named"]

FAMILIES = (
    TIMING,
    TEMPO,
    PAUSES,
    FUNDAMENTAL,
    LOUDNESS,
    SPECTRUM,
    QUALITY,
    INTELLIGIBILITY,
    ARTEFACTS,
    USAGE,
)
MEASURES: tuple[Measure, ...] = tuple(one for family in FAMILIES for one in family.measures)
TRAITS: tuple[str, ...] = tuple(one.name for one in MEASURES if one.is_trait)
"""The measures of how a voice sounds, by which voices are told apart."""

_NAMED = {one.name: one for one in MEASURES}


def measure_named(name: str) -> Measure:
    """The definition of a measure.

    Raises:
        AudioError: if there is none of that name.
    """
    found = _NAMED.get(name)
    if found is None:
        raise AudioError(f"there is no measure {name!r}; there are: {', '.join(_NAMED)}")
    return found
