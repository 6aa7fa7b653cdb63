"""What a rule found in a definition."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from ...protocol import About, Severity
from .edits import Edit, Path, applied

__all__ = ["ToolFinding"]


@dataclass(frozen=True, slots=True)
class ToolFinding:
    """A fault of a definition, where it is, and a better version where none has to be invented.

    ``tool`` is the name of the tool, or ``tools[2]`` where it has none, and ``index`` its place
    among the tools; empty and ``None`` for what concerns all. ``path`` leads to the fault within
    the definition.
    """

    about: About
    tool: str
    index: int | None
    path: Path
    message: str
    edits: tuple[Edit, ...] = ()
    definition: dict[str, Any] = field(default_factory=dict, repr=False)
    """The definition as it was given."""

    @property
    def rule(self) -> str:
        """The id of the rule."""
        return self.about.id

    @property
    def severity(self) -> Severity:
        """How bad it is."""
        return self.about.severity

    @property
    def parameter(self) -> str:
        """The parameter, as in ``guests[].name``; empty where it is about the tool."""
        return _parameter_in(self.path)

    @property
    def json_path(self) -> str:
        """Where in the definition: ``$.parameters.properties.city.enum``."""
        steps = (f"[{step}]" if isinstance(step, int) else f".{step}" for step in self.path)
        return "".join(("$", *steps))

    @property
    def changes(self) -> tuple[str, ...]:
        """What to change, one place a line: ``parameters.properties.unit.enum = ["c", "f"]``."""
        return tuple(map(str, self.edits))

    @property
    def suggestion(self) -> dict[str, Any] | None:
        """The whole definition with this mended; ``None`` where somebody has to find the words."""
        return applied(self.definition, self.edits) if self.edits else None

    def __str__(self) -> str:
        return f"{self.tool or 'tools'}  {self.severity}  {self.message} [{self.rule}]"


def _parameter_in(path: Path) -> str:
    label, steps = "", list(path)
    while steps:
        step = steps.pop(0)
        if step == "properties" and steps:
            label += f".{steps.pop(0)}"
        elif step == "items" and label:
            label += "[]"
            if steps and isinstance(steps[0], int):
                steps.pop(0)
        elif step in ("$defs", "definitions") and steps:
            label = f".{steps.pop(0)}"
    return label.removeprefix(".")
