"""How much repeated runs differ: not one number, but where it lies."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from ...errors import AudioError
from ...eventlog import Table, table_of
from ..naming import voice_names
from .catalogue import MEASURES, measure_named
from .measured import Measured
from .student import t_interval

__all__ = ["Spread", "Spreads", "by_voice", "spread"]


@dataclass(frozen=True, slots=True)
class Spread:
    """A measure of a voice over repeated runs."""

    n: int
    """Runs in which it could be measured."""
    mean: float | None
    sd: float | None
    """Standard deviation of a sample (n - 1); ``None`` of fewer than two."""
    low: float | None
    high: float | None
    """Ends of the 95 % confidence interval of the mean, by Student's t; ``None`` as `sd`."""

    def __str__(self) -> str:
        if self.mean is None:
            return "–"
        if self.low is None or self.high is None:
            return f"{self.mean:.4g} (n = {self.n})"
        return f"{self.mean:.4g} [{self.low:.4g}, {self.high:.4g}] (n = {self.n})"


class Spreads(Mapping[str, Mapping[str, Spread]]):
    """Spread by voice and measure: ``spreads["alloy"]["f0_median"]``.

    Where there are several sources a voice is named with its own: ``"gpt-realtime · alloy"``.
    """

    def __init__(self, found: Mapping[str, Mapping[str, Spread]]) -> None:
        self._found = dict(found)

    def __getitem__(self, voice: str) -> Mapping[str, Spread]:
        if voice not in self._found:
            raise KeyError(f"there is no voice {voice!r}; there are: {', '.join(self._found)}")
        return self._found[voice]

    def __iter__(self) -> Iterator[str]:
        return iter(self._found)

    def __len__(self) -> int:
        return len(self._found)

    def table(self) -> Table:
        """One row for each voice and measure: n, mean, SD and the 95 % interval of the mean."""
        rows = [(v, name, one) for v, values in self.items() for name, one in values.items()]
        return table_of(
            {
                "voice": ("VARCHAR", [voice for voice, _, _ in rows]),
                "measure": ("VARCHAR", [name for _, name, _ in rows]),
                "unit": ("VARCHAR", [measure_named(name).unit for _, name, _ in rows]),
                "n": ("INTEGER", [one.n for _, _, one in rows]),
                **{
                    field: ("DOUBLE", [getattr(one, field) for _, _, one in rows])
                    for field in ("mean", "sd", "low", "high")
                },
            }
        )

    def __repr__(self) -> str:
        from .measured_views import spread_view

        return spread_view(self).text()

    def _repr_html_(self) -> str:
        from .measured_views import spread_view

        return spread_view(self).html()


def spread(measured: Iterable[Measured]) -> Spreads:
    """The spread of every measure over the repeated runs of each voice.

    The lines of one run are averaged first, so that what is counted is runs. Runs in which a
    measure is unknown do not count for it.

    Raises:
        AudioError: if nothing was measured.
    """
    return Spreads(
        {
            voice: {one.name: _spread(_by_repeat(found, one.name)) for one in MEASURES}
            for voice, found in by_voice(measured).items()
        }
    )


def by_voice(measured: Iterable[Measured]) -> dict[str, list[Measured]]:
    """What was measured of each voice, named with its source where there are several.

    Raises:
        AudioError: if nothing was measured.
    """
    everything = list(measured)
    if not everything:
        raise AudioError("nothing was measured; measure the takes of a run first")
    found: dict[str, list[Measured]] = {}
    for name, one in zip(voice_names(everything), everything, strict=True):
        found.setdefault(name, []).append(one)
    return found


def _by_repeat(measured: Sequence[Measured], name: str) -> list[float]:
    runs: dict[int, list[float]] = {}
    for one in measured:
        value = one.values[name]
        if value is not None:
            runs.setdefault(one.repeat, []).append(value)
    return [float(np.mean(values)) for values in runs.values()]


def _spread(values: Sequence[float]) -> Spread:
    n = len(values)
    if n < 2:
        return Spread(n, values[0] if values else None, None, None, None)
    mean, sd, half = t_interval(values)
    return Spread(n, mean, sd, mean - half, mean + half)
