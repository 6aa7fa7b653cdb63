"""Whether the calls of an answer are those that were due. Pure: calls in, a verdict out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import msgspec

from ...tools import Tool
from .answers import Called
from .arguments import MISSING
from .utterances import Due, DueCalls

__all__ = ["NONE", "OUTCOMES", "SEVERAL", "Outcome", "Verdict", "judge", "label_of"]

Outcome = Literal[
    "right",
    "wrong_arguments",
    "invalid_arguments",
    "too_many_calls",
    "too_few_calls",
    "wrong_tool",
    "no_call",
    "call_not_due",
]
OUTCOMES: Mapping[Outcome, str] = {
    "right": "the calls that were due, with the arguments that were due, and no other",
    "wrong_arguments": "the right tool, with another argument than was due",
    "invalid_arguments": "the right tool, with arguments that its schema does not allow",
    "too_many_calls": "what was due, and more",
    "too_few_calls": "a part of what was due, and nothing else",
    "wrong_tool": "another tool than the one that was due",
    "no_call": "no call, though one was due",
    "call_not_due": "a call, though none was due",
}
"""What came of an answer, from right to furthest off; what was nearest of several alternatives
counts."""
_RANK = {outcome: rank for rank, outcome in enumerate(OUTCOMES)}

NONE, SEVERAL = "(none)", "(several)"
"""What stands in tables for no call and for more than one; neither can be the name of a tool."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What an answer is worth.

    ``expected`` and ``called`` are names of tools, `NONE` or `SEVERAL`: the place in the confusion
    table. ``problems`` say what was wrong with the arguments.
    """

    outcome: Outcome
    expected: str
    called: str
    problems: tuple[str, ...] = ()

    @property
    def is_right(self) -> bool:
        """Whether tool, arguments and number of calls were right."""
        return self.outcome == "right"

    @property
    def has_right_tools(self) -> bool:
        """Whether the tools and their number were right, whatever the arguments."""
        return self.outcome in ("right", "wrong_arguments", "invalid_arguments")

    @property
    def is_call_due(self) -> bool:
        """Whether there should have been a call."""
        return self.expected != NONE


def judge(expected: DueCalls, calls: Sequence[Called], tools: Mapping[str, Tool]) -> Verdict:
    """Judge the calls of one answer; ``tools`` are those that the model was told of, by name.

    Of several alternatives (those that are possible with these tools) the one counts that the calls
    come nearest to, in the order of `OUTCOMES`, the first of these.
    """
    possible = [due for due in expected.alternatives if all(one.tool in tools for one in due)]
    verdicts = [_against(due, calls, tools) for due in possible or expected.alternatives]
    return min(verdicts, key=lambda verdict: _RANK[verdict.outcome])


def label_of(names: Sequence[str]) -> str:
    """The place of these calls in a confusion table."""
    return SEVERAL if len(names) > 1 else names[0] if names else NONE


def _against(due: Sequence[Due], calls: Sequence[Called], tools: Mapping[str, Tool]) -> Verdict:
    expected = label_of([one.tool for one in due])
    called = label_of([call.name for call in calls])

    def verdict(outcome: Outcome, problems: Iterable[str] = ()) -> Verdict:
        return Verdict(outcome, expected, called, tuple(problems))

    if not calls:
        return verdict("no_call" if due else "right")
    if not due:
        return verdict("call_not_due")
    compared = {
        (d, c): _Compared.of(one, call, tools)
        for d, one in enumerate(due)
        for c, call in enumerate(calls)
        if one.tool == call.name
    }
    pairs = _paired(compared, len(due))
    if len(pairs) < len(due):
        return verdict("too_few_calls" if len(pairs) == len(calls) else "wrong_tool")
    if len(calls) > len(due):
        return verdict("too_many_calls")
    found = [compared[pair] for pair in pairs.items()]
    problems = [problem for one in found for problem in one.problems]
    if any(one.is_invalid for one in found):
        return verdict("invalid_arguments", problems)
    return verdict("wrong_arguments" if problems else "right", problems)


@dataclass(frozen=True, slots=True)
class _Compared:
    """A call beside the one that was due, both of the same tool."""

    problems: tuple[str, ...]
    is_invalid: bool = False

    @classmethod
    def of(cls, due: Due, call: Called, tools: Mapping[str, Tool]) -> _Compared:
        tool = tools.get(call.name)
        try:
            if tool is not None:
                tool.read_arguments(call.arguments)
            values = msgspec.json.decode(call.arguments or "{}", type=dict[str, Any])
        except Exception as error:  # a type's own way of reading itself may fail in any way
            return cls((f"{call.name} cannot be called so: {error}",), is_invalid=True)
        defaults = _defaults(tool)
        problems = [
            f"{name}: {problem}"
            for name, match in due.arguments.items()
            if (problem := match.problem(values.get(name, defaults.get(name, MISSING))))
        ]
        if due.complete:
            problems += [f"{name}: not due" for name in values if name not in due.arguments]
        return cls(tuple(problems))


def _defaults(tool: Tool | None) -> dict[str, Any]:
    properties = tool.parameters.get("properties", {}) if tool else {}
    return {
        name: schema["default"]
        for name, schema in properties.items()
        if isinstance(schema, Mapping) and "default" in schema
    }


def _paired(compared: Mapping[tuple[int, int], _Compared], due: int) -> dict[int, int]:
    """Which call stands for which that was due: as many as can be, the right ones first.

    Augmenting paths, first among the pairs without problems, then among all of the same tool.
    """
    call_of: dict[int, int] = {}
    for may_be_wrong in (False, True):
        edges: dict[int, list[int]] = {}
        for (d, c), one in compared.items():
            if may_be_wrong or not one.problems:
                edges.setdefault(d, []).append(c)
        if may_be_wrong:
            # Who has its right call keeps it.
            edges = {d: [call_of[d]] if d in call_of else cs for d, cs in edges.items()}
        for d in range(due):
            if d not in call_of:
                _augment(d, edges, call_of, set())
    return call_of


def _augment(d: int, edges: dict[int, list[int]], call_of: dict[int, int], seen: set[int]) -> bool:
    holder = {c: other for other, c in call_of.items()}
    for c in edges.get(d, ()):
        if c in seen:
            continue
        seen.add(c)
        if c not in holder or _augment(holder[c], edges, call_of, seen):
            call_of[d] = c
            return True
    return False
