"""Definitions of tools as they were given: anything at all may be wrong with them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Any

from ...errors import ToolError
from ...tools import Tool, ToolLike
from .edits import Path
from .places import Place, places_in

__all__ = ["PARAMETER_NAMES", "Definition", "read_definitions"]

PARAMETER_NAMES = ("inputSchema", "input_schema", "parametersJsonSchema", "args_schema", "schema")
"""What other protocols and libraries call the parameters."""
_DEEPEST = 40


class Definition:
    """One definition, flat or with everything under ``function``.

    ``spec`` is what was given, as plain dicts and lists; ``problem`` says why it is none at all.
    ``index`` is its place among the tools, from 0.
    """

    def __init__(self, index: int, spec: Mapping[str, Any], problem: str = "") -> None:
        self.index = index
        self.spec = dict(spec)
        self.problem = problem

    @property
    def is_remote(self) -> bool:
        """Whether it stands for an MCP server, whose tools are not known here."""
        return self.spec.get("type") == "mcp"

    @cached_property
    def root(self) -> Path:
        """Where name, description and parameters stand."""
        return ("function",) if isinstance(self.spec.get("function"), dict) else ()

    @cached_property
    def body(self) -> dict[str, Any]:
        """What stands there."""
        return self.spec["function"] if self.root else self.spec

    @property
    def name(self) -> str:
        """The name; empty where there is none."""
        name = self.body.get("name")
        return name if isinstance(name, str) else ""

    @property
    def label(self) -> str:
        """The name, or else which tool it is."""
        return self.name or f"tools[{self.index}]"

    @property
    def description(self) -> str:
        """The description; empty where there is none."""
        text = self.body.get("description")
        return text.strip() if isinstance(text, str) else ""

    @property
    def name_path(self) -> Path:
        """Where the name stands, or should."""
        return (*self.root, "name")

    @property
    def description_path(self) -> Path:
        """Where the description stands, or should."""
        return (*self.root, "description")

    @cached_property
    def parameters_key(self) -> str:
        """Under which name the parameters stand."""
        if "parameters" in self.body:
            return "parameters"
        others = [name for name in PARAMETER_NAMES if isinstance(self.body.get(name), dict)]
        return others[0] if others else "parameters"

    @property
    def parameters(self) -> Any:
        """The parameters as they were given; ``None`` where there are none."""
        return self.body.get(self.parameters_key)

    @property
    def parameters_path(self) -> Path:
        """Where they stand."""
        return (*self.root, self.parameters_key)

    @cached_property
    def places(self) -> tuple[Place, ...]:
        """Every schema in the parameters, the whole first."""
        return tuple(places_in(self.parameters, self.parameters_path))

    @cached_property
    def fields(self) -> tuple[Place, ...]:
        """The parameters and the properties within them."""
        return tuple(place for place in self.places if place.role == "property")

    @cached_property
    def top(self) -> tuple[Place, ...]:
        """The parameters alone."""
        return tuple(place for place in self.fields if place.depth == 1)


def read_definitions(tools: ToolLike | Iterable[ToolLike]) -> list[Definition]:
    """The definitions of tools, functions and dicts; what is none of them has a ``problem``."""
    one = isinstance(tools, Tool | Mapping) or (callable(tools) and not isinstance(tools, Iterable))
    given: Iterable[Any] = [tools] if one else tools  # pyright: ignore[reportAssignmentType]
    return [_read(index, tool) for index, tool in enumerate(given)]


def _read(index: int, given: Any) -> Definition:
    try:
        if isinstance(given, Tool):
            given = given.spec()
        elif not isinstance(given, Mapping) and callable(given):
            given = Tool.from_function(given).spec()
    except ToolError as error:
        return Definition(index, {"name": getattr(given, "__name__", "")}, str(error))
    if not isinstance(given, Mapping):
        kind = type(given).__name__
        return Definition(index, {}, f"{kind} is no tool: give a function, a Tool or a dict")
    spec = {key: value for key, value in given.items() if key != "handler"}
    try:
        return Definition(index, _plain(spec))
    except RecursionError:
        name = given.get("name")
        named = {"name": name} if isinstance(name, str) else {}
        return Definition(index, named, f"it is more than {_DEEPEST} levels deep, or holds itself")


def _plain(value: Any, depth: int = 0) -> Any:
    """Mappings as dicts and sequences as lists; what is neither, as it is."""
    if depth > _DEEPEST:
        raise RecursionError
    if isinstance(value, Mapping):
        return {
            key if isinstance(key, str) else str(key): _plain(inner, depth + 1)
            for key, inner in value.items()
        }
    if isinstance(value, list | tuple):
        return [_plain(inner, depth + 1) for inner in value]
    return value
