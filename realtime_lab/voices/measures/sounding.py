"""Where in a recording the voice sounds, and where it pauses."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..flag_runs import runs_of

__all__ = ["PAUSE_SECONDS", "Sounding", "sounding"]

PAUSE_SECONDS = 0.25
_SHORTEST_SOUND = 0.1
_WINDOW, _HOP = 0.010, 0.005
_BELOW_LOUD = 25.0
_LOUD_PERCENTILE = 99
_SILENT_DBFS = -60.0


@dataclass(frozen=True, slots=True)
class Sounding:
    """The stretches in which a voice sounds, as (begin, end) in seconds, in order."""

    stretches: tuple[tuple[float, float], ...]

    @property
    def begin(self) -> float:
        return self.stretches[0][0]

    @property
    def end(self) -> float:
        return self.stretches[-1][1]

    @property
    def pauses(self) -> tuple[tuple[float, float], ...]:
        """The pauses between them, as (begin, end) in seconds."""
        ends = [end for _, end in self.stretches[:-1]]
        begins = [begin for begin, _ in self.stretches[1:]]
        return tuple(zip(ends, begins, strict=True))

    def mask(self, count: int, rate: int) -> NDArray[np.bool_]:
        """Of ``count`` samples, whether each lies in one of the stretches."""
        inside = np.zeros(count, bool)
        for begin, end in self.stretches:
            inside[round(begin * rate) : round(end * rate)] = True
        return inside


def sounding(signal: NDArray[np.float64], rate: int) -> Sounding | None:
    """Where the voice sounds in ``signal`` (full scale is 1); ``None`` where nothing does.

    A frame (10 ms, every 5 ms) sounds when its RMS is no more than 25 dB below the loud frames
    (the 99th percentile) and above -60 dBFS. Silences of less than `PAUSE_SECONDS` between sounding
    frames are filled; then what sounds for less than 100 ms is dropped, unless it is all there is.
    """
    window, hop = max(1, round(_WINDOW * rate)), max(1, round(_HOP * rate))
    if signal.size < window:
        return None
    energy = np.concatenate([[0.0], np.cumsum(np.square(signal))])
    begins = np.arange(0, signal.size - window + 1, hop)
    power = np.maximum(energy[begins + window] - energy[begins], 0.0) / window
    level = 10 * np.log10(power + 1e-12)
    threshold = max(float(np.percentile(level, _LOUD_PERCENTILE)) - _BELOW_LOUD, _SILENT_DBFS)
    centres = (begins + window / 2) / rate
    found = _runs(level >= threshold, centres, hop / rate, signal.size / rate)
    joined = _joined(found)
    longer = [one for one in joined if one[1] - one[0] >= _SHORTEST_SOUND]
    kept = _joined(longer or joined)
    return Sounding(tuple(kept)) if kept else None


def _runs(
    loud: NDArray[np.bool_], centres: NDArray[np.float64], step: float, end: float
) -> list[tuple[float, float]]:
    return [
        (
            0.0 if first == 0 else float(centres[first] - step / 2),
            end if last == loud.size else float(centres[last - 1] + step / 2),
        )
        for first, last in runs_of(loud)
    ]


def _joined(stretches: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """Without the silences that are too short for a pause."""
    joined: list[tuple[float, float]] = []
    for begin, end in stretches:
        if joined and begin - joined[-1][1] < PAUSE_SECONDS:
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((begin, end))
    return joined
