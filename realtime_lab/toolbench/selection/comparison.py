"""Several sets of definitions, measured with the same utterances."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations
from typing import TYPE_CHECKING

from ...errors import ToolError
from ...eventlog import Table
from .confusion import Confusion
from .selection import Selection, Trial, is_mostly_right, trials_table
from .statistics import McNemar, Share
from .utterances import Utterance

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["PairedUtterance", "Pairing", "SelectionComparison"]


@dataclass(frozen=True, slots=True)
class PairedUtterance:
    """One utterance with both sets: the repeats of each that were judged."""

    utterance: Utterance
    a: tuple[Trial, ...]
    b: tuple[Trial, ...]

    @property
    def right(self) -> tuple[bool, bool]:
        """Whether each had it right in more than half of its repeats."""
        return is_mostly_right(self.a), is_mostly_right(self.b)

    @property
    def shares(self) -> tuple[Share, Share]:
        """How many of its repeats each had right."""
        a, b = (Share(sum(one.is_right for one in side), len(side)) for side in (self.a, self.b))
        return a, b


@dataclass(frozen=True)
class Pairing:
    """Two sets, utterance by utterance. What only one of them was judged with is left out.

    The unit is the utterance: it is right where more than half of its repeats were, so that
    repeats do not pass for independent answers.
    """

    a: Selection
    b: Selection

    @cached_property
    def utterances(self) -> tuple[PairedUtterance, ...]:
        """All that were judged with both."""
        return tuple(
            PairedUtterance(trials[0].utterance, tuple(trials), tuple(self.b.repeated[content]))
            for content, trials in self.a.repeated.items()
            if content in self.b.repeated
        )

    @property
    def discordant(self) -> list[PairedUtterance]:
        """Those that only one of the two had right."""
        return [one for one in self.utterances if one.right[0] != one.right[1]]

    @cached_property
    def mcnemar(self) -> McNemar:
        """Whether that may be chance."""
        rights = [one.right for one in self.utterances]
        return McNemar(
            only_a=rights.count((True, False)),
            only_b=rights.count((False, True)),
            both=rights.count((True, True)),
            neither=rights.count((False, False)),
        )

    def __repr__(self) -> str:
        from .views import pairing_text

        return pairing_text(self)

    def _repr_html_(self) -> str:
        from .views import pairing_html

        return pairing_html(self)


class SelectionComparison(Mapping[str, Selection]):
    """The measurements by the name of their set; two of them are compared pair by pair."""

    def __init__(self, selections: Sequence[Selection]) -> None:
        self._selections = {one.name: one for one in selections}

    def __getitem__(self, name: str) -> Selection:
        if name not in self._selections:
            raise ToolError(f"no set is called {name!r}; there are {', '.join(self._selections)}")
        return self._selections[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._selections)

    def __len__(self) -> int:
        return len(self._selections)

    def pair(self, a: str, b: str) -> Pairing:
        """Two sets side by side.

        Raises:
            ToolError: for a set that there is not.
        """
        return Pairing(self[a], self[b])

    @cached_property
    def pairs(self) -> tuple[Pairing, ...]:
        """Every two of them. The more pairs, the more often chance alone makes a small p."""
        return tuple(self.pair(a, b) for a, b in combinations(self, 2))

    @property
    def mcnemar(self) -> McNemar:
        """The test of the first two sets.

        Raises:
            ToolError: if there is but one.
        """
        return self._first.mcnemar

    @property
    def discordant(self) -> list[PairedUtterance]:
        """The utterances that only one of the first two sets had right.

        Raises:
            ToolError: if there is but one.
        """
        return self._first.discordant

    @property
    def _first(self) -> Pairing:
        if not self.pairs:
            raise ToolError("one set alone cannot be compared; give two")
        return self.pairs[0]

    @property
    def confusion(self) -> dict[str, Confusion]:
        """The confusion table of each set."""
        return {name: one.confusion for name, one in self.items()}

    def table(self) -> Table:
        """One row for each trial, of all sets."""
        return trials_table(list(self.values()))

    def figure(self) -> Figure:
        """The confusion tables side by side, and the accuracy of each tool with each set."""
        from .figures import selection_figure

        return selection_figure(list(self.values()))

    def __repr__(self) -> str:
        from .views import comparison_text

        return comparison_text(self)

    def _repr_html_(self) -> str:
        from .views import comparison_html

        return comparison_html(self)
