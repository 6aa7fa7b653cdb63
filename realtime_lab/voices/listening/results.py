"""What came of a listening test."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING

from ...errors import ListeningError
from ...eventlog import Table, table_of
from .agreement import krippendorff_alpha
from .answers import Answer, Answers
from .bradley_terry import BradleyTerry, Comparison, Estimate, bradley_terry
from .design import ListeningDesign, Trial
from .opinions import Opinion, Rating, mean_opinions
from .pair_tests import PairTest, pair_tests
from .raw import raw_table, write_raw
from .reliability import Reliability, reliability

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["ListeningResults"]


@dataclass(frozen=True)
class ListeningResults:
    """Answers and what they say. ``left_out`` names listeners whose answers do not count.

    Only judged trials are counted: training, targets and repeated trials are there to see how the
    listeners listened.
    """

    design: ListeningDesign
    answers: Answers
    left_out: frozenset[str] = frozenset()

    def without(self, listeners: Collection[str]) -> ListeningResults:
        """The same without the answers of some listeners; they are named in every report.

        Raises:
            ListeningError: if there is no such listener.
        """
        names = {listeners} if isinstance(listeners, str) else set(listeners)
        if unknown := names - self.answers.listeners.keys():
            known = ", ".join(self.answers.listeners) or "nobody yet"
            raise ListeningError(f"{', '.join(sorted(unknown))} did not listen; there is {known}")
        return ListeningResults(self.design, self.answers, self.left_out | names)

    def without_flagged(self) -> ListeningResults:
        """The same without the listeners whom the attention checks speak against."""
        return self.without([r.listener for r in self.reliability if r.is_flagged])

    @property
    def listeners(self) -> tuple[str, ...]:
        """Those whose answers count."""
        return tuple(name for name in self.answers.listeners if name not in self.left_out)

    @cached_property
    def reliability(self) -> tuple[Reliability, ...]:
        """What the attention checks say of each listener, those left out too."""
        return tuple(
            reliability(self.design, name, self._sheets[name], self.answers.of(name))
            for name in self.answers.listeners
        )

    @property
    def flagged(self) -> dict[str, tuple[str, ...]]:
        """Listeners whose answers should be looked at, and why. They count until left out."""
        return {r.listener: r.reasons for r in self.reliability if r.is_flagged}

    @cached_property
    def comparisons(self) -> tuple[Comparison, ...]:
        """The judged pairs; empty on a scale that does not compare."""
        if not self.design.scale.compares:
            return ()
        key = self.design.key
        return tuple(
            Comparison(key[first].system, key[second].system, a.given[0], a.listener)
            for a in self._judged
            for first, second in [a.stimuli]
        )

    @cached_property
    def ratings(self) -> tuple[Rating, ...]:
        """What each system was given. On a comparing scale a pair gives the second system its
        answer and the first the opposite."""
        key = self.design.key
        return tuple(
            Rating(key[s].system, value, a.listener, key[s].line, key[s].repeat)
            for a in self._judged
            for s, value in zip(a.stimuli, self._values(a), strict=True)
        )

    @cached_property
    def scores(self) -> BradleyTerry:
        """Bradley-Terry scores of the judged pairs.

        Raises:
            ListeningError: on a scale that does not compare, or before anybody listened.
        """
        if not self.design.scale.compares:
            raise ListeningError(
                f"the scale {self.design.scale.name!r} rates one by one: see .opinions; "
                "Bradley-Terry scores need pairs (scale='preference' or 'cmos')"
            )
        return bradley_terry(self.comparisons)

    @cached_property
    def opinions(self) -> dict[str, Opinion]:
        """The mean of what each system was given, with its 95 % interval (see `mean_opinions`)."""
        return mean_opinions(self.ratings)

    @property
    def ranking(self) -> dict[str, Estimate]:
        """Scores of pairs, else means, from the best system to the worst."""
        found = (
            self.scores.scores
            if self.comparisons
            else {name: opinion.mean for name, opinion in self.opinions.items()}
        )
        return dict(sorted(found.items(), key=lambda one: -one[1].value))

    @cached_property
    def pairs(self) -> tuple[PairTest, ...]:
        """Every two systems, tested and corrected for how many there are (see `pair_tests`)."""
        return pair_tests(self.design.scale, self.comparisons, self.ratings)

    @cached_property
    def agreement(self) -> float | None:
        """Krippendorff's alpha between listeners; ``None`` where it cannot be told.

        A unit is a pair of stimuli (whichever came first) or a stimulus; the level of measurement
        is `Scale.level`.
        """
        return krippendorff_alpha(
            (
                (a.listener, unit, value)
                for a in self._judged
                for unit, value in self._units(a).items()
            ),
            self.design.scale.level,
        )

    def table(self) -> Table:
        """A row for each system: its mean, and its score where pairs were compared.

        What one answer cannot tell (its spread, an interval) is ``None``.
        """
        opinions = self.opinions.values()
        scores = self.scores.scores if self.comparisons else {}
        scored = [scores.get(opinion.system) for opinion in opinions]
        return table_of(
            {
                "system": ("VARCHAR", [one.system for one in opinions]),
                "mean": ("DOUBLE", [one.mean.value for one in opinions]),
                "mean_low": ("DOUBLE", [_finite(one.mean.low) for one in opinions]),
                "mean_high": ("DOUBLE", [_finite(one.mean.high) for one in opinions]),
                "sd": ("DOUBLE", [_finite(one.sd) for one in opinions]),
                "score": ("DOUBLE", [one and one.value for one in scored]),
                "score_low": ("DOUBLE", [one and one.low for one in scored]),
                "score_high": ("DOUBLE", [one and one.high for one in scored]),
                "ratings": ("INTEGER", [one.ratings for one in opinions]),
                "listeners": ("INTEGER", [one.listeners for one in opinions]),
            }
        )

    @cached_property
    def raw(self) -> Table:
        """Every answer that was given, earlier ones too, a row for each stimulus or pair."""
        return raw_table(self.design, self.answers, self._sheets, self.left_out)

    def export(self, path: str | Path, *, overwrite: bool = False) -> Path:
        """Write the raw answers: ``.csv``, ``.json`` or ``.parquet``.

        Raises:
            ListeningError: for another ending, if it exists (unless ``overwrite``), or if it cannot
                be written.
        """
        path = Path(path).expanduser()
        write_raw(self.raw, path, overwrite=overwrite)
        return path

    def figure(self) -> Figure:
        """Means (and scores) with their intervals, as a matplotlib figure."""
        from .pictures import results_figure

        return results_figure(self)

    def __repr__(self) -> str:
        from .views import results_text

        return results_text(self)

    def _repr_html_(self) -> str:
        from .views import results_html

        return results_html(self)

    @cached_property
    def _sheets(self) -> dict[str, tuple[Trial, ...]]:
        return {listener: self.answers.sheet(listener) for listener in self.answers.listeners}

    @cached_property
    def _judged(self) -> tuple[Answer, ...]:
        kinds = {name: [t.kind for t in sheet] for name, sheet in self._sheets.items()}
        return tuple(
            answer
            for answer in self.answers.counting()
            if answer.listener not in self.left_out
            and kinds[answer.listener][answer.trial] == "judged"
        )

    def _values(self, answer: Answer) -> tuple[float, ...]:
        """A value for each stimulus of the answer."""
        if self.design.scale.compares:
            return (-answer.given[0], answer.given[0])
        return answer.given

    def _units(self, answer: Answer) -> dict[tuple[str, ...], float]:
        """What is the same for every listener, and what this one answered to it."""
        if not self.design.scale.compares:
            return {(s,): v for s, v in zip(answer.stimuli, answer.given, strict=True)}
        unit = tuple(sorted(answer.stimuli))
        return {unit: answer.given[0] if unit == answer.stimuli else -answer.given[0]}


def _finite(value: float) -> float | None:
    return value if isfinite(value) else None
