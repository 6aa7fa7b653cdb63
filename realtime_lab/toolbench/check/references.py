"""References within the parameters, and the same schema without them."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

__all__ = ["inlined", "is_recursive", "target_of"]

_DEFINITIONS = ("$defs", "definitions")
MOST_PARTS = 5_000


def target_of(schema: dict[str, Any], whole: Any) -> dict[str, Any] | None:
    """What ``$ref`` of a schema means within ``whole``; ``None`` where it is not there."""
    reference = schema.get("$ref")
    if not isinstance(reference, str) or not reference.startswith("#"):
        return None
    found: Any = whole
    for step in filter(None, reference[1:].split("/")):
        key = step.replace("~1", "/").replace("~0", "~")
        found = found.get(key) if isinstance(found, dict) else None
    return found if isinstance(found, dict) else None


def is_recursive(reference: str, whole: Any) -> bool:
    """Whether what is meant holds a reference to itself, directly or not."""
    waiting, seen = [reference], set[str]()
    while waiting:
        target = target_of({"$ref": waiting.pop()}, whole)
        for inner in _references(target):
            if inner == reference:
                return True
            if inner not in seen:
                seen.add(inner)
                waiting.append(inner)
    return reference == "#"


def _references(schema: Any) -> Iterator[str]:
    if isinstance(schema, dict):
        if isinstance(schema.get("$ref"), str):
            yield schema["$ref"]
        for inner in schema.values():
            yield from _references(inner)
    elif isinstance(schema, list):
        for inner in schema:
            yield from _references(inner)


def inlined(whole: Any) -> Any:
    """The schema with definitions where they are used, those that hold themselves excepted.

    ``None`` where it would become too large to be told.
    """
    try:
        changed = _inlined(whole, whole, itertools.count())
    except OverflowError:
        return None
    for keyword in _DEFINITIONS:
        defined = changed.get(keyword)
        if not isinstance(defined, dict):
            continue
        beside = {key: value for key, value in changed.items() if key != keyword}
        kept = _still_used(beside, defined, keyword)
        changed = {**beside, keyword: kept} if kept else beside
    return changed


def _inlined(schema: Any, whole: Any, parts: Iterator[int]) -> Any:
    if next(parts) > MOST_PARTS:
        raise OverflowError
    if isinstance(schema, list):
        return [_inlined(one, whole, parts) for one in schema]
    if not isinstance(schema, dict):
        return schema
    target = target_of(schema, whole)
    if target is not None and not is_recursive(schema["$ref"], whole):
        beside = {key: value for key, value in schema.items() if key != "$ref"}
        return _inlined({**target, **beside}, whole, parts)
    return {key: _inlined(value, whole, parts) for key, value in schema.items()}


def _still_used(schema: Any, defined: dict[str, Any], keyword: str) -> dict[str, Any]:
    kept: dict[str, Any] = {}
    waiting = list(_references(schema))
    while waiting:
        name = waiting.pop().removeprefix(f"#/{keyword}/").partition("/")[0]
        if name in defined and name not in kept:
            kept[name] = defined[name]
            waiting.extend(_references(defined[name]))
    return kept
