"""Lists, sets, tuples and mappings."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from .base import Kind, Mismatch, NoSchema, Schema, mismatch, read_at
from .definitions import Definitions
from .scalars import Integer

__all__ = ["Array", "FixedArray", "Mapped"]


@dataclass(frozen=True, slots=True)
class Array:
    """Any number of one kind; ``build`` makes the Python value of them."""

    item: Kind
    build: Callable[[list[Any]], Any]
    unique: bool = False

    def schema(self, definitions: Definitions) -> Schema:
        unique = {"uniqueItems": True} if self.unique else {}
        return {"type": "array", "items": self.item.schema(definitions), **unique}

    def read(self, value: Any) -> Any:
        if not isinstance(value, list):
            raise mismatch("array", value)
        read = [read_at(self.item, part, place) for place, part in enumerate(value)]
        if not self.unique:
            return self.build(read)
        try:
            built = self.build(read)
        except TypeError as error:  # unhashable
            raise Mismatch(str(error)) from None
        if len(built) < len(read):
            raise Mismatch("Expected every item once, got one twice")
        return built


@dataclass(frozen=True, slots=True)
class FixedArray:
    """A kind for each place; the first ``least`` places must be filled."""

    items: Sequence[Kind]
    least: int
    build: Callable[[list[Any]], Any] = tuple

    def schema(self, definitions: Definitions) -> Schema:
        kinds = [item.schema(definitions) for item in self.items]
        prefix = {"prefixItems": kinds} if kinds else {}
        return {"type": "array", **prefix, "minItems": self.least, "maxItems": len(kinds)}

    def read(self, value: Any) -> Any:
        if not isinstance(value, list):
            raise mismatch("array", value)
        if not self.least <= len(value) <= len(self.items):
            least, most = self.least, len(self.items)
            length = str(most) if least == most else f"{least} to {most}"
            raise Mismatch(f"Expected 'array' of length {length}, got {len(value)}")
        pairs = enumerate(zip(self.items, value, strict=False))
        return self.build([read_at(kind, part, place) for place, (kind, part) in pairs])


@dataclass(frozen=True, slots=True)
class Mapped:
    """An object with any keys, each of one kind."""

    key: Kind
    value: Kind

    def schema(self, definitions: Definitions) -> Schema:
        names = _key_schema(self.key, definitions)
        named = {"propertyNames": names} if names else {}
        return {
            "type": "object",
            "additionalProperties": self.value.schema(definitions),
            **named,
        }

    def read(self, value: Any) -> dict[Any, Any]:
        if not isinstance(value, dict):
            raise mismatch("object", value)
        return {
            read_at(self.key, _key(self.key, name), name): read_at(self.value, part, name)
            for name, part in value.items()
        }


def _key_schema(key: Kind, definitions: Definitions) -> Schema:
    """What a key must be like; JSON has only texts for keys."""
    if isinstance(key, Integer):
        return {"pattern": "^-?[0-9]+$"}
    schema = key.schema(definitions)
    if schema.get("type", "string") != "string":
        raise NoSchema(f"the keys of an object are texts, not {schema['type']}")
    return {name: part for name, part in schema.items() if name != "type"}


def _key(kind: Kind, name: str) -> Any:
    if not isinstance(kind, Integer):
        return name
    try:
        return int(name)
    except ValueError:
        raise mismatch("int", name) from None
