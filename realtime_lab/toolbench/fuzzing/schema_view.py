"""A JSON Schema to look things up in: what a reference means, what is valid."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ...errors import ToolError

__all__ = ["SchemaView", "types_of"]

_TELLS_TYPE = {
    "object": {"properties", "required", "additionalProperties", "patternProperties"},
    "array": {"items", "prefixItems", "minItems", "maxItems", "uniqueItems", "contains"},
    "string": {"pattern", "minLength", "maxLength", "format", "contentEncoding"},
    "number": {"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"},
}
"""Keywords that say something of one type alone."""


class SchemaView:
    """The schema of a tool's arguments.

    Raises:
        ToolError: if it is no valid schema, saying where.
    """

    def __init__(self, root: Mapping[str, Any]) -> None:
        # Slow to import, and only needed here.
        from jsonschema import FormatChecker
        from jsonschema.exceptions import SchemaError
        from jsonschema.validators import validator_for

        kind: Any = validator_for(root)
        try:
            kind.check_schema(root, format_checker=FormatChecker(("regex",)))
        except SchemaError as error:
            raise ToolError(f"the schema is wrong at {error.json_path}: {error.message}") from None
        self.root = root
        self._validator = kind(root)
        # By the identity of a part, which is kept beside what was made of it.
        self._validators: dict[int, tuple[Any, Any]] = {}
        self._branches: dict[int, tuple[Any, list[Any]]] = {}
        self._resolved: dict[int, tuple[Any, Any]] = {}

    def is_valid(self, value: Any, schema: Any = None) -> bool:
        """Whether a part of the schema (or all of it) allows a value.

        Formats are not judged, as in the standard: they describe.
        """
        if schema is None:
            return self._validator.is_valid(value)
        if id(schema) not in self._validators:
            self._validators[id(schema)] = (schema, self._validator.evolve(schema=schema))
        return self._validators[id(schema)][1].is_valid(value)

    def target(self, reference: str) -> Any:
        """What ``#/$defs/Name`` refers to.

        Raises:
            ToolError: if it is not within this schema.
        """
        found: Any = self.root
        pointer, hash_sign, path = reference.partition("#")
        try:
            if pointer or not hash_sign:
                raise LookupError
            for part in path.split("/")[1:]:
                part = part.replace("~1", "/").replace("~0", "~")
                found = found[int(part) if isinstance(found, list) else part]
        except (LookupError, TypeError, ValueError):
            raise ToolError(
                f"the schema refers to {reference!r}, which is not in it; define it under '$defs'"
            ) from None
        return found

    def resolved(self, schema: Any) -> Any:
        """A part with its reference replaced by what it means, and what stands beside it kept.

        The same object for the same part, so that what is made of it is made once.
        """
        if not isinstance(schema, Mapping) or "$ref" not in schema:
            return schema
        if id(schema) not in self._resolved:
            self._resolved[id(schema)] = (schema, self._with_targets(schema))
        return self._resolved[id(schema)][1]

    def _with_targets(self, schema: Any) -> Any:
        seen = set()
        while isinstance(schema, Mapping) and "$ref" in schema and schema["$ref"] not in seen:
            seen.add(schema["$ref"])
            target = self.target(schema["$ref"])
            beside = {name: value for name, value in schema.items() if name != "$ref"}
            schema = {**target, **beside} if isinstance(target, Mapping) else target
        return schema

    def branches(self, schema: Mapping[str, Any]) -> list[Any]:
        """The alternatives of ``anyOf`` or ``oneOf``, each with what stands beside it."""
        if id(schema) not in self._branches:
            self._branches[id(schema)] = (schema, list(self._alternatives(schema)))
        return self._branches[id(schema)][1]

    def _alternatives(self, schema: Mapping[str, Any]) -> Iterator[Any]:
        for word in ("anyOf", "oneOf"):
            for part in schema.get(word, ()):
                beside = {name: value for name, value in schema.items() if name != word}
                inner = self.resolved(part)
                yield {**beside, **inner} if isinstance(inner, Mapping) else inner


def types_of(schema: Mapping[str, Any]) -> list[str]:
    """The types that a part names, or that its keywords are about; empty for any."""
    named = schema.get("type")
    if isinstance(named, str):
        return [named]
    if named:
        return list(named)
    told = [kind for kind, words in _TELLS_TYPE.items() if schema.keys() & words]
    return told[:1]
