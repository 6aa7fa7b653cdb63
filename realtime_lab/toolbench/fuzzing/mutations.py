"""Arguments that a schema forbids, made of ones that it allows."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from .schema_view import SchemaView, types_of

__all__ = ["Mutation", "mutations"]

_OF_EACH_TYPE: tuple[Any, ...] = (None, True, 3, 0.5, "text", [], {})
_SURPLUS = "no_such_argument"
_LOOKED_INTO = 3
_UNLIKELY_TEXTS = ("", "no such value", "!", "\0", "0")

Path = tuple[str | int, ...]


class _Place(NamedTuple):
    """A part of the arguments: how to reach it, and what the schema calls it.

    ``name`` is the last one that the schema knows; ``spot`` is the path with ``[]`` for what it
    does not number or name.
    """

    path: Path = ()
    name: str = ""
    spot: str = ""

    def property(self, name: str) -> _Place:
        return _Place((*self.path, name), name, f"{self.spot}.{name}" if self.spot else name)

    def element(self, key: str | int) -> _Place:
        return _Place((*self.path, key), self.name, f"{self.spot}[]")


@dataclass(frozen=True, slots=True)
class Mutation:
    """One thing to change so that the schema forbids the arguments.

    ``what`` is the kind of change, ``spot`` where in the schema (``window.panes[]``), ``name`` what
    a refusal should name. ``value`` is to be at ``path``.
    """

    what: str
    spot: str
    name: str
    path: Path
    value: Any

    def of(self, arguments: dict[str, Any]) -> dict[str, Any]:
        """Arguments with the change made."""
        return _at(copy.deepcopy(arguments), self.path, self.value)


def mutations(view: SchemaView, arguments: dict[str, Any]) -> list[Mutation]:
    """All that may be changed in allowed arguments.

    Rarely one is allowed as well, where another part of the schema says so: look at the outcome.
    """
    return list(_changes(view, view.root, arguments, _Place()))


def _changes(view: SchemaView, schema: Any, value: Any, place: _Place) -> Iterator[Mutation]:
    if not isinstance(schema, Mapping):
        return
    inner = _branch(view, view.resolved(schema), value)
    for what, about, other in _others(inner, value, place):
        if not view.is_valid(other, schema):
            yield Mutation(what, about.spot, about.name, place.path, other)
    if isinstance(inner, Mapping):
        for part, item, there in _parts(inner, value, place):
            yield from _changes(view, part, item, there)


def _others(schema: Any, value: Any, place: _Place) -> Iterator[tuple[str, _Place, Any]]:
    """Other values for a place, which may be wrong there."""
    if place.path:
        for other in _OF_EACH_TYPE:
            if other is None or type(other) is not type(value):
                yield "null" if other is None else "wrong type", place, other
    if not isinstance(schema, Mapping):
        return
    if "enum" in schema or "const" in schema:
        yield "outside enum", place, "no such value" if isinstance(value, str) else 7919
        return
    match value:
        case bool() | None:
            wrong = ()
        case int() | float():
            wrong = (("number as text", str(value)), *_numbers(schema))
        case str():
            wrong = _texts(schema)
        case list():
            wrong = _arrays(schema, value)
        case _:
            wrong = ()
            yield from _keys(schema, value, place)
    for what, other in wrong:
        yield what, place, other


def _branch(view: SchemaView, schema: Any, value: Any) -> Any:
    """The alternative that the value is of."""
    if not isinstance(schema, Mapping):
        return schema
    for branch in view.branches(schema):
        if view.is_valid(value, branch):
            return _branch(view, branch, value)
    return schema


def _parts(
    schema: Mapping[str, Any], value: Any, place: _Place
) -> Iterator[tuple[Any, Any, _Place]]:
    """What is within a value: its schema, itself, its place."""
    if isinstance(value, list):
        first, rest = schema.get("prefixItems", ()), schema.get("items", True)
        if isinstance(rest, list):
            first, rest = rest, True
        for number, item in enumerate(value[:_LOOKED_INTO]):
            yield first[number] if number < len(first) else rest, item, place.element(number)
    elif isinstance(value, dict):
        properties, rest = schema.get("properties", {}), schema.get("additionalProperties", True)
        others = [name for name in value if name not in properties][:_LOOKED_INTO]
        for name, part in properties.items():
            if name in value:
                yield part, value[name], place.property(name)
        for name in others:
            yield rest, value[name], place.element(name)


def _numbers(schema: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for word, beyond in (
        ("minimum", -1), ("exclusiveMinimum", 0), ("maximum", 1), ("exclusiveMaximum", 0),
    ):  # fmt: skip
        if isinstance(schema.get(word), int | float):
            yield "out of range", schema[word] + beyond
    if "multipleOf" in schema:
        step = schema["multipleOf"]
        yield "no multiple", step + (1 if "integer" in types_of(schema) else step / 3)


def _texts(schema: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    if schema.get("minLength", 0) > 0:
        yield "too short", "x" * (schema["minLength"] - 1)
    if "maxLength" in schema:
        yield "too long", "x" * (schema["maxLength"] + 1)
    if "pattern" in schema:
        for text in _UNLIKELY_TEXTS:
            yield "not of the pattern", text


def _arrays(schema: Mapping[str, Any], value: list[Any]) -> Iterator[tuple[str, Any]]:
    if schema.get("minItems", 0) > 0:
        yield "too few", value[: schema["minItems"] - 1]
    if "maxItems" in schema and value:
        most = schema["maxItems"] + 1
        yield "too many", (value * most)[:most]
    if schema.get("uniqueItems") and value:
        yield "not unique", [*value, value[0]]


def _keys(
    schema: Mapping[str, Any], value: dict[str, Any], place: _Place
) -> Iterator[tuple[str, _Place, Any]]:
    for name in schema.get("required", ()):
        if name in value:
            rest = {key: one for key, one in value.items() if key != name}
            yield "missing", place.property(name), rest
    if schema.get("additionalProperties") is False:
        yield "no such argument", place.property(_SURPLUS), {**value, _SURPLUS: 1}


def _at(whole: Any, path: Path, value: Any) -> Any:
    """The whole with another value at the path."""
    if not path:
        return value
    first, *rest = path
    whole[first] = _at(whole[first], tuple(rest), value)
    return whole
