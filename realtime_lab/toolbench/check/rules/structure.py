"""Schemas that are put together: alternatives, references, levels."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ....protocol import About
from ..definition import Definition
from ..edits import Edit
from ..places import BRANCHES, Place, schemas_in
from ..references import inlined, is_recursive, target_of
from ..rule import Fault, of_place, of_tool
from .sources import CHAT, HOUSE, NO_STRICT, SCHEMA

__all__ = ["alternatives_open", "nested_deep", "reference", "reference_broken"]

DEEPEST = 3


@of_place(
    About(
        id="alternatives-open",
        severity="advice",
        title="A parameter that takes one thing or another",
        why="Realtime models are not held to a schema; of several shapes they mix the fields. A "
        "union with null alone is no such case.",
        instead="Choose one type, list constants under `enum`, or make a parameter of each shape.",
        source=NO_STRICT,
    )
)
def alternatives_open(place: Place) -> Iterator[Fault]:
    if place.role == "root":
        return
    if len(place.kinds) > 1 and set(place.kinds) != {"integer", "number"}:
        yield Fault(f"{place.label} is {' or '.join(place.kinds)}.", (), (*place.path, "type"))
    for keyword in BRANCHES:
        schemas = schemas_in(place.schema.get(keyword))
        branches = [one for one in schemas if one.get("type") != "null"]
        path = (*place.path, keyword)
        constants = [one["const"] for one in branches if "const" in one]
        if keyword != "allOf" and branches and len(constants) == len(branches):
            mended = _of_constants(place, keyword, constants)
            if mended:
                message = f"{place.label} lists its values as {keyword}."
                yield Fault(message, (Edit(place.path, mended),), path)
                continue
        if len(branches) > 1:
            edits = _joined(place, branches) if keyword == "allOf" else ()
            how = "has to be all of" if keyword == "allOf" else "may be any of"
            yield Fault(f"{place.label} {how} {len(branches)} schemas.", edits, path)


def _of_constants(place: Place, keyword: str, values: list[Any]) -> dict[str, Any] | None:
    if not all(isinstance(value, str) for value in values):
        return None
    rest = {key: value for key, value in place.schema.items() if key not in (keyword, "type")}
    schemas = schemas_in(place.schema.get(keyword))
    null = any(one.get("type") == "null" for one in schemas)
    notes = [
        f"{one['const']}: {one['description']}"
        for one in schemas
        if isinstance(one.get("description"), str) and "const" in one
    ]
    if notes:
        rest["description"] = " ".join(filter(None, (place.text, "; ".join(notes))))
    kind: Any = ["string", "null"] if null else "string"
    return {"type": kind, "enum": [*values, *([None] if null else [])], **rest}


def _joined(place: Place, branches: list[dict[str, Any]]) -> tuple[Edit, ...]:
    """All branches of ``allOf`` as one object, where they do not contradict each other."""
    whole = {key: value for key, value in place.schema.items() if key != "allOf"}
    for one in branches:
        for key, value in one.items():
            if key == "properties" and isinstance(value, dict):
                whole[key] = {**value, **whole.get(key, {})}
            elif key == "required" and isinstance(value, list):
                whole[key] = list(dict.fromkeys([*whole.get(key, []), *value]))
            elif whole.setdefault(key, value) != value:
                return ()
    return (Edit(place.path, whole),)


@of_tool(
    About(
        id="reference",
        severity="advice",
        title="A definition that stands elsewhere",
        why="The model has to follow `$ref` to another place of the schema to know what a "
        "parameter is, and whether a service resolves it before is not documented.",
        instead="Write the definition where it is used; only a type that holds itself needs a "
        "reference.",
        source=NO_STRICT,
    )
)
def reference(tool: Definition) -> Iterator[Fault]:
    whole = tool.parameters
    referring = [
        place
        for place in tool.places
        if "$ref" in place.schema
        and target_of(place.schema, whole) is not None
        and not is_recursive(place.schema["$ref"], whole)
    ]
    if referring:
        names = list(dict.fromkeys(place.where for place in referring))
        verb = "refers" if len(names) == 1 else "refer"
        message = f"{', '.join(names)} {verb} to a definition elsewhere."
        better = inlined(whole)
        edits = (Edit(tool.parameters_path, better),) if better else ()
        yield Fault(message, edits, referring[0].path)


@of_tool(
    About(
        id="reference-broken",
        severity="error",
        title="A reference to a definition that is not there",
        why="Nobody can know what is meant: the service refuses the schema, or takes anything.",
        instead="Put the definition under `$defs`, and refer to it as `#/$defs/NAME`.",
        source=f"{SCHEMA}; {CHAT}",
    )
)
def reference_broken(tool: Definition) -> Iterator[Fault]:
    for place in tool.places:
        if "$ref" in place.schema and target_of(place.schema, tool.parameters) is None:
            message = f"{place.where}: {place.schema['$ref']!r} is not there."
            yield Fault(message, (), (*place.path, "$ref"))


@of_tool(
    About(
        id="nested-deep",
        severity="advice",
        title="Parameters within parameters within parameters",
        why="Each level is a chance to put a value one level too high; in speech nobody dictates a "
        "tree.",
        instead="Make the inner values parameters of the tool: `street` and `city` instead of "
        "`customer.address.street`.",
        source=f"{HOUSE}: {DEEPEST} levels",
    )
)
def nested_deep(tool: Definition) -> Iterator[Fault]:
    deepest = max(tool.fields, key=lambda place: place.depth, default=None)
    if deepest and deepest.depth > DEEPEST:
        message = f"{deepest.label} is {deepest.depth} levels deep."
        yield Fault(message, (), deepest.path)
