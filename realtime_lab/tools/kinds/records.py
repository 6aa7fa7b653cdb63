"""Objects with named fields."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import msgspec

from .base import Kind, Mismatch, Schema, mismatch, read_at
from .definitions import Definitions
from .foreign import plain

__all__ = ["ABSENT", "Field", "Record"]

ABSENT: Any = object()
"""No default that a model could be told."""


@dataclass(frozen=True, slots=True)
class Field:
    """One field, itself a kind. ``description`` gives way to one that comes with the type hint.

    ``default`` is what a model is told; where a ``factory`` is given, that makes the value.
    """

    name: str
    kind: Kind
    required: bool = True
    default: Any = ABSENT
    description: str = ""
    factory: Callable[[], Any] | None = None

    def schema(self, definitions: Definitions) -> Schema:
        described = {"description": self.description} if self.description else {}
        return {**described, **self.kind.schema(definitions), **self._told_default()}

    def read(self, value: Any) -> Any:
        return self.kind.read(value)

    def absent(self) -> Any:
        """The value where none is given."""
        return self.default if self.factory is None else self.factory()

    def _told_default(self) -> Schema:
        if self.default is ABSENT:
            return {}
        try:
            told = msgspec.to_builtins(self.default, enc_hook=plain, str_keys=True)
            # Not by msgspec, which would tell NaN and infinities as null.
            text = json.dumps(told, allow_nan=False)
        except (TypeError, ValueError):  # the model need not know what JSON cannot say
            return {}
        return {"default": json.loads(text)}


class Record:
    """Satisfies `Kind`: named fields, of which ``build`` makes the Python value.

    A ``closed`` one has no others. ``fields`` are given later where a type contains itself.
    """

    def __init__(
        self,
        name: str,
        build: Callable[..., Any],
        fields: Sequence[Field] = (),
        *,
        description: str = "",
        closed: bool = False,
    ) -> None:
        self.fields = fields
        self._name = name
        self._build = build
        self._description = description
        self._closed = closed

    @cached_property
    def names(self) -> frozenset[str]:
        """The names of the fields, which are known once a value is read."""
        return frozenset(field.name for field in self.fields)

    def schema(self, definitions: Definitions) -> Schema:
        return definitions.refer(self, self._name, lambda: self.own_schema(definitions))

    def own_schema(self, definitions: Definitions) -> Schema:
        """The schema itself, not a reference to it."""
        described = {"description": self._description} if self._description else {}
        closed = {"additionalProperties": False} if self._closed else {}
        return {
            "type": "object",
            **described,
            "properties": {field.name: field.schema(definitions) for field in self.fields},
            "required": [field.name for field in self.fields if field.required],
            **closed,
        }

    def read(self, value: Any) -> Any:
        if not isinstance(value, dict):
            raise mismatch("object", value)
        if self._closed and not value.keys() <= self.names:
            unknown = next(name for name in value if name not in self.names)
            raise Mismatch(f"there is no argument '{unknown}'")
        read: dict[str, Any] = {}
        for field in self.fields:
            name = field.name
            if name in value:
                read[name] = read_at(field.kind, value[name], name)
            elif field.required:
                raise Mismatch(f"a required value is missing: '{name}'")
        try:
            return self._build(**read)
        except (ValueError, TypeError) as error:  # the type's own checks
            raise Mismatch(str(error)) from None
