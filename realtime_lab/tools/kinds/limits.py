"""Bounds on a value: in its schema, and when it is read."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from .base import Kind, Mismatch, NoSchema, Schema
from .definitions import Definitions

__all__ = ["LIMITS", "Limited"]


@dataclass(frozen=True, slots=True)
class _Limit:
    """``keywords`` are those of JSON Schema, by the ``type`` of the schema they belong to."""

    keywords: Mapping[str, str]
    holds: Callable[[Any, Any], bool]
    words: str


def _of_numbers(keyword: str) -> dict[str, str]:
    return {"integer": keyword, "number": keyword}


def _is_multiple(value: Any, of: Any) -> bool:
    if isinstance(value, int) and isinstance(of, int):
        return value % of == 0
    ratio = float(value) / float(of)
    return abs(ratio - round(ratio)) < 1e-9 * max(1.0, abs(ratio))


LIMITS: Mapping[str, _Limit] = {
    "gt": _Limit(_of_numbers("exclusiveMinimum"), lambda v, n: v > n, "more than"),
    "ge": _Limit(_of_numbers("minimum"), lambda v, n: v >= n, "at least"),
    "lt": _Limit(_of_numbers("exclusiveMaximum"), lambda v, n: v < n, "less than"),
    "le": _Limit(_of_numbers("maximum"), lambda v, n: v <= n, "at most"),
    "multiple_of": _Limit(_of_numbers("multipleOf"), _is_multiple, "a multiple of"),
    "min_length": _Limit(
        {"string": "minLength", "array": "minItems", "object": "minProperties"},
        lambda v, n: len(v) >= n,
        "a length of at least",
    ),
    "max_length": _Limit(
        {"string": "maxLength", "array": "maxItems", "object": "maxProperties"},
        lambda v, n: len(v) <= n,
        "a length of at most",
    ),
    "pattern": _Limit(
        {"string": "pattern"}, lambda v, p: re.search(p, v) is not None, "text that matches"
    ),
}
"""By the names that msgspec, pydantic and annotated-types share."""


@dataclass(frozen=True, slots=True)
class Limited:
    """A kind with bounds, and checks that a schema cannot say."""

    kind: Kind
    limits: Mapping[str, Any]
    checks: tuple[Callable[[Any], Any], ...] = field(default=(), repr=False)

    def schema(self, definitions: Definitions) -> Schema:
        schema = self.kind.schema(definitions)
        for name, bound in self.limits.items():
            if name == "pattern" or isinstance(bound, int | float) or hasattr(bound, "as_tuple"):
                told = float(bound) if hasattr(bound, "as_tuple") else bound
                schema, placed = _with_keyword(schema, LIMITS[name].keywords, told)
                if not placed:
                    raise NoSchema(f"{name}={bound!r} says nothing about a value of this type")
        return schema

    def read(self, value: Any) -> Any:
        read = self.kind.read(value)
        for name, bound in self.limits.items():
            limit = LIMITS[name]
            try:
                holds = limit.holds(read, bound)
            except TypeError:  # a bound on the other kinds of a union
                continue
            if not holds:
                raise Mismatch(f"Expected {limit.words} {_shown(bound)}, got {_shown(read)}")
        for check in self.checks:
            if not _passes(check, read):
                raise Mismatch(f"{_shown(read)} is not allowed by {_name(check)}")
        return read


def _with_keyword(schema: Schema, keywords: Mapping[str, str], bound: Any) -> tuple[Schema, bool]:
    """The schema, or each branch of it that can have the keyword, with it."""
    if "anyOf" in schema:
        branches = [_with_keyword(branch, keywords, bound) for branch in schema["anyOf"]]
        placed = any(done for _, done in branches)
        return {**schema, "anyOf": [branch for branch, _ in branches]}, placed
    keyword = keywords.get(str(schema.get("type", "")))
    if keyword is None:
        return schema, False
    return {**schema, keyword: bound}, True


def _passes(check: Callable[[Any], Any], value: Any) -> bool:
    try:
        return bool(check(value))
    except (TypeError, ValueError):
        return False


def _shown(value: Any) -> str:
    text = repr(value) if isinstance(value, str | list | dict | tuple | set) else str(value)
    return text if len(text) <= 60 else f"{text[:57]}…"


def _name(check: Callable[..., Any]) -> str:
    return getattr(check, "__name__", type(check).__name__)
