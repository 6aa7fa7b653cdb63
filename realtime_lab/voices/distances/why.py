"""What makes two voices differ."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, overload

import numpy as np

from ...eventlog import Table, table_of
from ..measures import measure_named

if TYPE_CHECKING:
    from .distances import Distances

__all__ = ["Contribution", "Why", "why"]


@dataclass(frozen=True, slots=True)
class Contribution:
    """What one measure does to the distance of two voices."""

    measure: str
    unit: str
    one: float
    other: float
    """The values of the two, averaged over their takes (geometrically, where ratios count)."""
    difference: float
    """``one`` less ``other``, in the standard deviations of the distances."""
    share: float
    """Of the squared distance, 0 to 1."""


class Why(Sequence[Contribution]):
    """The contributions of all measures, the largest first."""

    def __init__(self, voices: tuple[str, str], found: Sequence[Contribution]) -> None:
        self.voices = voices
        self._found = list(found)

    @overload
    def __getitem__(self, index: int) -> Contribution: ...
    @overload
    def __getitem__(self, index: slice) -> list[Contribution]: ...
    def __getitem__(self, index: int | slice) -> Contribution | list[Contribution]:
        return self._found[index]

    def __len__(self) -> int:
        return len(self._found)

    def table(self) -> Table:
        """One row for each measure: both values, the difference and its share."""
        one, other = self.voices
        return table_of(
            {
                "measure": ("VARCHAR", [part.measure for part in self]),
                "unit": ("VARCHAR", [part.unit for part in self]),
                one: ("DOUBLE", [part.one for part in self]),
                other: ("DOUBLE", [part.other for part in self]),
                "difference": ("DOUBLE", [part.difference for part in self]),
                "share": ("DOUBLE", [part.share for part in self]),
            }
        )

    def __repr__(self) -> str:
        lines = [f"{self.voices[0]} and {self.voices[1]} differ by:"]
        for part in self:
            lines.append(
                f"  {part.measure:18s} {part.one:9.4g} {part.other:9.4g} {part.unit:12s}"
                f" {part.difference:+6.2f} SD  {100 * part.share:3.0f} %"
            )
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        return self.table()._repr_html_()


def why(distances: Distances, one: str, other: str) -> Why:
    """The contributions to the distance of two voices."""
    a, b = distances.index(one), distances.index(other)
    apart = distances.standardised[a] - distances.standardised[b]
    whole = float(np.square(apart).sum()) or 1.0
    found = [
        Contribution(
            name,
            measure_named(name).unit,
            _value(name, float(distances.means[a, column])),
            _value(name, float(distances.means[b, column])),
            float(apart[column]),
            float(apart[column] ** 2) / whole,
        )
        for column, name in enumerate(distances.measures)
    ]
    return Why((one, other), sorted(found, key=lambda part: part.share, reverse=True))


def _value(name: str, mean: float) -> float:
    return 2.0**mean if measure_named(name).scale == "log" else mean
