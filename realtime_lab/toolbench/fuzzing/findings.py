"""What fuzzing can find."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass

from ..cases.case import Case
from ..cases.expectations import Expectation

__all__ = ["KINDS", "FindingKind", "Findings", "FuzzFinding"]


@dataclass(frozen=True, slots=True)
class FindingKind:
    """A kind of finding: what it is, why it matters and what to do instead."""

    title: str
    why: str
    instead: str


KINDS: Mapping[str, FindingKind] = {
    "schema": FindingKind(
        "No arguments can be made from the schema",
        "A model is told something that cannot be fulfilled, or that means nothing.",
        "Correct the schema at the place that is named.",
    ),
    "crash": FindingKind(
        "Allowed arguments make it fail",
        "The model is told an exception it can do nothing with, and the user waits in vain.",
        "Handle such a value; or forbid it in the schema; or raise ToolError with what to do.",
    ),
    "hang": FindingKind(
        "Allowed arguments make it never answer",
        "The conversation stands still until the call is given up.",
        "Bound every loop and every wait within the tool.",
    ),
    "refused": FindingKind(
        "Arguments that the schema allows are refused",
        "The model does what it was told to do and is scolded for it.",
        "Say in the schema what is really needed.",
    ),
    "unreadable": FindingKind(
        "Reading arguments fails, instead of refusing them",
        "The model is not told which argument to correct.",
        "Raise ToolError or ValueError where a type reads itself.",
    ),
    "accepted": FindingKind(
        "Arguments that must be refused reach the function",
        "The function works with values it was never meant for.",
        "Check arguments against the schema before the call; forbid what is not meant.",
    ),
    "unnamed": FindingKind(
        "A refusal does not name what is wrong",
        "The model cannot tell which argument to correct, and guesses.",
        "Name the argument in the refusal.",
    ),
    "not JSON": FindingKind(
        "It gives what JSON cannot hold",
        "The model is told how Python shows the object, or loses a value.",
        "Return text, numbers, lists, dicts, dataclasses or models.",
    ),
    "too large": FindingKind(
        "It gives more than a model should be told",
        "Every token of it is paid for in every later turn.",
        "Return less: the first results, or a summary.",
    ),
    "changed": FindingKind(
        "It changes its arguments",
        "A changed default is there in the next call; a kept argument is no longer what was said.",
        "Work on a copy.",
    ),
    "repeat": FindingKind(
        "The same call again comes to something else",
        "Models call twice, and calls are sent again after a lost connection.",
        "Make the second call give what the first gave; or do not declare it idempotent.",
    ),
    "parallel": FindingKind(
        "The same call twice at once goes wrong",
        "A response may hold several calls, which run beside each other.",
        "Guard what calls share, by a lock or by not sharing it.",
    ),
    "retry": FindingKind(
        "A call goes wrong after one that was given up",
        "After a time-out the model calls again.",
        "Leave nothing half done when a call is cancelled: release locks, use try/finally.",
    ),
}
"""What can be found, by its name in a report."""


@dataclass(frozen=True, slots=True)
class FuzzFinding:
    """Something that a tool does and should not.

    ``kind`` is one of `KINDS`; ``arguments`` is the simplest text that shows it; ``where`` is the
    line in the tool's own code, where there is one; ``must`` is what should come of the call, and
    ``timeout`` in how many seconds, where it never answered.
    """

    tool: str
    kind: str
    message: str
    arguments: str
    where: str = ""
    must: Expectation | None = None
    timeout: float | None = None

    @property
    def about(self) -> FindingKind:
        """What the kind means."""
        return KINDS[self.kind]

    def case(self) -> Case | None:
        """The call as a case that fails until the tool is mended.

        ``None`` where one call alone does not show it.
        """
        if self.must is None:
            return None
        return Case(self.tool, self.arguments, self.must, timeout=self.timeout)


class Findings:
    """Findings of one tool, each once, by the simplest arguments that show it."""

    def __init__(self, tool: str) -> None:
        self._tool = tool
        self._found: dict[Hashable, FuzzFinding] = {}
        self._settled: set[Hashable] = set()

    def add(
        self,
        kind: str,
        message: str,
        text: str,
        *,
        sign: Hashable = "",
        where: str = "",
        must: Expectation | None = None,
        timeout: float | None = None,
    ) -> Hashable:
        """Note a finding; ``sign`` tells two of one kind apart. What is given back is its key."""
        key = (kind, sign)
        made = FuzzFinding(self._tool, kind, message, text, where, must, timeout)
        known = self._found.get(key)
        if known is None or (key not in self._settled and len(text) <= len(known.arguments)):
            self._found[key] = made
        return key

    def settle(self) -> None:
        """Keep what is there as it is: later calls are made in other ways."""
        self._settled.update(self._found)

    def is_settled(self, key: Hashable) -> bool:
        """Whether a finding is of before."""
        return key in self._settled

    @property
    def all(self) -> tuple[FuzzFinding, ...]:
        """The findings, in the order of `KINDS`."""
        order = list(KINDS)
        return tuple(sorted(self._found.values(), key=lambda one: order.index(one.kind)))
