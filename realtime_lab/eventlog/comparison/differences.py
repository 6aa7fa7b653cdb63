"""The differences of two logs: what is told of each, and all of them together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal, overload

from ..latency.latency import Latency
from ..latency.waterfall import Waterfall
from ..tables.table import Table
from ..tables.tables import table_of
from ..turns.turn import Turn

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["Diff", "Difference", "Kind", "TurnPair"]

Kind = Literal[
    "turn",
    "order",
    "timing",
    "text",
    "audio",
    "tool",
    "setting",
    "usage",
    "status",
    "error",
    "mark",
]


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that is not the same in both logs.

    ``turn_a`` and ``turn_b`` are the turns that were compared, ``None`` where a log lacks it or the
    thing belongs to no turn. ``phase`` is the part of the turn: ``input``, ``response``,
    ``response 2``…, ``tools``, ``turn`` for all of it, or ``session``. ``a`` and ``b`` are the
    values, ``None`` where there is none; times are in ms. Texts are redacted.
    """

    turn_a: int | None
    turn_b: int | None
    phase: str
    kind: Kind
    what: str
    a: Any
    b: Any

    @property
    def change(self) -> float | None:
        """How much more it is in ``b``, where both are numbers."""
        numbers = all(isinstance(v, int | float) and not isinstance(v, bool) for v in self.values)
        return self.b - self.a if numbers else None

    @property
    def values(self) -> tuple[Any, Any]:
        """Both values."""
        return self.a, self.b


@dataclass(frozen=True)
class TurnPair:
    """Turns that correspond; ``None`` where a log lacks it."""

    a: Turn | None
    b: Turn | None

    @property
    def numbers(self) -> tuple[int | None, int | None]:
        """Their numbers in their logs."""
        return (self.a.index if self.a else None, self.b.index if self.b else None)

    @cached_property
    def latencies(self) -> tuple[Latency, Latency] | None:
        """How long the stages of both took, where there are both."""
        return (self.a.latency, self.b.latency) if self.a and self.b else None

    @property
    def waterfalls(self) -> tuple[Waterfall, Waterfall] | None:
        """Both waterfalls, where there are both."""
        return (self.a.waterfall, self.b.waterfall) if self.a and self.b else None


class Diff(Sequence[Difference]):
    """The differences of two logs, in the order of their turns; none, and so false, if none."""

    def __init__(
        self,
        names: tuple[str, str],
        pairs: Sequence[TurnPair],
        differences: Sequence[Difference],
        tolerance_ms: float,
    ) -> None:
        self.names = names
        """What the two logs are called."""
        self.pairs = list(pairs)
        self.tolerance_ms = tolerance_ms
        """Times that differ by no more count as the same."""
        self._differences = list(differences)
        self._between: dict[tuple[int | None, int | None], list[Difference]] = {}
        for one in self._differences:
            self._between.setdefault((one.turn_a, one.turn_b), []).append(one)

    @overload
    def __getitem__(self, index: int) -> Difference: ...
    @overload
    def __getitem__(self, index: slice) -> list[Difference]: ...
    def __getitem__(self, index: int | slice) -> Difference | list[Difference]:
        return self._differences[index]

    def __len__(self) -> int:
        return len(self._differences)

    def of(self, *kinds: Kind) -> list[Difference]:
        """The differences of these kinds."""
        return [one for one in self if one.kind in kinds]

    def between(self, pair: TurnPair) -> list[Difference]:
        """The differences of two turns that correspond."""
        return list(self._between.get(pair.numbers, ()))

    @property
    def outside(self) -> list[Difference]:
        """The differences of what belongs to no turn."""
        return list(self._between.get((None, None), ()))

    @property
    def counts(self) -> dict[str, int]:
        """How many differences there are of each kind."""
        return dict(Counter(one.kind for one in self))

    def table(self) -> Table:
        """One row for each difference; values that are numbers are in ``change``, too."""
        texts = {
            name: ("VARCHAR", [getattr(one, name) for one in self])
            for name in ("phase", "kind", "what")
        }
        numbers = {
            name: ("INTEGER", [getattr(one, name) for one in self]) for name in ("turn_a", "turn_b")
        }
        values = {
            name: ("VARCHAR", [_told(getattr(one, name)) for one in self]) for name in ("a", "b")
        }
        changes = ("DOUBLE", [one.change for one in self])
        return table_of({**numbers, **texts, **values, "change": changes})

    def as_dict(self) -> dict[str, Any]:
        """All of it as plain values, for JSON."""
        return {
            "a": self.names[0],
            "b": self.names[1],
            "same": not self,
            "tolerance_ms": self.tolerance_ms,
            "turns": [pair.numbers for pair in self.pairs],
            "differences": [asdict(one) for one in self],
        }

    def svg(self) -> str:
        """The paired waterfalls of the turns that differ, to be put into a page."""
        from .diff_views import diff_picture

        return diff_picture(self).svg(f"Waterfalls of {self.names[0]} and {self.names[1]}")

    def figure(self) -> Figure:
        """The same as a figure of matplotlib."""
        from .diff_views import diff_picture

        return diff_picture(self).figure()

    def __str__(self) -> str:
        from .diff_views import diff_text

        return diff_text(self)

    def __repr__(self) -> str:
        from .diff_views import MOST_TURNS, diff_text

        return diff_text(self, most=MOST_TURNS)

    def _repr_html_(self) -> str:
        from .diff_views import diff_html

        return diff_html(self)


def _told(value: Any) -> str | None:
    return None if value is None else str(value)
