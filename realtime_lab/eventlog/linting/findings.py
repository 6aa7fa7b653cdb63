"""A report of what rules found, whatever they looked at."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Protocol, TypeVar, overload

from ...protocol import SEVERITIES, About, Severity

__all__ = ["FindingsReport"]


class _Found(Protocol):
    @property
    def about(self) -> About: ...

    @property
    def message(self) -> str: ...


F = TypeVar("F", bound=_Found)


class FindingsReport(Sequence[F]):
    """A sequence of findings, which knows how many of each severity there are."""

    findings: tuple[F, ...]

    @property
    def counts(self) -> dict[Severity, int]:
        """How many of each severity, the worst first."""
        counted = Counter(finding.about.severity for finding in self.findings)
        return {severity: counted[severity] for severity in SEVERITIES}

    @property
    def told(self) -> dict[Severity, str]:
        """The same in words, where there are any: ``{"error": "2 errors"}``."""
        counts = self.counts.items()
        return {word: f"{count:,} {_word(word, count)}" for word, count in counts if count}

    @property
    def has_errors(self) -> bool:
        """Whether there is an error among them."""
        return self.counts["error"] > 0

    def __len__(self) -> int:
        return len(self.findings)

    def __iter__(self) -> Iterator[F]:
        return iter(self.findings)

    @overload
    def __getitem__(self, index: int) -> F: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[F, ...]: ...
    def __getitem__(self, index: int | slice) -> F | tuple[F, ...]:
        return self.findings[index]


def _word(severity: Severity, count: int) -> str:
    return severity if severity == "advice" or count == 1 else f"{severity}s"
