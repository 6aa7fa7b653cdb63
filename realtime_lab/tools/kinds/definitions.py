"""Named types within a schema."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from .base import Schema

__all__ = ["Definitions", "in_place"]

_PREFIX = "#/$defs/"
_MAPS = frozenset({"properties", "patternProperties", "$defs", "dependentSchemas"})
"""Keywords whose value maps names, which may be any, to schemas."""
_VALUES = frozenset({"enum", "default", "const", "examples"})
"""Keywords whose value is data, not a schema."""
_DROPPED = frozenset({"title", "discriminator"})
"""Titles repeat the names; discriminators are OpenAPI's and refer to definitions."""
_JSON_TYPES = {str: "string", int: "integer", float: "number", bool: "boolean"}


class Definitions:
    """Collects the schemas of named types; two types of one name get two names."""

    def __init__(self) -> None:
        # By identity, and the owners are kept, so that it stays theirs.
        self._names: dict[int, tuple[Any, str]] = {}
        self._adopted: dict[int, tuple[Any, Schema]] = {}
        self.schemas: dict[str, Schema] = {}

    def refer(self, owner: Any, name: str, make: Callable[[], Schema]) -> Schema:
        """A reference to the schema that ``owner`` has, made when first asked for."""
        if id(owner) not in self._names:
            unique = self._unique(name)
            self._names[id(owner)] = (owner, unique)
            self.schemas[unique] = make()
        return {"$ref": _PREFIX + self._names[id(owner)][1]}

    def adopt(
        self, owner: Any, prefix: str, make: Callable[[], tuple[Schema, Mapping[str, Schema]]]
    ) -> Schema:
        """A schema made elsewhere, with its definitions, to which it refers by ``prefix``."""
        if id(owner) not in self._adopted:
            schema, others = make()
            names = {prefix + name: _PREFIX + self._unique(name) for name in others}
            for name, other in others.items():
                own_name = names[prefix + name].removeprefix(_PREFIX)
                self.schemas[own_name] = _renamed(other, names)
            self._adopted[id(owner)] = (owner, _renamed(schema, names))
        return self._adopted[id(owner)][1]

    def _unique(self, name: str) -> str:
        unique, number = name, 2
        while unique in self.schemas:
            unique, number = f"{name}_{number}", number + 1
        self.schemas[unique] = {}
        return unique


def in_place(schema: Schema, definitions: Mapping[str, Schema]) -> Schema:
    """The schema without references, except those of a type to itself; models read it better."""
    whole = _inlined(schema, definitions, ())
    recursive = _recursive(whole, definitions)
    return {**whole, "$defs": recursive} if recursive else whole


def _renamed(schema: Any, names: Mapping[str, str]) -> Any:
    if isinstance(schema, list):
        return [_renamed(part, names) for part in schema]
    if not isinstance(schema, dict):
        return schema
    changed = {key: _renamed(part, names) for key, part in schema.items()}
    if isinstance(reference := schema.get("$ref"), str):
        changed["$ref"] = names.get(reference, reference)
    return changed


def _inlined(schema: Any, definitions: Mapping[str, Any], inside: tuple[str, ...]) -> Any:
    if isinstance(schema, list):
        return [_inlined(part, definitions, inside) for part in schema]
    if not isinstance(schema, dict):
        return schema
    name = _referred(schema)
    if name in definitions and name not in inside:
        beside = {key: part for key, part in schema.items() if key != "$ref"}
        return _inlined({**definitions[name], **beside}, definitions, (*inside, name))
    plain: Schema = {}
    for key, part in schema.items():
        if key in _MAPS and isinstance(part, dict):
            plain[key] = {n: _inlined(inner, definitions, inside) for n, inner in part.items()}
        elif key in _VALUES:
            plain[key] = part
        elif key not in _DROPPED:
            plain[key] = _inlined(part, definitions, inside)
    kinds = {_JSON_TYPES.get(type(value)) for value in plain.get("enum", ())}
    if "type" not in plain and len(kinds) == 1 and None not in kinds:
        plain = {"type": kinds.pop(), **plain}
    return plain


def _recursive(schema: Any, definitions: Mapping[str, Any]) -> dict[str, Any]:
    """The definitions that are still referred to, and those they refer to."""
    found: dict[str, Any] = {}
    waiting = [schema]
    while waiting:
        part = waiting.pop()
        if isinstance(part, list):
            waiting.extend(part)
        elif isinstance(part, dict):
            name = _referred(part)
            if name in definitions and name not in found:
                found[name] = _inlined(definitions[name], definitions, (name,))
                waiting.append(found[name])
            waiting.extend(part.values())
    return found


def _referred(schema: Schema) -> str:
    reference = schema.get("$ref")
    return reference.removeprefix(_PREFIX) if isinstance(reference, str) else ""
