"""From an utterance to calls, or to the question for what is missing."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from ..stages import Message, ToolCall, ToolSpec
from .asking_back import question_for
from .tool_arguments import arguments_in, bare_argument, forced_arguments, is_free_text
from .tool_matching import ENOUGH, asks, is_named, properties, rank, required
from .wording import plain

__all__ = ["Decision", "decide"]

_CLAUSES = re.compile(
    r"(?:,\s*|\s+)(?:and then|and also|and|then|also|plus)\s+|;\s*|\.\s+(?=\w)", re.IGNORECASE
)
_NEVER_MIND = re.compile(r"^(?:no|never mind|cancel|forget it|stop|nothing|none)\b")
_NOT_A_CALL = re.compile(r"^(?:please )?(?:repeat|say (?:exactly|after)|remember|spell|count)\b")

_MOST_ASKED = 6
"""No more questions than these are asked for one order."""


@dataclass(frozen=True, slots=True)
class Decision:
    """Either calls, or a question for a missing argument, or neither."""

    calls: Sequence[ToolCall] = ()
    question: str = ""


@dataclass(frozen=True, slots=True)
class _Plan:
    """A call whose arguments may not be complete."""

    tool: ToolSpec
    arguments: dict[str, Any] = field(default_factory=dict)

    @property
    def missing(self) -> str:
        """The first required argument not yet known, or empty."""
        return next((n for n in required(self.tool) if n not in self.arguments), "")

    @property
    def question(self) -> str:
        return question_for(self.tool, self.missing)

    @property
    def call(self) -> ToolCall:
        return ToolCall(self.tool.name, json.dumps(self.arguments, ensure_ascii=False))


def decide(messages: Sequence[Message], tools: Sequence[ToolSpec], tool_choice: str) -> Decision:
    """What to call for the last message of the user.

    ``messages`` ends with that message. ``tool_choice`` is that of `Prompt`; a forced call has its
    missing arguments filled with defaults instead of asking.
    """
    if tool_choice == "none" or not tools:
        return Decision()
    said = messages[-1].text
    forced = tool_choice != "auto"
    named = [tool for tool in tools if tool.name == tool_choice]
    if forced:
        plans = _plans(said, named or tools, at_least=0.0)
        return Decision([_forced(plan, said).call for plan in plans])
    if _NOT_A_CALL.match(plain(said)):
        return Decision()
    plans = _plans(said, tools, ENOUGH)
    pending = _pending(messages[:-1], tools)
    if pending and not _NEVER_MIND.match(plain(said)) and not _stands_alone(plans, pending):
        plans = _answered(pending, said)
    incomplete = next((plan for plan in plans if plan.missing), None)
    ordered = asks(plain(said)) or (incomplete and is_named(plain(said), incomplete.tool))
    if incomplete and not incomplete.arguments and not pending and not ordered:
        return Decision()  # a remark on the subject, not an order
    if incomplete:
        return Decision(question=incomplete.question)
    return Decision([plan.call for plan in plans])


def _plans(said: str, tools: Sequence[ToolSpec], at_least: float) -> list[_Plan]:
    """The calls one utterance asks for, several only where it says so."""
    best = _best(said, tools, at_least)
    if best is None:
        return []
    clauses = [clause for clause in _CLAUSES.split(said) if clause.strip()]
    if len(clauses) > 1 and not any(is_free_text(name) for name in properties(best)):
        several = _by_clause(clauses, tools, at_least or ENOUGH)
        if len(several) > 1:
            return several
    return _one_for_each(_Plan(best, arguments_in(said, best)))


def _by_clause(clauses: Sequence[str], tools: Sequence[ToolSpec], at_least: float) -> list[_Plan]:
    plans: list[_Plan] = []
    for clause in clauses:
        tool = _best(clause, tools, at_least)
        if tool is not None:
            plans.append(_Plan(tool, arguments_in(clause, tool)))
        elif plans:
            again = _repeated(plans[-1], clause)
            if again is None:
                return []
            plans.append(again)
    return plans


def _repeated(plan: _Plan, clause: str) -> _Plan | None:
    """The same call with other values: "... in Oslo" "and in Paris"."""
    values = arguments_in(clause, plan.tool)
    needed = required(plan.tool)
    if (
        not values
        and len(needed) == 1
        and re.fullmatch(r"[A-ZÀ-Þ][\w'’-]*(?: [A-ZÀ-Þ][\w'’-]*)*[?.!]?", clause.strip())
    ):
        values = {needed[0]: clause.strip(" ?.!")}
    return _Plan(plan.tool, {**plan.arguments, **values}) if values else None


def _one_for_each(plan: _Plan) -> list[_Plan]:
    """ "Oslo and Paris" given for one place are two calls."""
    for name in required(plan.tool):
        value = plan.arguments.get(name)
        if not isinstance(value, str) or is_free_text(name):
            continue
        parts = [p.strip() for p in re.split(r",\s*(?:and\s+)?|\s+and\s+", value) if p.strip()]
        if len(parts) > 1:
            return [_Plan(plan.tool, {**plan.arguments, name: part}) for part in parts]
    return [plan]


def _best(said: str, tools: Sequence[ToolSpec], at_least: float) -> ToolSpec | None:
    ranking = rank(plain(said), tools)
    return ranking[0][1] if ranking and ranking[0][0] >= at_least else None


def _pending(earlier: Sequence[Message], tools: Sequence[ToolSpec]) -> list[_Plan]:
    """The plans that the last question of the assistant was about, with all answers so far."""
    talk = [m for m in earlier if m.role in ("user", "assistant") and m.text]
    for turns in range(1, _MOST_ASKED + 1):
        begun = talk[-2 * turns :]
        if len(begun) < 2 * turns or begun[0].role != "user":
            break
        plans = _plans(begun[0].text, tools, ENOUGH)
        for answer, question in zip(begun[2::2], begun[1::2], strict=False):
            plans = _answered(plans, answer.text) if _asked(plans, question.text) else []
        if _asked(plans, begun[-1].text):
            return plans
    return []


def _asked(plans: Sequence[_Plan], said: str) -> bool:
    """Whether the assistant asked for what ``plans`` miss, in whatever manner."""
    question = next((plan.question for plan in plans if plan.missing), "")
    return bool(question) and plain(question) in plain(said)


def _answered(plans: Sequence[_Plan], said: str) -> list[_Plan]:
    """``plans`` with the answer to the question that the first incomplete one asked."""
    answered = list(plans)
    for index, plan in enumerate(answered):
        if plan.missing:
            schema = properties(plan.tool)[plan.missing]
            value = bare_argument(said, plan.missing, schema, plan.tool)
            if value is not None:
                answered[index] = _Plan(plan.tool, {**plan.arguments, plan.missing: value})
            break
    return answered


def _stands_alone(plans: Sequence[_Plan], pending: Sequence[_Plan]) -> bool:
    """Whether the user asked for something else, and completely, instead of answering."""
    tools = {plan.tool.name for plan in pending}
    return any(
        not plan.missing and (plan.tool.name not in tools or len(plan.arguments) > 1)
        for plan in plans
    )


def _forced(plan: _Plan, said: str) -> _Plan:
    return _Plan(plan.tool, forced_arguments(said, plan.tool, plan.arguments))
