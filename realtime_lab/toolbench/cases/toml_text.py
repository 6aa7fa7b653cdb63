"""JSON values as TOML text; the standard library reads TOML and does not write it."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

__all__ = ["toml_fits", "toml_value"]

_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_LEAST, _MOST = -(2**63), 2**63 - 1


def toml_fits(value: Any) -> bool:
    """Whether TOML can say a JSON value: it has no null, and integers of 64 bits."""
    match value:
        case None:
            return False
        case bool() | str() | float():
            return True
        case int():
            return _LEAST <= value <= _MOST
        case Mapping():
            return all(map(toml_fits, value.values()))
    return all(map(toml_fits, value))


def toml_value(value: Any) -> str:
    """A JSON value in one line of TOML (https://toml.io/en/v1.0.0)."""
    match value:
        case Mapping():
            inner = ", ".join(f"{_key(name)} = {toml_value(v)}" for name, v in value.items())
            return f"{{ {inner} }}" if inner else "{}"
        case list() | tuple():
            return f"[{', '.join(map(toml_value, value))}]"
        case str():
            return _string(value)
    return json.dumps(value)


def _key(name: str) -> str:
    return name if _BARE_KEY.fullmatch(name) else _string(name)


def _string(text: str) -> str:
    # As in JSON, but that DEL has to be escaped too.
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
