"""What is wrong with a client's event, in the words of the service.

Codes and sentences follow what the services answer; where only the shape of a sentence is known,
the wording is ours.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any

import msgspec
import msgspec.inspect

from ..errors import InvalidEvent

__all__ = [
    "explain",
    "first_unknown_field",
    "invalid_audio",
    "invalid_value",
    "missing_parameter",
    "unknown_parameter",
]

_AT = re.compile(r"^(?P<problem>.*?)(?: - at `(?P<path>\$.*)`)?$", re.DOTALL)
_MISSING = re.compile(r"missing required field `(?P<field>[^`]+)`")
_EXPECTED = re.compile(r"Expected `(?P<wanted>[^`]+)`, got `(?P<got>[^`]+)`")
_BOUND = re.compile(r"Expected `(?P<kind>int|float)` (?P<sign>>=|<=|>|<) (?P<bound>[-\d.]+)")
_PATTERN = re.compile(r"matching regex '(?P<pattern>.*)'")
_INVALID = re.compile(r"Invalid (?:enum )?value '?(?P<value>[^']*)'?")
_WORDS = {
    "str": "a string",
    "int": "an integer",
    "float": "a decimal",
    "bool": "a boolean",
    "bytes": "a base64 string",
    "array": "an array",
    "object": "an object",
    "null": "null",
}


def explain(error: Exception, body: Any, kind: type[msgspec.Struct]) -> InvalidEvent:
    """Turn the error of decoding ``body`` as a ``kind`` into the refusal a service would send."""
    match = _AT.match(str(error))
    problem, place = (match["problem"], match["path"] or "$") if match else (str(error), "$")
    path = place.removeprefix("$").removeprefix(".").replace("[...]", "")
    value = _value_at(body, path)
    if missing := _MISSING.search(problem):
        path = f"{path}.{missing['field']}" if path else missing["field"]
        return missing_parameter(path)
    if bound := _BOUND.search(problem):
        return _out_of_bounds(path, value, bound)
    if expected := _EXPECTED.search(problem):
        wanted = " or ".join(_WORDS.get(w, w) for w in expected["wanted"].split(" | "))
        got = _WORDS.get(expected["got"], expected["got"])
        return InvalidEvent(
            f"Invalid type for '{path}': expected {wanted}, but got {got} instead.",
            code="invalid_type",
            param=path,
        )
    if pattern := _PATTERN.search(problem):
        return InvalidEvent(
            f"Invalid '{path}': string does not match pattern. Expected a string that matches the "
            f"pattern '{pattern['pattern']}'.",
            code="invalid_value",
            param=path,
        )
    if "base64" in problem:
        return invalid_audio(path, "an invalid value")
    if _INVALID.search(problem):
        return invalid_value(path, value, _supported(kind, path))
    return InvalidEvent(f"Invalid '{path}': {problem}.", code="invalid_value", param=path or None)


def invalid_audio(path: str, got: str) -> InvalidEvent:
    """The refusal of audio that is none; the service says PCM16 whatever the format is."""
    return InvalidEvent(
        f"Invalid '{path}'. Expected base64-encoded audio bytes (mono PCM16 at 24kHz) but got "
        f"{got}.",
        code="invalid_value",
        param=path,
    )


def unknown_parameter(path: str) -> InvalidEvent:
    """The refusal of a field that does not exist there."""
    return InvalidEvent(f"Unknown parameter: '{path}'.", code="unknown_parameter", param=path)


def missing_parameter(path: str) -> InvalidEvent:
    """The refusal of an object without a field that it needs."""
    return InvalidEvent(
        f"Missing required parameter: '{path}'.", code="missing_required_parameter", param=path
    )


def invalid_value(path: str, value: Any, supported: Iterable[str]) -> InvalidEvent:
    """The refusal of a value that is none of those supported."""
    words = [f"'{word}'" for word in supported]
    listed = " and ".join(filter(None, (", ".join(words[:-1]), *words[-1:])))
    message = f"Invalid value: '{value}'." + (f" Supported values are: {listed}." if words else "")
    return InvalidEvent(message, code="invalid_value", param=path)


def _supported(kind: type[msgspec.Struct], path: str) -> list[str]:
    """The words that the type at ``path`` allows, found by walking the types."""
    places: list[Any] = [msgspec.inspect.type_info(kind)]
    for step in re.findall(r"[^.\[\]]+", path):
        places = [inner for place in places for inner in _inside(place, step)]
    words = (word for place in places for word in _words_of(place))
    return list(dict.fromkeys(words))


def _alternatives(kind: Any) -> list[Any]:
    if isinstance(kind, msgspec.inspect.Metadata):
        return _alternatives(kind.type)
    return list(kind.types) if isinstance(kind, msgspec.inspect.UnionType) else [kind]


def _inside(kind: Any, step: str) -> Iterator[Any]:
    for place in _alternatives(kind):
        if isinstance(place, msgspec.inspect.ListType):
            yield place.item_type
        elif isinstance(place, msgspec.inspect.StructType):
            if step == place.tag_field:
                yield msgspec.inspect.LiteralType((place.tag,))
            yield from (f.type for f in place.fields if f.encode_name == step)


def _words_of(kind: Any) -> Iterator[str]:
    for place in _alternatives(kind):
        if isinstance(place, msgspec.inspect.LiteralType):
            yield from map(str, place.values)


def _out_of_bounds(path: str, value: Any, bound: re.Match[str]) -> InvalidEvent:
    kind = "integer" if bound["kind"] == "int" else "decimal"
    below = bound["sign"].startswith(">")
    side = "below minimum" if below else "above maximum"
    return InvalidEvent(
        f"Invalid '{path}': {kind} {side} value. "
        f"Expected a value {bound['sign']} {bound['bound']}, but got {value} instead.",
        code=f"{kind}_{'below_min' if below else 'above_max'}_value",
        param=path,
    )


def _value_at(body: Any, path: str) -> Any:
    for step in re.findall(r"[^.\[\]]+", path):
        if isinstance(body, list):
            body = body[int(step)] if step.isdecimal() and int(step) < len(body) else None
        else:
            body = body.get(step) if isinstance(body, dict) else None
    return body


def first_unknown_field(body: Any, shape: Any, path: str = "") -> str | None:
    """Path of the first field in ``body`` that the decoded ``shape`` has no place for."""
    if isinstance(shape, msgspec.Struct) and isinstance(body, dict):
        known = _field_names(type(shape))
        for name, value in body.items():
            here = f"{path}.{name}" if path else name
            if name not in known:
                return here
            if name != shape.__struct_config__.tag_field:
                found = first_unknown_field(value, getattr(shape, name), here)
                if found:
                    return found
    elif isinstance(shape, list) and isinstance(body, list):
        for index, (value, element) in enumerate(zip(body, shape, strict=True)):
            found = first_unknown_field(value, element, f"{path}[{index}]")
            if found:
                return found
    return None


@cache
def _field_names(kind: type[msgspec.Struct]) -> frozenset[str]:
    tag = kind.__struct_config__.tag_field
    return frozenset(kind.__struct_encode_fields__) | ({tag} if tag else frozenset())
