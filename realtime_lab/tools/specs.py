"""Hand-written descriptions of tools, as OpenAI's services take them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..errors import ToolError
from .notes import Note, missing_descriptions

__all__ = ["FlatSpec", "read_spec"]

_KNOWN = frozenset({"type", "name", "description", "parameters"})
_NO_PARAMETERS: Mapping[str, Any] = {"type": "object", "properties": {}}


@dataclass(frozen=True, slots=True)
class FlatSpec:
    """A tool as a realtime session has it, and what had to be left out."""

    name: str
    description: str
    parameters: Mapping[str, Any]
    notes: tuple[Note, ...]


def read_spec(spec: Mapping[str, Any]) -> FlatSpec:
    """Read a description: flat, or with everything under ``function`` as Chat Completions has it.

    Raises:
        ToolError: if it is not the description of a function.
    """
    if not isinstance(spec, Mapping):
        raise ToolError(f"{spec!r} is not the description of a tool, which is a dict")
    inner = spec.get("function", spec)
    name = inner.get("name") if isinstance(inner, Mapping) else None
    if spec.get("type", "function") != "function" or not isinstance(name, str):
        raise ToolError(
            'a tool description needs "type": "function" and a name, as in '
            '{"type": "function", "name": "get_time", "parameters": {…}}'
        )
    parameters = inner.get("parameters") or _NO_PARAMETERS
    if not isinstance(parameters, Mapping):
        raise ToolError(f"the parameters of {name} are no JSON Schema, but {parameters!r}")
    description = inner.get("description") or ""
    left_out = [Note(None, None, None, _left_out(name, key)) for key in inner if key not in _KNOWN]
    missing = missing_descriptions(
        name, description, parameters, remedy='give it a "description" in the schema'
    )
    return FlatSpec(name, description, parameters, (*left_out, *missing))


def _left_out(name: str, key: str) -> str:
    if key == "strict":
        return (
            f"'strict' of {name} is left out, because a realtime session has none: a model may "
            "give arguments that do not fit the schema, and they are refused here"
        )
    return f"'{key}' of {name} is left out, because a realtime session has no such field"
