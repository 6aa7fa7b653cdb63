"""How often each tool was called where each was due."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import TYPE_CHECKING

from ...eventlog import Table, table_of
from .judging import NONE, SEVERAL, Verdict
from .statistics import Share

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["Confusion"]


class Confusion:
    """Counts of answers: what was due by what was called, ``confusion["get_time", "get_date"]``.

    ``(none)`` stands for no call, ``(several)`` for more than one. Only names are compared here: an
    answer with the right tool and wrong arguments is on the diagonal.
    """

    def __init__(self, verdicts: Iterable[Verdict], tools: Iterable[str]) -> None:
        self._counts = Counter((one.expected, one.called) for one in verdicts)
        known = [*tools, NONE, SEVERAL]
        self.expected = [name for name in known if any(e == name for e, _ in self._counts)]
        """The rows: what was due."""
        seen = {called for _, called in self._counts}
        unknown = sorted(seen - set(known))
        self.called = [name for name in known if name in seen or name in self.expected] + unknown
        """The columns: what was called; last, names that no tool has."""

    def __getitem__(self, place: tuple[str, str]) -> int:
        return self._counts[place]

    @property
    def total(self) -> int:
        """How many answers are counted."""
        return sum(self._counts.values())

    def precision(self, name: str) -> Share:
        """Of the answers that called it, those where it was due."""
        return Share(self[name, name], sum(n for (_, c), n in self._counts.items() if c == name))

    def recall(self, name: str) -> Share:
        """Of the answers where it was due, those that called it."""
        return Share(self[name, name], sum(n for (e, _), n in self._counts.items() if e == name))

    def table(self) -> Table:
        """One row for each thing that was due, with a column for each that was called."""
        columns = {
            name: ("INTEGER", [self[due, name] for due in self.expected]) for name in self.called
        }
        return table_of({"due": ("VARCHAR", self.expected), **columns})

    def figure(self) -> Figure:
        """The table as a picture."""
        from .figures import confusion_figure

        return confusion_figure({"": self})

    def __repr__(self) -> str:
        from .views import confusion_text

        return confusion_text(self)

    def _repr_html_(self) -> str:
        from .views import confusion_html

        return confusion_html(self)
