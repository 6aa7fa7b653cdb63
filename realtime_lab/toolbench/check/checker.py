"""Definitions of tools held against the rules."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from typing import Any

from ...errors import ToolError
from ...protocol import SEVERITIES
from ...tools import ToolLike
from .definition import Definition, read_definitions
from .edits import applied
from .finding import ToolFinding
from .report import ToolReport
from .rule import Fault, Rule, Toolset
from .rules import RULES

__all__ = ["check_tools", "improved_specs", "rules_named"]

_MOST_ROUNDS = 200
"""More changes than these no tool needs; a rule that undoes another would go on forever."""


def check_tools(
    tools: ToolLike | Iterable[ToolLike],
    *,
    model: str = "gpt-realtime",
    ignore: str | Iterable[str] = (),
) -> ToolReport:
    """Tell what a model or a service trips over in the definitions of tools; no model is asked.

    ::

        report = rl.check_tools([get_weather, {"type": "function", "name": "light", …}])
        report                                  # the findings, with what they cost per turn
        report.errors, report.table(), report[0].suggestion
        better = report.improved()              # all that can be mended without an author

    ``tools`` are functions, `Tool` objects and dicts, flat or with everything under ``function``.
    A broken dict or a function that cannot be described is a finding, never an exception. The tools
    of an MCP server that the service itself calls (``"type": "mcp"``) are not known here and are
    left out. ``model`` is whose prices and window count, ``ignore`` the rules not to look for (see
    docs/tool-check.md).

    Raises:
        ToolError: for a rule to ignore that does not exist, and for tools that are no list.
    """
    ignored = rules_named(ignore)
    rules = tuple(rule for rule in RULES if rule.about.id not in ignored)
    if isinstance(tools, str | bytes) or not (
        callable(tools) or isinstance(tools, Iterable) or hasattr(tools, "spec")
    ):
        raise ToolError(
            f"{tools!r} is no tool; give a list of tools: functions, Tool objects or dicts"
        )
    definitions = [tool for tool in read_definitions(tools) if not tool.is_remote]
    found = _found(definitions, rules, model)
    order = {severity: rank for rank, severity in enumerate(SEVERITIES)}
    told = sorted(found, key=lambda one: (_index(one), order[one.severity]))
    readable = [tool for tool in definitions if not tool.problem]
    labels = tuple(tool.label for tool in readable)
    return ToolReport(tuple(told), tuple(tool.spec for tool in readable), labels, model, rules)


def improved_specs(
    specs: Sequence[dict[str, Any]], rules: Sequence[Rule], model: str
) -> list[dict[str, Any]]:
    """The definitions with everything mended that these rules can mend.

    One change at a time for each tool, and looked at again after it: what one rule mends is what
    the next one finds.
    """
    better = [applied(spec, ()) for spec in specs]
    for _ in range(_MOST_ROUNDS):
        definitions = [Definition(index, spec) for index, spec in enumerate(better)]
        first: dict[int, ToolFinding] = {}
        for finding in _found(definitions, rules, model):
            if finding.edits and finding.index is not None:
                first.setdefault(finding.index, finding)
        changed = {index: finding.suggestion for index, finding in first.items()}
        changed = {index: spec for index, spec in changed.items() if spec != better[index]}
        if not changed:
            break
        for index, spec in changed.items():
            better[index] = spec or {}
    return better


def rules_named(names: str | Iterable[str]) -> set[str]:
    """Ids of rules, checked.

    Raises:
        ToolError: for one that does not exist.
    """
    wanted = {names} if isinstance(names, str) else set(names)
    known = {rule.about.id for rule in RULES}
    for name in sorted(wanted - known):
        near = get_close_matches(name, known, cutoff=0.4)
        hint = f"; do you mean {' or '.join(near)}?" if near else ": look at docs/tool-check.md"
        raise ToolError(f"there is no rule {name!r} for tools{hint}")
    return wanted


def _found(
    definitions: Sequence[Definition], rules: Iterable[Rule], model: str
) -> list[ToolFinding]:
    readable = [tool for tool in definitions if not tool.problem]
    broken = [tool for tool in definitions if tool.problem]
    tools = Toolset(readable, broken, model)
    return [_finding(rule, fault) for rule in rules for fault in rule.find(tools)]


def _finding(rule: Rule, fault: Fault) -> ToolFinding:
    tool = fault.tool
    return ToolFinding(
        about=rule.about,
        tool=tool.label if tool else "",
        index=tool.index if tool else None,
        path=fault.path or (),
        message=fault.message[:1].upper() + fault.message[1:] if not tool else fault.message,
        edits=fault.edits,
        definition=tool.spec if tool else {},
    )


def _index(finding: ToolFinding) -> float:
    return float("inf") if finding.index is None else finding.index
