"""Readers of the arguments that a model gives: JSON text in, values by name out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec

from ..errors import ToolError
from .kinds import Field, Mismatch, Record

__all__ = ["ArgumentReader", "RecordReader", "SchemaReader"]

ArgumentReader = Callable[[str], dict[str, Any]]
"""Reads the JSON text of a call's arguments; raises `ToolError` naming the path at fault."""


class RecordReader:
    """Reads arguments into the types of a signature, in its order and with its defaults."""

    def __init__(self, fields: Sequence[Field]) -> None:
        self._record = Record("Arguments", dict, fields, closed=True)

    def __call__(self, text: str) -> dict[str, Any]:
        try:
            given = self._record.read(_json_object(text))
        except Mismatch as mismatch:
            raise ToolError(mismatch.told) from None
        except RecursionError:
            raise _too_deep() from None
        return {field.name: given.get(field.name, field.default) for field in self._record.fields}


class SchemaReader:
    """Checks arguments against a hand-written JSON Schema.

    Only what is in the schema itself is looked up: a reference to somewhere else is not followed.

    Raises:
        ToolError: if it is no JSON Schema of an object; ``name`` is the tool's.
    """

    def __init__(self, schema: Mapping[str, Any], name: str) -> None:
        # Slow to import, and only hand-written schemas need it.
        from jsonschema import SchemaError
        from jsonschema.validators import validator_for
        from referencing import Registry

        if not isinstance(schema, Mapping):
            raise ToolError(f"the parameters of {name} are no JSON Schema, but {schema!r}")
        if schema.get("type") != "object":
            raise ToolError(
                f"the parameters of {name} have the type {schema.get('type')!r}: write "
                '{"type": "object", "properties": {…}}'
            )
        kind = validator_for(schema)
        try:
            kind.check_schema(dict(schema))
        except SchemaError as error:
            raise ToolError(
                f"the parameters of {name} are no JSON Schema: {error.message} (at "
                f"{error.json_path})"
            ) from None
        self._validator = kind(dict(schema), registry=Registry())

    def __call__(self, text: str) -> dict[str, Any]:
        from jsonschema.exceptions import best_match
        from referencing.exceptions import Unresolvable

        values = _json_object(text)
        try:
            problem = best_match(self._validator.iter_errors(values))
        except Unresolvable as error:
            raise ToolError(f"the schema refers to {error.ref!r}, which is not in it") from None
        except RecursionError:
            raise _too_deep() from None
        if problem is not None:
            path = problem.json_path.removeprefix("$").removeprefix(".")
            raise ToolError(f"argument '{path}': {problem.message}" if path else problem.message)
        return values


def _json_object(text: str) -> dict[str, Any]:
    try:
        values = msgspec.json.decode(text or "{}")
    except (msgspec.DecodeError, UnicodeError) as error:
        raise ToolError(f"the arguments are not valid JSON: {error}") from None
    except RecursionError:
        raise _too_deep() from None
    if not isinstance(values, dict):
        raise ToolError("the arguments are not a JSON object")
    return values


def _too_deep() -> ToolError:
    return ToolError("the arguments are nested too deep to be read")
