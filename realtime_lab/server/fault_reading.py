"""Faults read from what users write: a line of text, or JSON."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from ..errors import FaultError
from .faults import Fault, type_of

__all__ = ["fault_of_text", "faults_of_json"]

_NAME = re.compile(r"\s*([A-Za-z_]*)\s*")
_VALUE = re.compile(r'\s*(?:("(?:[^"\\]|\\.)*")|([^,"]*))\s*')


def fault_of_text(text: str) -> Fault:
    """Read ``kind`` or ``kind:name=value,name=value``, as ``close:code=1011,at=response.created``.

    A value that holds a comma, a quotation mark or spaces at its ends is written as JSON writes
    texts: ``"…"``, with ``\\"`` for a quotation mark.

    Raises:
        FaultError: with the place in the text, columns from 1 on.
    """
    kind, colon, rest = text.partition(":")
    columns = {"kind": 1}
    values: dict[str, Any] = {}
    try:
        if colon:
            for name, value, column in _pairs(rest, len(kind) + 2):
                columns[name] = column
                if name in values or name == "kind":
                    raise FaultError(f"{name!r} is given twice", name)
                values[name] = _typed(kind.strip(), name, value)
        return Fault(kind.strip(), **values)
    except FaultError as error:
        where = f" at column {columns[error.field]}" if error.field in columns else ""
        raise FaultError(f"fault '{text}'{where}: {error}", error.field) from None


def _pairs(text: str, column: int) -> Iterator[tuple[str, str, int]]:
    """Names, values and where each name begins; ``column`` is where ``text`` begins."""
    at = 0
    while True:
        found = _NAME.match(text, at)
        assert found is not None, "the expression also matches nothing"
        name, begins = found[1], column + found.start(1)
        if not name or text[found.end() : found.end() + 1] != "=":
            raise _misread(column + found.end() if name else begins, "name=value is expected")
        value = _VALUE.match(text, found.end() + 1)
        assert value is not None, "the expression also matches nothing"
        if value[1] is None and not value[2].strip():
            raise _misread(column + found.end() + 1, f"{name} has no value")
        given = (
            value[2].strip() if value[1] is None else _unquoted(value[1], column + value.start(1))
        )
        yield name, given, begins
        at = value.end()
        if at == len(text):
            return
        if text[at] != ",":
            raise _misread(column + at, "a comma or the end is expected")
        at += 1


def _unquoted(text: str, column: int) -> str:
    try:
        return json.loads(text, strict=False)
    except ValueError:
        raise _misread(column, f"{text} is no text as JSON writes it") from None


def _misread(column: int, message: str) -> FaultError:
    return FaultError(f"{message} at column {column}")


def _typed(kind: str, name: str, text: str) -> Any:
    """The value that is meant; what is no such value stays a text, for `Fault` to refuse."""
    try:
        return type_of(kind, name)(text)
    except ValueError:
        return text


def faults_of_json(value: Any, path: str = "faults") -> list[Fault]:
    """Read a list of faults: each a text, as `fault_of_text` takes it, or an object of its fields.

    Raises:
        FaultError: whose ``field`` is the path of what is wrong, as ``faults[0].probability``.
    """
    if not isinstance(value, list):
        raise FaultError(f"{path} must be a list of faults", path)
    return [_fault_of_json(one, f"{path}[{index}]") for index, one in enumerate(value)]


def _fault_of_json(value: Any, path: str) -> Fault:
    try:
        if isinstance(value, str):
            return fault_of_text(value)
        if not isinstance(value, dict):
            raise FaultError("a fault is a text or an object")
        if not isinstance(value.get("kind"), str):
            raise FaultError("a fault needs a kind, a text", "kind")
        return Fault(**{name: one for name, one in value.items() if one is not None})
    except FaultError as error:
        place = path if isinstance(value, str) or not error.field else f"{path}.{error.field}"
        raise FaultError(f"{place}: {error}", place) from None
