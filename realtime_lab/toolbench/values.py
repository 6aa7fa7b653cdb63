"""Values as JSON has them."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any

import msgspec

from ..errors import ToolError

__all__ = [
    "NOT_JSON",
    "decoded",
    "each_key_once",
    "is_number",
    "mapping_of",
    "no_constant",
    "object_in",
    "plain",
    "self_told",
    "shortened",
    "told_of",
    "value_in",
    "visible",
    "written",
]

NOT_JSON: Any = object()
"""What `decoded` gives for text that is not JSON."""


def plain(value: Any, what: str = "the value") -> Any:
    """A value as JSON can hold it: dataclasses, enums, pydantic models and arrays as plain ones.

    Raises:
        ToolError: for what JSON cannot hold: other objects, NaN, infinities, lone surrogates,
            a value that contains itself. The message says which, calling the value ``what``.
    """
    try:
        built = msgspec.to_builtins(value, enc_hook=self_told, str_keys=True)
        text = json.dumps(built, ensure_ascii=False, allow_nan=False)
        text.encode()
    except UnicodeEncodeError:
        raise ToolError(
            f"JSON cannot hold {what}: there is half a character (a lone surrogate) in it"
        ) from None
    except RecursionError:
        raise ToolError(
            f"JSON cannot hold {what}: it contains itself, or is nested too deep"
        ) from None
    except Exception as error:  # a value's own way of telling itself may fail in any way
        raise ToolError(f"JSON cannot hold {what}: {_reason(error)}") from None
    return json.loads(text)


def written(value: Any) -> str:
    """JSON text of a plain value, with its characters as they are."""
    return json.dumps(value, ensure_ascii=False, allow_nan=False)


def decoded(text: str) -> Any:
    """The value of JSON text, or `NOT_JSON`."""
    try:
        return json.loads(text, parse_constant=no_constant)
    except (ValueError, RecursionError):
        return NOT_JSON


def value_in(text: str) -> Any:
    """The value of JSON text; of any other text the text itself."""
    value = decoded(text)
    return text if value is NOT_JSON else value


def object_in(text: str) -> dict[str, Any] | None:
    """The JSON object that a text is, if writing it again loses nothing but spaces; else ``None``.

    Text with a key twice, a number beyond what a float holds or half a character is more than its
    object.
    """
    if not text.strip():
        return {}
    try:
        value = json.loads(
            text, object_pairs_hook=each_key_once, parse_constant=no_constant, parse_float=_finite
        )
        written(value).encode()
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def is_number(value: Any) -> bool:
    """Whether it is a number, and no truth value."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def told_of(error: BaseException) -> str:
    """An exception in words: its class, and the first line of what it says, if it says anything."""
    try:
        said = str(error).strip()
    except Exception:  # one that cannot be shown
        said = ""
    return f"{type(error).__name__}: {said.splitlines()[0]}" if said else type(error).__name__


def visible(text: str) -> str:
    """A text with what cannot be seen escaped as in JSON; what JSON text says stays the same."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else json.dumps(c)[1:-1] for c in text)


def shortened(text: str, most: int = 80) -> str:
    """The beginning of a text, with its length where it is cut."""
    return text if len(text) <= most else f"{text[:most]}… ({len(text):,} characters)"


def self_told(value: Any) -> Any:
    """A foreign value as it tells itself in plain ones: pydantic models, NumPy arrays and scalars.

    Raises:
        TypeError: for one that does not.
    """
    for method in ("model_dump", "tolist"):
        change = getattr(value, method, None)
        if callable(change):
            return change()
    raise TypeError(f"there is a value of the type {type(value).__name__} in it")


def _reason(error: Exception) -> str:
    if "Out of range float" in str(error):
        return "there is NaN or an infinity in it"
    return str(error) or type(error).__name__


def each_key_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """For `json.loads`: an object.

    Raises:
        ValueError: if a key is there twice, of which Python would drop one.
    """
    made = dict(pairs)
    if len(made) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"the key {twice!r} is there twice; write such arguments as a text")
    return made


def _finite(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise ValueError(f"the number {text} is too large")
    return value


def no_constant(name: str) -> Any:
    """For `json.loads`: refuses what only Python takes for JSON.

    Raises:
        ValueError: always; ``name`` is ``NaN``, ``Infinity`` or ``-Infinity``.
    """
    raise ValueError(f"there is no {name} in JSON; use a number or null")


def mapping_of(value: Any, what: str) -> dict[str, Any]:
    """A plain JSON object of a mapping, a dataclass or a model.

    Raises:
        ToolError: if it is something else.
    """
    made = plain(dict(value) if isinstance(value, Mapping) else value, what)
    if not isinstance(made, dict):
        raise ToolError(f"{what} must be an object, such as {{'city': 'Oslo'}}, not {value!r}")
    return made
