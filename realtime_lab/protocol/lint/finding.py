"""What a rule is about, and what it found."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

__all__ = ["SEVERITIES", "About", "Finding", "Severity"]

Severity = Literal["error", "warning", "advice"]
SEVERITIES: tuple[Severity, ...] = ("error", "warning", "advice")
"""The worst first: something is refused or lost; it goes well by luck, or somebody is misled; it
costs time or tokens."""


@dataclass(frozen=True, slots=True)
class About:
    """A rule in words.

    ``id`` is in kebab case and stays the same, ``title`` names the mistake, ``why`` says what comes
    of it, ``instead`` what to do, and ``source`` where the fact is from.
    """

    id: str
    severity: Severity
    title: str
    why: str
    instead: str
    source: str


@dataclass(frozen=True, slots=True)
class Finding:
    """A mistake, and the events that show it.

    ``seconds`` is when it happened, since the start of the log; ``seqs`` are the numbers of the
    events that show it, in order; ``message`` is a sentence with ids and figures, which quotes
    nothing that anybody said.
    """

    about: About
    seconds: float
    seqs: tuple[int, ...]
    message: str

    @property
    def rule(self) -> str:
        """The id of the rule."""
        return self.about.id

    @property
    def severity(self) -> Severity:
        """How bad it is."""
        return self.about.severity

    def __str__(self) -> str:
        return f"{self.seconds:.3f} s  {self.severity}  {self.message} [{self.rule}]"
