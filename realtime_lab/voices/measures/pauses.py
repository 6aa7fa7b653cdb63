"""Silent pauses."""

from __future__ import annotations

from .definitions import Family, Measure, Unknown, Values
from .sounding import PAUSE_SECONDS
from .utterance import Utterance

__all__ = ["PAUSES"]


def _of(utterance: Utterance) -> Values:
    spoken = utterance.sounding
    if spoken is None:
        return PAUSES.unknown(utterance.silent_reason)
    lengths = [end - begin for begin, end in spoken.pauses]
    none = Unknown("there is no pause")
    return {
        "pauses": float(len(lengths)),
        "pause_total": float(sum(lengths)),
        "pause_mean": sum(lengths) / len(lengths) if lengths else none,
        "pause_longest": max(lengths, default=none),
    }


_SOURCE = (
    "Threshold of 250 ms: de Jong & Bosker (2013), Choosing a threshold for silent pauses, "
    "Proceedings of DiSS."
)

PAUSES = Family(
    "Pauses",
    f"A pause is a silence of {1000 * PAUSE_SECONDS:.0f} ms or more between two stretches in which "
    "the voice sounds (see Time); shorter silences are closures of stops. Silence before the first "
    "and after the last sound is no pause. Edges are found to within 15 ms.",
    (
        Measure("pauses", "", "How many pauses there are.", _SOURCE),
        Measure("pause_total", "s", "Length of all pauses together.", _SOURCE),
        Measure("pause_mean", "s", "Mean length of a pause.", _SOURCE),
        Measure("pause_longest", "s", "Length of the longest pause.", _SOURCE),
    ),
    _of,
)
