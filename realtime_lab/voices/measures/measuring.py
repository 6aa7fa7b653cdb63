"""Takes a take through all families of measures."""

from __future__ import annotations

from ...errors import AudioError
from ..take import Take
from .catalogue import FAMILIES
from .definitions import Unknown
from .fundamental import contour
from .measured import Measured
from .utterance import Recogniser, Utterance

__all__ = ["measure"]


def measure(take: Take, *, recogniser: Recogniser | None = None) -> Measured:
    """Measure one take: everything in `MEASURES`, its contour and its artefacts.

    What cannot be measured of silent, unvoiced or very short audio is ``None``, with the reason.
    ``recogniser`` writes down what it hears in a clip (see `session_recogniser`); without one
    intelligibility is not measured.

    Raises:
        AudioError: for what is no take, or if a library is not installed; the message says how to
            install it.
    """
    if not isinstance(take, Take):
        raise AudioError(
            f"{type(take).__name__} is no take; measure one take of a run, or all: run.measures()"
        )
    utterance = Utterance(take, recogniser)
    found = {name: value for family in FAMILIES for name, value in family.of(utterance).items()}
    return Measured(
        source=take.source,
        voice=take.voice,
        repeat=take.repeat,
        line=take.line,
        values={n: None if isinstance(v, Unknown) else float(v) for n, v in found.items()},
        reasons={n: v.reason for n, v in found.items() if isinstance(v, Unknown)},
        contour=contour(utterance),
        artefacts=utterance.artefacts,
        heard=utterance.heard,
    )
