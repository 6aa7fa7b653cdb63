"""What fuzzing found."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import overload

from ...eventlog import Table, table_of
from ..cases.cases import Cases
from ..report_html import BAD, GOOD, Cell, Head, frame
from ..values import shortened, visible
from .findings import FuzzFinding

__all__ = ["FuzzReport", "FuzzedTool"]

_MOST_SHOWN = 100


@dataclass(frozen=True, slots=True)
class FuzzedTool:
    """What was tried of one tool. ``stopped`` says why it ended early; empty if it did not."""

    tool: str
    findings: tuple[FuzzFinding, ...]
    calls: int
    seconds: float
    stopped: str = ""


@dataclass(frozen=True, repr=False)
class FuzzReport(Sequence[FuzzFinding]):
    """What fuzzing found, tool by tool.

    A sequence of `FuzzFinding`; in a notebook it shows as a table that needs no script. With the
    same ``seed`` the same calls are drawn.
    """

    tools: tuple[FuzzedTool, ...]
    seed: int

    @property
    def findings(self) -> tuple[FuzzFinding, ...]:
        """All findings."""
        return tuple(finding for tool in self.tools for finding in tool.findings)

    @property
    def passed(self) -> bool:
        """Whether nothing was found."""
        return not self.findings

    @property
    def calls(self) -> int:
        """How many calls were made."""
        return sum(tool.calls for tool in self.tools)

    @property
    def seconds(self) -> float:
        """How long it took."""
        return sum(tool.seconds for tool in self.tools)

    def as_cases(self) -> Cases:
        """The findings as cases that fail until the tools are mended.

        Without those that one call alone does not show: what a second call does, a changed
        argument, and a result that is too large or no JSON.
        """
        cases = (finding.case() for finding in self.findings)
        return Cases(case for case in cases if case is not None)

    def table(self) -> Table:
        """A row for each finding: ``tool``, ``kind``, ``message``, ``arguments``, ``where``,
        ``why``, ``instead``."""
        found = self.findings
        return table_of(
            {
                "tool": ("VARCHAR", [one.tool for one in found]),
                "kind": ("VARCHAR", [one.kind for one in found]),
                "message": ("VARCHAR", [one.message for one in found]),
                "arguments": ("VARCHAR", [one.arguments for one in found]),
                "where": ("VARCHAR", [one.where or None for one in found]),
                "why": ("VARCHAR", [one.about.why for one in found]),
                "instead": ("VARCHAR", [one.about.instead for one in found]),
            }
        )

    @property
    def summary(self) -> str:
        """The counts in words."""
        count = len(self.findings)
        found = f"{count:,} finding{'' if count == 1 else 's'}" if count else "nothing found"
        return f"{found} in {self.calls:,} calls, {self.seconds:.1f} s, seed {self.seed}"

    @property
    def notes(self) -> tuple[str, ...]:
        """Which tools were not tried to the end, and why."""
        return tuple(
            f"{one.tool} was not tried to the end: {one.stopped}"
            for one in self.tools
            if one.stopped
        )

    @overload
    def __getitem__(self, index: int) -> FuzzFinding: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[FuzzFinding, ...]: ...
    def __getitem__(self, index: int | slice) -> FuzzFinding | tuple[FuzzFinding, ...]:
        return self.findings[index]

    def __len__(self) -> int:
        return len(self.findings)

    def __iter__(self) -> Iterator[FuzzFinding]:
        return iter(self.findings)

    def __repr__(self) -> str:
        lines = [f"Fuzzing: {self.summary}"]
        for one in self.findings[:_MOST_SHOWN]:
            where = f" ({one.where})" if one.where else ""
            lines.append(f"  {one.tool}: {_lower(one.about.title)}{where}")
            lines.append(f"      {shortened(visible(one.arguments), 120)}")
            lines.append(f"      {one.message}")
        if len(self) > _MOST_SHOWN:
            lines.append(f"  … {len(self) - _MOST_SHOWN:,} more")
        return "\n".join([*lines, *(f"  Note: {note}" for note in self.notes)])

    def _repr_html_(self) -> str:
        heads = [
            Head("tool"), Head("what was found"), Head("simplest arguments", code=True),
            Head("line"),
        ]  # fmt: skip
        rows = [
            (
                one.tool,
                Cell(
                    one.about.title,
                    BAD,
                    f"{one.message}\n\n{one.about.why}\nInstead: {one.about.instead}",
                ),
                one.arguments,
                one.where or "–",
            )
            for one in self.findings[:_MOST_SHOWN]
        ]
        told = Cell(self.summary, GOOD if self.passed else BAD)
        left_out = len(self) - len(rows)
        return frame("Fuzzing", told, heads, rows, left_out=left_out, notes=self.notes)


def _lower(title: str) -> str:
    return title[:1].lower() + title[1:]
