"""What was found in the definitions of tools, and what they cost."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from ...errors import ToolError
from ...eventlog import FindingsReport, Table, table_of
from ...protocol import SEVERITIES, Cost, Severity
from ...session import tool_tokens
from .finding import ToolFinding
from .pricing import ToolSize, cost_of, size_of, tokens_of_spec
from .rule import Rule

__all__ = ["ToolReport"]


@dataclass(frozen=True, repr=False)
class ToolReport(FindingsReport[ToolFinding]):
    """What was found, tool by tool, the worst first.

    A sequence of `ToolFinding`; in a notebook it shows as a table that needs no script.
    """

    findings: tuple[ToolFinding, ...]
    specs: tuple[dict[str, Any], ...]
    """The definitions that were looked at, as they were given."""
    names: tuple[str, ...]
    """Their names, or ``tools[2]`` for one without."""
    model: str
    rules: tuple[Rule, ...]
    """The rules that were looked for."""

    @property
    def errors(self) -> tuple[ToolFinding, ...]:
        """What a service refuses, or what makes calls fail."""
        return tuple(finding for finding in self.findings if finding.severity == "error")

    @property
    def tokens(self) -> int:
        """Tokens of all definitions, about: four characters of their JSON each."""
        return tool_tokens(self.specs)

    @property
    def cost(self) -> Cost:
        """What it costs that a response reads them anew, as the first one does."""
        return cost_of(self.tokens, self.model)

    @property
    def cost_cached(self) -> Cost:
        """What it costs where they come from the cache, as they mostly do after the first.

        A cache needs 1,024 tokens that were the same before, tools and conversation together.
        """
        return cost_of(self.tokens, self.model, cached=True)

    @property
    def dollars_per_turn(self) -> float | None:
        """US dollars of `cost`; ``None`` where no price is known."""
        return self.cost.dollars

    @property
    def dollars_per_turn_cached(self) -> float | None:
        """US dollars of `cost_cached`; ``None`` where no price is known, or there is no cache."""
        return self.cost_cached.dollars

    @property
    def sizes(self) -> tuple[ToolSize, ...]:
        """Tokens and cost of each tool, the largest first."""
        sizes = (
            size_of(name, tokens_of_spec(spec), self.model)
            for name, spec in zip(self.names, self.specs, strict=True)
        )
        return tuple(sorted(sizes, key=lambda size: -size.tokens))

    def only(
        self,
        *,
        severity: Severity | None = None,
        rule: str | Iterable[str] | None = None,
        tool: str | None = None,
    ) -> ToolReport:
        """The findings of a severity, of some rules, or of a tool.

        `improved` then mends what these rules find, in that tool alone.

        Raises:
            ToolError: for a rule, a severity or a tool that there is none of.
        """
        from .checker import rules_named

        if severity is not None and severity not in SEVERITIES:
            raise ToolError(f"there is no severity {severity!r}; use {', '.join(SEVERITIES)}")
        if tool is not None and tool not in self.names:
            raise ToolError(f"there is no tool {tool!r}; there are {', '.join(self.names)}")
        wanted = None if rule is None else rules_named(rule)
        rules = tuple(
            one
            for one in self.rules
            if (severity is None or one.about.severity == severity)
            and (wanted is None or one.about.id in wanted)
        )
        ids = {one.about.id for one in rules}
        found = tuple(
            finding
            for finding in self.findings
            if finding.rule in ids and tool in (None, finding.tool)
        )
        kept = [
            (spec, name)
            for spec, name in zip(self.specs, self.names, strict=True)
            if tool in (None, name)
        ]
        specs, names = tuple(spec for spec, _ in kept), tuple(name for _, name in kept)
        return ToolReport(found, specs, names, self.model, rules)

    def improved(self) -> list[dict[str, Any]]:
        """The definitions with every suggestion in them, in order.

        What was found with a suggestion is not found in them again. What needs an author (a
        missing description, a unit) stays as it was. The result is what a session is told:
        ``rl.Tool.from_dict(spec, function)`` gives it a function again.
        """
        from .checker import improved_specs

        return improved_specs(self.specs, self.rules, self.model)

    def table(self) -> Table:
        """One row for each finding: ``tool``, ``parameter``, ``severity``, ``rule``, ``message``,
        ``instead`` (what to do), ``why``, ``source``, ``path`` and ``changes`` (what to write,
        where nobody has to find words)."""
        found = self.findings
        return table_of(
            {
                "tool": ("VARCHAR", [one.tool for one in found]),
                "parameter": ("VARCHAR", [one.parameter for one in found]),
                "severity": ("VARCHAR", [one.severity for one in found]),
                "rule": ("VARCHAR", [one.rule for one in found]),
                "message": ("VARCHAR", [one.message for one in found]),
                "instead": ("VARCHAR", [one.about.instead for one in found]),
                "why": ("VARCHAR", [one.about.why for one in found]),
                "source": ("VARCHAR", [one.about.source for one in found]),
                "path": ("VARCHAR", [one.json_path for one in found]),
                "changes": ("VARCHAR[]", [list(one.changes) for one in found]),
            }
        )

    def as_dict(self) -> dict[str, Any]:
        """Everything as plain data for JSON."""
        return {
            "model": self.model,
            "tools": len(self.specs),
            "tokens": self.tokens,
            "dollars_per_turn": self.dollars_per_turn,
            "dollars_per_turn_cached": self.dollars_per_turn_cached,
            "sizes": {size.tool: size.tokens for size in self.sizes},
            "counts": self.counts,
            "findings": self.table().rows,
        }

    @property
    def summary(self) -> str:
        """The counts in words, and what the tools cost."""
        of = "tool" if len(self.specs) == 1 else "tools"
        found = ", ".join(self.told.values()) or "nothing found"
        return f"{found} in {len(self.specs)} {of}; {self.price}"

    @property
    def price(self) -> str:
        """Tokens and cost of a turn in words."""
        told = f"about {self.tokens:,} tokens in every turn of {self.model}"
        dollars, cached = self.dollars_per_turn, self.dollars_per_turn_cached
        if dollars is None:
            return f"{told}, {self.cost}"
        told = f"{told}, ${1000 * dollars:,.2f} in 1,000 turns"
        return told if cached is None else f"{told}, ${1000 * cached:,.2f} from the cache"

    def __repr__(self) -> str:
        lines = [f"Tools: {self.summary}"]
        shown = None
        for finding in self.findings:
            if finding.tool != shown:
                shown = finding.tool
                lines.append(f"  {shown or 'all tools'}")
            lines.append(f"    {finding.severity:<7}  {finding.message} [{finding.rule}]")
            lines += [f"{'':15}{change}" for change in finding.changes]
            if not finding.changes:
                lines.append(f"{'':15}{finding.about.instead}")
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        from .report_html import report_html

        return report_html(self)
