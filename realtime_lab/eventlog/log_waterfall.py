"""The waterfall of a log: how the stages are distributed over its turns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from .latency import STAGES, Stage

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["PERCENTILES_TOLD", "Distribution", "LogWaterfall"]

_LEAST = {50: 1, 95: 20, 99: 100}
"""From how many turns on a percentile is told: below that none of them lies beyond it."""
PERCENTILES_TOLD = (
    "Percentiles are interpolated between the two nearest turns (type 7 of Hyndman and Fan 1996, "
    "as numpy, pandas, DuckDB and Excel do by default). p95 is told from 20 turns on, p99 from "
    "100: with fewer, no turn lies beyond it."
)


@dataclass(frozen=True)
class Distribution:
    """How long a stage took: ``values`` in the turns that have it, in seconds, shortest first."""

    stage: Stage
    values: np.ndarray

    @property
    def count(self) -> int:
        """Turns that have it."""
        return len(self.values)

    @property
    def least(self) -> float | None:
        """The shortest."""
        return float(self.values[0]) if self.count else None

    @property
    def most(self) -> float | None:
        """The longest."""
        return float(self.values[-1]) if self.count else None

    @property
    def p50(self) -> float | None:
        """The median."""
        return self.percentile(50)

    @property
    def p95(self) -> float | None:
        """``None`` below 20 turns."""
        return self.percentile(95)

    @property
    def p99(self) -> float | None:
        """``None`` below 100 turns."""
        return self.percentile(99)

    def percentile(self, percent: int) -> float | None:
        """Seconds, interpolated; ``None`` where there are too few turns to tell it."""
        if self.count < max(1, _LEAST.get(percent, 100 / min(percent, 100 - percent))):
            return None
        return float(np.percentile(self.values, percent))


@dataclass(frozen=True)
class LogWaterfall:
    """The stages of all turns of a log, and what each turn used.

    ``stages`` holds for each name of `Latency` the seconds in each of ``turns`` (NaN where it is
    not known), ``tokens`` and ``dollars`` what each turn used (dollars NaN where not known).
    """

    turns: np.ndarray
    stages: Mapping[str, np.ndarray]
    tokens: np.ndarray
    dollars: np.ndarray

    def __getitem__(self, name: str) -> Distribution:
        """The distribution of a stage, by its name in `Latency`."""
        stage = next(stage for stage in STAGES if stage.name == name)
        values = self.stages[name]
        return Distribution(stage, np.sort(values[~np.isnan(values)]))

    @property
    def distributions(self) -> list[Distribution]:
        """Those of all stages that any turn has."""
        found = (self[stage.name] for stage in STAGES)
        return [one for one in found if one.count]

    def svg(self) -> str:
        """The picture alone, to be put into a page."""
        from .log_waterfall_views import log_waterfall_picture

        return log_waterfall_picture(self).svg(f"Latency over {len(self.turns)} turns")

    def figure(self) -> Figure:
        """The picture as a figure of matplotlib."""
        from .log_waterfall_views import log_waterfall_picture

        return log_waterfall_picture(self).figure()

    def __repr__(self) -> str:
        from .log_waterfall_views import log_waterfall_text

        return log_waterfall_text(self)

    def _repr_html_(self) -> str:
        from .log_waterfall_views import log_waterfall_html

        return log_waterfall_html(self)

    @classmethod
    def of(
        cls,
        turns: Sequence[int],
        stages: Mapping[str, Sequence[float | None]],
        tokens: Sequence[int | None],
        dollars: Sequence[float | None],
    ) -> LogWaterfall:
        """From columns with a value for each turn, ``None`` where it is not known."""
        return cls(
            np.asarray(turns, dtype=np.int64),
            {name: np.array(values, dtype=np.float64) for name, values in stages.items()},
            np.array([n or 0 for n in tokens], dtype=np.int64),
            np.array(dollars, dtype=np.float64),
        )
