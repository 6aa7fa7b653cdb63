"""The waterfall of a log: how the stages are distributed over its turns."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np

from ..tables.table import Table
from ..tables.tables import table_of
from .latency import STAGES, Stage

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from ..tables.index import EventIndex

__all__ = ["PERCENTILES_TOLD", "Distribution", "LogWaterfall", "log_waterfall"]

_LEAST = {50: 1, 95: 20, 99: 100}
"""From how many turns on a percentile is told: below that less than one of them is beyond it."""
PERCENTILES_TOLD = (
    "Percentiles are interpolated between the two nearest turns (type 7 of Hyndman and Fan 1996, "
    "as numpy, pandas, DuckDB and Excel do by default). p95 is told from 20 turns on, p99 from "
    "100: with fewer they would say little more than the longest turn does."
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


class LogWaterfall:
    """The stages of all turns of a log, and what each turn used.

    ``turns`` are their numbers; ``stages`` holds for each name of `Latency` the seconds in each of
    them (NaN where it is not known). ``used`` gives the tokens and the dollars of each turn (NaN
    where not known); it is asked when they are wanted.
    """

    def __init__(
        self,
        turns: np.ndarray,
        stages: Mapping[str, np.ndarray],
        used: Callable[[], tuple[np.ndarray, np.ndarray]],
    ) -> None:
        self.turns = turns
        self.stages = stages
        self._used = cache(used)

    @property
    def tokens(self) -> np.ndarray:
        """Tokens of each turn."""
        return self._used()[0]

    @property
    def dollars(self) -> np.ndarray:
        """What each turn costs, transcription included; NaN where a price is not known."""
        return self._used()[1]

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

    def table(self) -> Table:
        """One row for each stage: how many turns have it, and its distribution in seconds."""
        found = self.distributions
        columns: dict[str, tuple[str, list[Any]]] = {
            "stage": ("VARCHAR", [one.stage.name for one in found]),
            "turns": ("INTEGER", [one.count for one in found]),
            **{
                name: ("DOUBLE", [getattr(one, name) for one in found])
                for name in ("least", "p50", "p95", "p99", "most")
            },
            "definition": ("VARCHAR", [one.stage.definition for one in found]),
        }
        return table_of(columns)

    def svg(self) -> str:
        """The picture alone, to be put into a page."""
        from .log_waterfall_views import log_waterfall_picture, turns_told

        return log_waterfall_picture(self).svg(f"Latency over {turns_told(self)}")

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


def log_waterfall(index: EventIndex) -> LogWaterfall:
    """The waterfall of the log of this index."""
    found = index.table("latencies")
    turns = np.array(found["turn"], dtype=np.int64)
    stages = {stage.name: np.array(found[stage.name], dtype=np.float64) for stage in STAGES}

    def used() -> tuple[np.ndarray, np.ndarray]:
        rows = {row["turn"]: row for row in index.query(_USED)}
        told = [rows.get(int(turn), {}) for turn in turns]
        tokens = [row.get("tokens") or 0 for row in told]
        dollars = [row.get("dollars", 0.0) for row in told]
        return np.array(tokens, dtype=np.int64), np.array(dollars, dtype=np.float64)

    return LogWaterfall(turns, stages, used)


_USED = """
SELECT turn, sum(tokens)::BIGINT AS tokens,
  CASE WHEN count(dollars) = count(*) THEN sum(dollars) END AS dollars
FROM (
  SELECT turn, total_tokens AS tokens, dollars FROM usage WHERE total_tokens > 0
  UNION ALL SELECT turn, 0, dollars FROM transcriptions
) WHERE turn IS NOT NULL GROUP BY turn
"""
