"""What was measured of a take."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from ...eventlog import Table, table_of
from .artefact import Artefact
from .catalogue import MEASURES, measure_named
from .fundamental import Contour

__all__ = ["Measured", "MeasuredTakes", "measured_table"]


@dataclass(frozen=True)
class Measured:
    """The measures of one take: ``measured["f0_median"]``; `MEASURES` defines them."""

    source: str
    voice: str
    repeat: int
    line: int
    values: Mapping[str, float | None]
    """By name; ``None`` where one cannot be measured."""
    reasons: Mapping[str, str] = field(repr=False)
    """Why a value is ``None``, by its name."""
    contour: Contour
    """The course of the fundamental frequency."""
    artefacts: tuple[Artefact, ...] = ()
    """What is wrong in the audio, in the order of time."""
    heard: str | None = None
    """What the recogniser heard; ``None`` without one, or where the audio is silent."""

    def __getitem__(self, name: str) -> float | None:
        """A value by the name of its measure.

        Raises:
            AudioError: if there is no such measure.
        """
        return self.values[measure_named(name).name]

    def told(self, name: str) -> str:
        """A value to read, with its unit, or why there is none."""
        measure = measure_named(name)
        value = self.values[name]
        if value is None:
            return self.reasons[name]
        return f"{value:.4g} {measure.unit}".rstrip()

    def table(self) -> Table:
        """One row for each measure: its value and unit, or why there is none, and what it is."""
        return table_of(
            {
                "measure": ("VARCHAR", [one.name for one in MEASURES]),
                "value": ("DOUBLE", [self.values[one.name] for one in MEASURES]),
                "unit": ("VARCHAR", [one.unit for one in MEASURES]),
                "reason": ("VARCHAR", [self.reasons.get(one.name) for one in MEASURES]),
                "definition": ("VARCHAR", [one.definition for one in MEASURES]),
            }
        )

    def _repr_html_(self) -> str:
        return self.table()._repr_html_()


class MeasuredTakes(tuple[Measured, ...]):
    """What was measured of several takes, in their order."""

    __slots__ = ()

    def table(self, measures: Sequence[str] = ()) -> Table:
        """One row for each take, see `measured_table`."""
        return measured_table(self, measures)

    def __repr__(self) -> str:
        from .measured_views import measured_view

        return measured_view(self).text()

    def _repr_html_(self) -> str:
        from .measured_views import measured_view

        return measured_view(self).html()


def measured_table(measured: Sequence[Measured], measures: Sequence[str] = ()) -> Table:
    """One row for each take, a column for each measure (all, or those named).

    Raises:
        AudioError: for a measure that there is not.
    """
    names = [measure_named(name).name for name in measures] or [one.name for one in MEASURES]
    return table_of(
        {
            "source": ("VARCHAR", [one.source for one in measured]),
            "voice": ("VARCHAR", [one.voice for one in measured]),
            "repeat": ("INTEGER", [one.repeat for one in measured]),
            "line": ("INTEGER", [one.line for one in measured]),
            **{name: ("DOUBLE", [one.values[name] for one in measured]) for name in names},
            "artefacts": ("INTEGER", [len(one.artefacts) for one in measured]),
        }
    )
