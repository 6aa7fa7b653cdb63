"""Text of arguments that went wrong on its way: cut off, doubled, not JSON, or hardly."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

__all__ = ["DAMAGES", "Damage"]

_DEEP = 20_000


@dataclass(frozen=True, slots=True)
class Damage:
    """A way in which text goes wrong.

    ``apply`` gets an allowed object and a number to choose a place by; ``None`` where it does not
    apply. ``refused`` tells that no reader may take the outcome; else one may, or not.
    """

    what: str
    apply: Callable[[dict[str, Any], int], str | None]
    refused: bool


def _text(value: dict[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False)


def _cut_off(value: dict[str, Any], number: int) -> str:
    text = _text(value)
    return text[: 1 + number % (len(text) - 1)]


def _key_twice(value: dict[str, Any], number: int) -> str | None:
    if not value:
        return None
    name = list(value)[number % len(value)]
    again = f"{json.dumps(name)}: {json.dumps(value[name])}"
    return f"{{{again}, {_text(value)[1:]}"


def _single_quotes(value: dict[str, Any], number: int) -> str | None:
    return str(value) if value else None


def _with(inner: str) -> Callable[[dict[str, Any], int], str | None]:
    """One value replaced by a piece of text."""

    def replaced(value: dict[str, Any], number: int) -> str | None:
        if not value:
            return None
        name = list(value)[number % len(value)]
        parts = [
            f"{json.dumps(key)}: {inner if key == name else json.dumps(one)}"
            for key, one in value.items()
        ]
        return f"{{{', '.join(parts)}}}"

    return replaced


DAMAGES: tuple[Damage, ...] = (
    Damage("cut off", _cut_off, True),
    Damage("text after it", lambda value, number: f"{_text(value)} }}", True),
    Damage("a comma too many", lambda value, number: f"{_text(value)[:-1]},}}", True),
    Damage("single quotes", _single_quotes, True),
    Damage("an array", lambda value, number: f"[{_text(value)}]", True),
    Damage("a text", lambda value, number: json.dumps(_text(value)), True),
    Damage("null", lambda value, number: "null", True),
    Damage("NaN", _with("NaN"), True),
    Damage("Infinity", _with("-Infinity"), True),
    Damage("a key twice", _key_twice, False),
    Damage("a number beyond a float", _with("1e400"), False),
    Damage("a number of 5,000 digits", _with("9" * 5000), False),
    Damage("half a character", _with('"\\ud800"'), False),
    Damage("half a character, not escaped", _with('"\ud800"'), False),
    Damage("a raw end of line in a text", _with('"\n"'), False),
    Damage("a byte order mark", lambda value, number: "\ufeff" + _text(value), False),
    Damage("deep nesting", _with("[" * _DEEP + "]" * _DEEP), False),
)
