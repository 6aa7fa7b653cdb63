"""What came of cases."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import overload

from ...eventlog import Table, table_of
from ..calling import CallResult
from ..report_html import BAD, GOOD, Cell, Head, frame
from .case import Case

__all__ = ["CaseOutcome", "CaseReport"]

_MOST_SHOWN = 100


@dataclass(frozen=True, slots=True)
class CaseOutcome:
    """What came of one case. ``difference`` says how it is not as expected; empty if it is."""

    case: Case
    result: CallResult
    difference: str

    @property
    def passed(self) -> bool:
        """Whether the call came to what was expected."""
        return not self.difference

    @property
    def milliseconds(self) -> float:
        """How long the call took."""
        return 1000 * self.result.seconds


@dataclass(frozen=True, repr=False)
class CaseReport(Sequence[CaseOutcome]):
    """What came of cases, in the order in which they were run.

    A sequence of `CaseOutcome`; in a notebook it shows as a table that needs no script.
    """

    outcomes: tuple[CaseOutcome, ...]

    @property
    def failed(self) -> CaseReport:
        """Those that came out otherwise than expected."""
        return CaseReport(tuple(one for one in self if not one.passed))

    @property
    def passed(self) -> bool:
        """Whether all came out as expected."""
        return all(one.passed for one in self)

    @property
    def seconds(self) -> float:
        """How long the calls took together."""
        return sum(one.result.seconds for one in self)

    def table(self) -> Table:
        """A row for each: ``name``, ``tool``, ``arguments``, ``passed``, ``difference``,
        ``output``, ``error``, ``seconds``."""
        return table_of(
            {
                "name": ("VARCHAR", [one.case.title for one in self]),
                "tool": ("VARCHAR", [one.case.tool for one in self]),
                "arguments": ("VARCHAR", [one.case.text for one in self]),
                "passed": ("BOOLEAN", [one.passed for one in self]),
                "difference": ("VARCHAR", [one.difference or None for one in self]),
                "output": ("VARCHAR", [one.result.output for one in self]),
                "error": ("VARCHAR", [one.result.error for one in self]),
                "seconds": ("DOUBLE", [one.result.seconds for one in self]),
            }
        )

    @property
    def summary(self) -> str:
        """The counts in words."""
        failed = len(self.failed)
        return f"{len(self) - failed:,} passed, {failed:,} failed in {self.seconds:.3f} s"

    @overload
    def __getitem__(self, index: int) -> CaseOutcome: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[CaseOutcome, ...]: ...
    def __getitem__(self, index: int | slice) -> CaseOutcome | tuple[CaseOutcome, ...]:
        return self.outcomes[index]

    def __len__(self) -> int:
        return len(self.outcomes)

    def __iter__(self) -> Iterator[CaseOutcome]:
        return iter(self.outcomes)

    def __repr__(self) -> str:
        lines = [f"Cases: {self.summary}"]
        for one in self._shown():
            word = "pass" if one.passed else "FAIL"
            lines.append(f"  {word}  {one.milliseconds:8.1f} ms  {one.case.title}")
            lines += [f"{'':20}{line}" for line in one.difference.splitlines()]
        if len(self) > _MOST_SHOWN:
            lines.append(f"  … {len(self) - _MOST_SHOWN:,} more")
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        heads = [
            Head("result"),
            Head("case"),
            Head("arguments", code=True),
            Head("ms", number=True),
        ]
        rows = [
            (
                Cell("passed", GOOD) if one.passed else Cell("failed", BAD, one.difference),
                one.case.name or one.case.tool,
                one.case.text,
                f"{one.milliseconds:,.1f}",
            )
            for one in self._shown()
        ]
        told = Cell(self.summary, GOOD if self.passed else BAD)
        return frame("Cases", told, heads, rows, left_out=len(self) - len(rows))

    def _shown(self) -> list[CaseOutcome]:
        """The first ones, those that failed before the others where there are many."""
        if len(self) <= _MOST_SHOWN:
            return list(self)
        return sorted(self, key=lambda one: one.passed)[:_MOST_SHOWN]
