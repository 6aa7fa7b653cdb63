"""Readers of the arguments that a model gives: JSON text in, values by name out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec

from ..errors import ToolError
from .kinds import ABSENT, Field, Mismatch, Record, native_type

__all__ = ["ArgumentReader", "RecordReader", "SchemaReader"]

ArgumentReader = Callable[[str], dict[str, Any]]
"""Reads the JSON text of a call's arguments; raises `ToolError` naming the path at fault."""


class RecordReader:
    """Reads arguments into the types of a signature, in its order and with its defaults.

    ``quick`` reads nearly all that is right, and ``careful`` the rest, or says what is wrong.
    """

    def __init__(self, fields: Sequence[Field]) -> None:
        self.careful = CarefulReader(fields)
        # A struct cannot have all names that begin so: some are Python's own.
        has_special = any(field.name.startswith("__") for field in fields)
        self.quick = self.careful if has_special else QuickReader(fields)

    def __call__(self, text: str) -> dict[str, Any]:
        try:
            return self.quick(text)
        except (msgspec.DecodeError, Mismatch, UnicodeError, RecursionError):
            return self.careful(text)


class QuickReader:
    """Lets msgspec read what it reads just as the kinds of the fields do; they read the rest.

    Raises whatever comes up, for arguments that are wrong and for a few that are not.
    """

    def __init__(self, fields: Sequence[Field]) -> None:
        types = {field.name: native_type(field.kind) for field in fields}
        self._others = [(field.name, field.kind) for field in fields if types[field.name] is None]
        self._optional = [field for field in fields if not field.required]
        members = [
            (field.name, types[field.name] or Any, *(() if field.required else (ABSENT,)))
            for field in fields
        ]
        struct = msgspec.defstruct("Arguments", members, kw_only=True, forbid_unknown_fields=True)
        self._decoder = msgspec.json.Decoder(struct)

    def __call__(self, text: str) -> dict[str, Any]:
        values = msgspec.structs.asdict(self._decoder.decode(text or "{}"))
        for name, kind in self._others:
            if values[name] is not ABSENT:
                values[name] = kind.read(values[name])
        for field in self._optional:
            if values[field.name] is ABSENT:
                values[field.name] = field.absent()
        return values


class CarefulReader:
    """Reads the arguments by the kinds of the fields; slower, and knows where it is."""

    def __init__(self, fields: Sequence[Field]) -> None:
        self._record = Record("Arguments", dict, fields, closed=True)

    def __call__(self, text: str) -> dict[str, Any]:
        try:
            given = self._record.read(_json_object(text))
        except Mismatch as mismatch:
            raise ToolError(mismatch.told) from None
        except RecursionError:
            raise _too_deep() from None
        return {
            field.name: given[field.name] if field.name in given else field.absent()
            for field in self._record.fields
        }


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
