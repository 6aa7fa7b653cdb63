"""Types that describe and read themselves: msgspec structs, and whatever pydantic understands."""

from __future__ import annotations

import pathlib
from collections.abc import Callable
from typing import Any

import msgspec

from .base import Kind, Mismatch, NoSchema, Schema
from .definitions import Definitions

__all__ = ["Pydantic", "Struct", "plain"]

_MSGSPEC = "#/msgspec/"
_PYDANTIC = "#/pydantic/"


class Struct:
    """Satisfies `Kind`: a msgspec struct. Types in it that msgspec does not know are of ours."""

    def __init__(self, struct: type[msgspec.Struct], kind_of: Callable[[Any], Kind]) -> None:
        self._struct = struct
        self._kind_of = kind_of

    def schema(self, definitions: Definitions) -> Schema:
        return definitions.adopt(self, _MSGSPEC, lambda: self._own_schema(definitions))

    def read(self, value: Any) -> Any:
        tag = self._struct.__struct_config__.tag_field
        if tag is not None and isinstance(value, dict) and tag not in value:
            # msgspec asks for it only where it has to choose.
            raise Mismatch(f"a required value is missing: '{tag}'")
        try:
            return msgspec.convert(value, self._struct, dec_hook=self._read_other)
        except msgspec.ValidationError as error:
            problem, _, path = str(error).partition(" - at `$")
            path = path.rstrip("`")
            raise Mismatch(_in_words(problem), path, is_tag=path == f".{tag}") from None

    def _own_schema(self, definitions: Definitions) -> tuple[Schema, dict[str, Schema]]:
        try:
            (whole,), others = msgspec.json.schema_components(
                [self._struct],
                schema_hook=lambda other: self._kind_of(other).schema(definitions),
                ref_template=_MSGSPEC + "{name}",
            )
        except TypeError as error:
            raise NoSchema(str(error)) from None
        return whole, others

    def _read_other(self, other: type, value: Any) -> Any:
        try:
            return self._kind_of(other).read(value)
        except Mismatch as inner:
            # msgspec says where in the struct; the rest of the way goes into the words.
            raise ValueError(inner.told) from None


class Pydantic:
    """Satisfies `Kind`: a model, or any hint with metadata that only pydantic can carry out.

    Read strictly, as the schema says it: ``"3"`` is no number.
    """

    def __init__(self, hint: Any) -> None:
        try:
            from pydantic import TypeAdapter

            self._adapter = TypeAdapter(hint)
        except Exception as error:  # pydantic's own, or that it is not installed
            raise NoSchema(_first_line(error)) from None

    def schema(self, definitions: Definitions) -> Schema:
        return definitions.adopt(self, _PYDANTIC, self._own_schema)

    def read(self, value: Any) -> Any:
        from pydantic import ValidationError

        try:
            return self._adapter.validate_json(msgspec.json.encode(value), strict=True)
        except ValidationError as error:
            first = error.errors(include_url=False, include_context=False, include_input=False)[0]
            problem = Mismatch(first["msg"])
            for step in reversed(first["loc"]):
                problem = problem.under(step)
            raise problem from None

    def _own_schema(self) -> tuple[Schema, dict[str, Schema]]:
        try:
            schema = self._adapter.json_schema(ref_template=_PYDANTIC + "{model}")
        except Exception as error:
            raise NoSchema(_first_line(error)) from None
        others = schema.pop("$defs", {})
        return schema, others


def plain(value: Any) -> Any:
    """A default of a type that msgspec does not know, as JSON has it."""
    if isinstance(value, pathlib.PurePath):
        return str(value)
    dump = getattr(value, "model_dump", None)
    if dump is None:
        raise TypeError(f"{value!r} has no JSON")
    return dump(mode="json")


def _in_words(problem: str) -> str:
    problem = problem.replace("`", "'")
    problem = problem.replace("Object contains unknown field", "there is no argument")
    return problem.replace("Object missing required field", "a required value is missing:")


def _first_line(error: Exception) -> str:
    return next(iter(str(error).splitlines()), type(error).__name__)
