"""Sets of tool definitions that are measured, and what a call of them is answered with."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from ...errors import ToolError
from ...tools import Tool, ToolLike, ToolRegistry, check_takes
from ..values import plain
from .arguments import MISSING
from .utterances import Due, Utterance

__all__ = ["Definitions", "Outputs", "definitions_of"]

Outputs = Literal["run"] | Mapping[str, Any] | None
"""What a call is answered with: nothing (the turn ends with the call), what the function gives, or
for each tool by name a value or a function of the arguments."""
ONLY_SET = "tools"


@dataclass(frozen=True, slots=True)
class Definitions:
    """One set: its name, and the tools by theirs."""

    name: str
    tools: ToolRegistry

    @property
    def by_name(self) -> dict[str, Tool]:
        """The tools by name."""
        return {tool.name: tool for tool in self.tools}

    def answering(self, outputs: Outputs) -> ToolRegistry | None:
        """The tools as they answer calls; ``None`` where no call is answered.

        Raises:
            ToolError: for what no output can be, a tool without one or without a function to run,
                or a function that does not take the arguments of its tool.
        """
        if outputs is None:
            return None
        if outputs == "run":
            for tool in self.tools:
                if isinstance(tool.handler, _NoFunction):
                    raise ToolError(
                        f"{tool.name} of {self.name!r} has no function to run; give it one under "
                        "'handler', or say what it answers: outputs={…}"
                    )
            return self.tools
        if not isinstance(outputs, Mapping):
            raise ToolError(
                f"outputs={outputs!r} says nothing: give None, 'run', or what each tool gives, as "
                "in outputs={'get_weather': 'Sunny, 21 degrees'}"
            )
        lacking = [tool.name for tool in self.tools if tool.name not in outputs]
        if lacking:
            raise ToolError(
                f"outputs has nothing for {', '.join(lacking)}; give what each tool of "
                f"{self.name!r} answers"
            )
        return ToolRegistry(
            replace(tool, handler=_handler(tool, outputs[tool.name])) for tool in self.tools
        )

    def check(self, utterances: Iterable[Utterance]) -> None:
        """Make sure that each utterance can be right with this set.

        Raises:
            ToolError: naming the utterance, and the tool or the argument that there is none of.
        """
        for one in utterances:
            reasons = [self._missing(calls) for calls in one.due.alternatives]
            if all(reasons):
                raise ToolError(
                    f"{one!r} can never be right with {self.name!r}, {reasons[0]}. Where sets name "
                    "them differently, write any_of(due('one'), due('other'))"
                )

    def _missing(self, calls: Iterable[Due]) -> str:
        """What these calls name that the set does not have; empty where it has all."""
        for call in calls:
            tool = self.tools.get(call.tool)
            if tool is None:
                known = ", ".join(sorted(self.by_name)) or "none"
                return f"which has no tool {call.tool}; its tools are {known}"
            if tool.parameters.get("additionalProperties", True) is not False:
                continue
            taken = tool.parameters.get("properties", {})
            for name, match in call.arguments.items():
                if name not in taken and match.problem(MISSING):
                    known = ", ".join(taken) or "none"
                    return f"whose {call.tool} takes no argument {name}; its arguments are {known}"
        return ""


def definitions_of(
    tools: Iterable[ToolLike] | Mapping[str, Iterable[ToolLike]],
) -> tuple[Definitions, ...]:
    """The sets that somebody gave: one, or several by name.

    A dict that describes a tool needs no function, as long as its calls are not run.

    Raises:
        ToolError: if a tool cannot be described, two of a set have the same name, or there is none.
    """
    sets = tools if isinstance(tools, Mapping) else {ONLY_SET: tools}
    found = []
    for name, listed in sets.items():
        if isinstance(listed, str | Mapping) or not isinstance(listed, Iterable):
            raise ToolError(
                f"{name!r} is no set of tools; give a list of tools, or sets by name as in "
                "{'short': [get_weather], 'long': [get_weather_2]}"
            )
        found.append(Definitions(str(name), ToolRegistry(map(_tool, listed))))
    if not found or not all(len(one.tools) for one in found):
        raise ToolError("there is a set without tools; nothing can be selected from it")
    return tuple(found)


class _NoFunction:
    """In the place of a function that nobody gave."""

    def __call__(self, **_: Any) -> Any:
        raise ToolError("it was described without a function, so that it cannot be run")


def _tool(given: ToolLike) -> ToolLike:
    if isinstance(given, Mapping) and "handler" not in given:
        return Tool.from_dict(given, _NoFunction())
    return given


def _handler(tool: Tool, output: Any) -> Callable[..., Any]:
    if callable(output):
        check_takes(output, tool.parameters)
        return output
    told = plain(output, f"the output of {tool.name}")

    def given(**_: Any) -> Any:
        return told

    return given
