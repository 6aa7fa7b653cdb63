"""The types of values, and of what is in them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from ....protocol import About
from ..edits import Edit
from ..places import BRANCHES, TYPES, Place, listed
from ..rule import Fault, of_place
from .keywords import MEANT
from .sources import CHAT, SCHEMA

__all__ = [
    "array_without_items",
    "object_without_properties",
    "schema_invalid",
    "type_missing",
    "type_unknown",
]

_OTHER_TYPES = {
    "str": "string", "text": "string", "char": "string", "varchar": "string", "uuid": "string",
    "date": "string", "datetime": "string", "date-time": "string", "time": "string",
    "email": "string", "url": "string", "uri": "string", "enum": "string",
    "int": "integer", "long": "integer", "int32": "integer", "int64": "integer",
    "float": "number", "double": "number", "decimal": "number", "num": "number",
    "bool": "boolean", "list": "array", "tuple": "array", "set": "array", "sequence": "array",
    "dict": "object", "map": "object", "mapping": "object", "none": "null", "nonetype": "null",
    "nil": "null",
}  # fmt: skip
_FORMATS = {"date": "date", "datetime": "date-time", "date-time": "date-time", "time": "time"}
_ITEMS = frozenset(("items", "prefixItems", *(k for k, v in MEANT.items() if v == "items")))
_TYPED = frozenset(key for key, meant in MEANT.items() if meant == "type")
_OBJECTS = frozenset(key for key, meant in MEANT.items() if meant == "properties")
_PLURALS = (
    (r"\b(?:numbers|integers|counts|ages|years)\b", "integer"),
    (r"\b(?:prices|amounts|scores|coordinates|temperatures)\b", "number"),
    (r"\b(?:strings|names|words|ids|identifiers|tags|labels|emails|addresses|urls|keywords|codes|"
     r"cities|titles|ingredients|toppings|topics|languages|numbers as text|phrases|lines)\b",
     "string"),
)  # fmt: skip


@of_place(
    About(
        id="schema-invalid",
        severity="error",
        title="A property that is no schema",
        why="Each property is described by an object; anything else is refused with the whole "
        "update.",
        instead='Write `{"type": "string", "description": "…"}`.',
        source=f"{SCHEMA}; {CHAT}",
    )
)
def schema_invalid(place: Place) -> Iterator[Fault]:
    told = place.schema.get("properties")
    path = (*place.path, "properties")
    if told is not None and not isinstance(told, dict):
        kind = type(told).__name__
        yield Fault(f"{place.where}: properties is a {kind}.", (), path)
    for name, inner in place.properties.items():
        if isinstance(inner, dict) or inner is True:
            continue
        known = inner if inner in TYPES else _OTHER_TYPES.get(str(inner).lower())
        edits = (Edit((*path, name), {"type": known}),) if known else ()
        yield Fault(f"{name} is described by {inner!r}, not by an object.", edits, (*path, name))
    items = place.schema.get("items")
    if items is not None and not isinstance(items, dict | list | bool):
        known = items if items in TYPES else _OTHER_TYPES.get(str(items).lower())
        edits = (place.edit("items", {"type": known}),) if known else ()
        message = f"what is in {place.label} is described by {items!r}, not by an object."
        yield Fault(message, edits, (*place.path, "items"))


@of_place(
    About(
        id="type-missing",
        severity="warning",
        title="A schema without a type",
        why="Anything is valid: the model writes a text where a number is wanted, or an object "
        "where a text is.",
        instead="Give the type.",
        source=SCHEMA,
    )
)
def type_missing(place: Place) -> Iterator[Fault]:
    schema = place.schema
    told_above = place.role == "branch" and place.owner and place.owner.kinds
    if place.role == "root" or told_above or schema.get("type") is not None:
        return
    if schema.keys() & {"const", "$ref", "not", *_TYPED, *BRANCHES}:
        return
    kind = _inferred(schema)
    edits = (place.edit("type", kind),) if kind else ()
    yield Fault(f"{place.label} has no type.", edits)


def _inferred(schema: dict[str, Any]) -> str | None:
    if isinstance(schema.get("properties"), dict):
        return "object"
    if "items" in schema:
        return "array"
    for value in [*listed(schema.get("enum")), schema.get("default")]:
        for kind, types in (
            ("boolean", bool),
            ("string", str),
            ("integer", int),
            ("number", float),
        ):
            if isinstance(value, types):
                return kind
    if schema.keys() & {"pattern", "minLength", "maxLength", "format"}:
        return "string"
    return "number" if schema.keys() & {"minimum", "maximum", "multipleOf"} else None


@of_place(
    About(
        id="type-unknown",
        severity="error",
        title="A type that JSON Schema does not know",
        why="There are string, number, integer, boolean, array, object and null; a service refuses "
        "any other word with `invalid_function_parameters`.",
        instead="Use the word of JSON Schema: `string` for `str`, `number` for `float`.",
        source=f"{SCHEMA}; {CHAT}",
    )
)
def type_unknown(place: Place) -> Iterator[Fault]:
    told = place.schema.get("type")
    kinds = told if isinstance(told, list) else [told]
    # What JSON cannot express, a Python type above all, is told by another rule.
    known_values = (kind for kind in kinds if kind is None or isinstance(kind, str | int | float))
    wrong = [str(kind) for kind in known_values if kind is not None and kind not in TYPES]
    if not wrong or place.role == "root":
        return
    mended = [
        kind if kind in TYPES else _OTHER_TYPES.get(str(kind).lower(), str(kind).lower())
        for kind in kinds
        if kind is not None
    ]
    edits: list[Edit] = []
    if all(kind in TYPES for kind in mended):
        mended = list(dict.fromkeys(mended))
        edits.append(place.edit("type", mended if isinstance(told, list) else mended[0]))
        form = _FORMATS.get(wrong[0].lower())
        if form and "format" not in place.schema:
            edits.append(place.edit("format", form))
    message = f"{place.label}: there is no type {wrong[0]!r}."
    yield Fault(message, tuple(edits), (*place.path, "type"))


@of_place(
    About(
        id="array-without-items",
        severity="error",
        title="An array that does not say of what",
        why="The model fills it with texts one time and with objects the next.",
        instead='Describe what is in it: `"items": {"type": "string"}`.',
        source=f"{CHAT}: array schema missing items",
    )
)
def array_without_items(place: Place) -> Iterator[Fault]:
    if place.kinds == ("array",) and _ITEMS.isdisjoint(place.schema):
        kind = _kind_of_items(place)
        edits = (place.edit("items", {"type": kind}),) if kind else ()
        yield Fault(f"{place.label} is an array of nothing in particular.", edits)


def _kind_of_items(place: Place) -> str | None:
    for value in [*listed(place.schema.get("default")), *listed(place.schema.get("examples"))]:
        return "string" if isinstance(value, str) else None
    text = f"{place.name.replace('_', ' ')} {place.text}".lower()
    return next((kind for pattern, kind in _PLURALS if re.search(pattern, text)), None)


@of_place(
    About(
        id="object-without-properties",
        severity="warning",
        title="An object that does not say what is in it",
        why="The model invents the names, others in each call.",
        instead="Describe its properties, or make them parameters of the tool; for names that are "
        "not known before, describe the values under `additionalProperties`.",
        source=f"{SCHEMA}; reported of other services: such an object is often left empty",
    )
)
def object_without_properties(place: Place) -> Iterator[Fault]:
    if place.role == "root" or place.kinds != ("object",):
        return
    schema = place.schema
    if schema.keys() & {"$ref", "patternProperties", *_OBJECTS, *BRANCHES}:
        return
    values = schema.get("additionalProperties")
    if not place.properties and not (isinstance(values, dict) and values):
        yield Fault(f"{place.label} is an object with nothing known in it.")
