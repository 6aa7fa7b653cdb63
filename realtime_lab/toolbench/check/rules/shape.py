"""Whether it is a definition at all, and of the shape that a realtime service takes."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from typing import Any

from ....protocol import About
from ..definition import Definition
from ..edits import REMOVED, Edit, Path
from ..rule import Fault, Toolset, of_tool, of_tools
from .sources import CHAT, NO_STRICT, REALTIME, SCHEMA

__all__ = [
    "field_unknown",
    "nested_function",
    "not_a_tool",
    "not_json",
    "parameters_combined",
    "parameters_misnamed",
    "parameters_not_object",
    "properties_missing",
    "strict",
    "type_of_tool",
]

_TAKEN = ("type", "name", "description", "parameters")
_TYPE_NAMES = {str: "string", int: "integer", float: "number", bool: "boolean", list: "array"}


@of_tools(
    About(
        id="not-a-tool",
        severity="error",
        title="It cannot be described as a tool",
        why="A session is told of a tool by its name and the schema of its parameters; nothing can "
        "be told of this one, so that the model never calls it.",
        instead="Give a function with type hints, a Tool, or a dict with `name` and `parameters`.",
        source=REALTIME,
    )
)
def not_a_tool(tools: Toolset) -> Iterator[Fault]:
    for tool in tools.broken:
        yield Fault(f"{tool.problem}.", (), (), tool)


@of_tool(
    About(
        id="not-json",
        severity="error",
        title="A value that JSON cannot express",
        why="The definition goes over the wire as JSON; with this in it, the session cannot be "
        "told of any of its tools.",
        instead="Write the name of the JSON type, a text, a number, a list or a dict.",
        source="RFC 8259",
    )
)
def not_json(tool: Definition) -> Iterator[Fault]:
    for path, value in _foreign(tool.spec, ()):
        is_type = isinstance(value, type)
        fixed: Any = _TYPE_NAMES.get(value) if is_type else _listed_set(value)
        edits = (Edit(path, fixed),) if fixed is not None else ()
        what = f"the Python type {value.__name__}" if is_type else repr(value)
        yield Fault(f"{'.'.join(map(str, path))} is {what[:80]}.", edits, path)


def _foreign(value: Any, path: Path) -> Iterator[tuple[Path, Any]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _foreign(inner, (*path, key))
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from _foreign(inner, (*path, number))
    elif isinstance(value, float):
        if value != value or value in (float("inf"), float("-inf")):
            yield path, value
    elif not isinstance(value, str | int | None):
        yield path, value


def _listed_set(value: Any) -> list[str] | None:
    """The texts of a set in order; ``None`` for anything else."""
    if not isinstance(value, set | frozenset):
        return None
    texts = [one for one in value if isinstance(one, str)]
    return sorted(texts) if len(texts) == len(value) else None


@of_tool(
    About(
        id="nested-function",
        severity="warning",
        title="The definition has the shape of Chat Completions",
        why="A realtime service takes name, description and parameters beside `type`, and refuses "
        "the whole update for a tool that has them under `function`. This lab moves them; other "
        "clients do not.",
        instead="Write the fields beside `type`.",
        source=REALTIME,
    )
)
def nested_function(tool: Definition) -> Iterator[Fault]:
    if tool.root:
        beside = {key: value for key, value in tool.spec.items() if key != "function"}
        flat = {"type": "function", **beside, **tool.body}
        how = f"{', '.join(tool.body)}: beside type, not under function"
        yield Fault("the definition stands under 'function'.", (Edit((), flat, how),))


@of_tool(
    About(
        id="type-of-tool",
        severity="warning",
        title="The type of the tool is not told",
        why='A service knows a function by `"type": "function"`, and refuses an update with a tool '
        "that has none or another. This lab adds it where it is missing; other clients do not.",
        instead='Write `"type": "function"`.',
        source=REALTIME,
    )
)
def type_of_tool(tool: Definition) -> Iterator[Fault]:
    told = tool.spec.get("type")
    if told != "function":
        what = "is missing" if told is None else f"is {told!r}"
        yield Fault(f"its type {what}.", (Edit(("type",), "function"),), ("type",))


@of_tool(
    About(
        id="strict",
        severity="error",
        title="`strict` is asked for",
        why="Realtime models have no structured outputs, and their function tools no such field: a "
        "service that reads them strictly refuses the whole update, and where it is left out on "
        "the way no argument is held to the schema all the same.",
        instead="Leave `strict` out, and check the arguments of each call; this lab does.",
        source=f"{NO_STRICT}; {REALTIME}",
    )
)
def strict(tool: Definition) -> Iterator[Fault]:
    for root in dict.fromkeys(((), tool.root)):
        body = tool.body if root else tool.spec
        if "strict" in body:
            path = (*root, "strict")
            yield Fault(
                "'strict' is no field of a realtime tool.",
                (Edit(path, REMOVED),),
                path,
            )


@of_tool(
    About(
        id="field-unknown",
        severity="error",
        title="A field that tools do not have",
        why="One unknown field discards the whole update: no tool of the session is in force, and "
        "the settings beside them neither.",
        instead="Leave the field out; what the model should know belongs into the description.",
        source=f"{REALTIME}; reported of OpenAI: `Unknown parameter: 'session.tools[0].meta'`",
    )
)
def field_unknown(tool: Definition) -> Iterator[Fault]:
    known = {*_TAKEN, "strict", tool.parameters_key, *(("function",) if tool.root else ())}
    for root in dict.fromkeys(((), tool.root)):
        body = tool.body if root else tool.spec
        for name in body:
            if name in known:
                continue
            near = difflib.get_close_matches(name, _TAKEN, 1, 0.75)
            target = near[0] if near and near[0] not in body else None
            path = (*root, name)
            edits = (Edit(path, REMOVED),)
            if target:
                edits = (Edit((*root, target), body[name]), *edits)
            hint = f"; '{target}' is meant" if target else ""
            yield Fault(f"tools have no field {name!r}{hint}.", edits, path)


@of_tool(
    About(
        id="parameters-misnamed",
        severity="error",
        title="The parameters stand under another name",
        why="MCP servers and other models call them otherwise. Here the field is unknown and "
        "refused, or the tool is one without parameters.",
        instead="Call them `parameters`.",
        source=f"{REALTIME}; Model Context Protocol, `inputSchema`",
    )
)
def parameters_misnamed(tool: Definition) -> Iterator[Fault]:
    if tool.parameters_key != "parameters":
        renamed = {
            "parameters" if key == tool.parameters_key else key: value
            for key, value in tool.body.items()
        }
        yield Fault(
            f"the parameters stand under {tool.parameters_key!r}.",
            (Edit(tool.root, renamed, f"parameters instead of {tool.parameters_key}"),),
            tool.parameters_path,
        )


@of_tool(
    About(
        id="parameters-not-object",
        severity="error",
        title="The parameters are not the schema of an object",
        why="A model calls a function with named arguments, so the schema must be of `type: "
        "object`. A service refuses the update with `invalid_function_parameters`.",
        instead='Write `{"type": "object", "properties": {…}}`, the parameters by name.',
        source="recorded of the service: schema must be a JSON Schema of 'type: \"object\"'",
    )
)
def parameters_not_object(tool: Definition) -> Iterator[Fault]:
    given = tool.parameters
    if given is None:
        return
    path = tool.parameters_path
    if not isinstance(given, dict):
        kind = type(given).__name__
        yield Fault(f"the parameters are no schema but a {kind}.", (), path)
    elif given and given.get("type") != "object":
        told = given.get("type")
        what = f"of type {told!r}" if isinstance(told, str) else "without a type"
        fixed = _as_object(given)
        edits = (Edit(path, fixed),) if fixed else ()
        yield Fault(f"the parameters are a schema {what}.", edits, path)


def _as_object(given: dict[str, Any]) -> dict[str, Any] | None:
    """The schema of an object that was meant."""
    if isinstance(given.get("properties"), dict):
        return {"type": "object", **{k: v for k, v in given.items() if k != "type"}}
    named = {k: v for k, v in given.items() if isinstance(v, dict)}
    if named and len(named) == len(given) and not named.keys() & {"items", "not"}:
        # The parameters by name, without the object around them.
        return {"type": "object", "properties": named, "required": list(named)}
    if given.get("type") == "array":
        return {"type": "object", "properties": {"items": given}, "required": ["items"]}
    return None


@of_tool(
    About(
        id="parameters-combined",
        severity="error",
        title="The parameters as a whole are alternatives",
        why="`oneOf`, `anyOf`, `allOf`, `enum` and `not` may not stand at the top of the "
        "parameters.",
        instead="Make a tool of each alternative, or one object with a parameter that tells which.",
        source=f"{CHAT}: schema must have type 'object' and not have 'oneOf'/'anyOf'/'allOf'/"
        "'enum'/'not' at the top level",
    )
)
def parameters_combined(tool: Definition) -> Iterator[Fault]:
    given = tool.parameters
    for keyword in ("oneOf", "anyOf", "allOf", "enum", "not"):
        if not isinstance(given, dict) or keyword not in given:
            continue
        path = (*tool.parameters_path, keyword)
        branches = given[keyword]
        # Alternatives that only say what is required together add nothing to describe.
        mere = isinstance(branches, list) and all(
            isinstance(one, dict) and one.keys() <= {"required"} for one in branches
        )
        edits = (Edit(path, REMOVED),) if mere and given.get("type") == "object" else ()
        yield Fault(f"{keyword!r} at the top of the parameters.", edits, path)


@of_tool(
    About(
        id="properties-missing",
        severity="warning",
        title="An object of parameters without `properties`",
        why="Some services refuse an object schema that names no properties, even for a function "
        "that takes none.",
        instead='Write `"properties": {}`.',
        source=f"{CHAT}: object schema missing properties; {SCHEMA} allows it",
    )
)
def properties_missing(tool: Definition) -> Iterator[Fault]:
    given = tool.parameters
    if isinstance(given, dict) and given.get("type") == "object":
        told = given.get("properties")
        if told is None:
            path = (*tool.parameters_path, "properties")
            yield Fault("its parameters have no 'properties'.", (Edit(path, {}),), path)
