"""A case as a row of a file, and back."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any

from ...errors import ToolError
from ..values import NOT_JSON, decoded
from .case import Case
from .expectations import EXPECTATIONS, expectation

__all__ = ["FIELDS", "JSON_SUFFIX", "case_of", "row_of"]

FIELDS = ("name", "tool", "arguments", *EXPECTATIONS, "timeout")
"""What a row may hold, in order."""

JSON_SUFFIX = "_json"
"""After ``result`` or ``contains``: the value is JSON text, for formats that lack a null."""

_WITH_SUFFIX = ("result", "contains")


def row_of(case: Case) -> dict[str, Any]:
    """What is to be written of a case; what it does not have is left out.

    Raises:
        ToolError: if what it expects cannot be kept in a file.
    """
    try:
        expected = case.expected.stored()
    except ToolError as error:
        raise ToolError(f"the case '{case.title}' cannot be written: {error}") from None
    row = {
        "name": case.name,
        "tool": case.tool,
        "arguments": case.arguments,
        case.expected.field: expected,
    }
    if not case.name:
        del row["name"]
    if case.timeout is not None:
        row["timeout"] = case.timeout
    return row


def case_of(row: Any) -> Case:
    """The case that a row tells.

    Raises:
        ToolError: saying what is wrong with it and what to write.
    """
    if not isinstance(row, Mapping):
        raise ToolError(
            f'{row!r} is no case; write one as {{"tool": …, "arguments": …, "result": …}}'
        )
    row = _without_suffixes(row)
    for key in row:
        if key not in FIELDS:
            near = get_close_matches(str(key), FIELDS, n=1)
            hint = f"do you mean {near[0]!r}?" if near else f"there are {', '.join(FIELDS)}"
            raise ToolError(f"there is no field {key!r}; {hint}")
    if "tool" not in row:
        raise ToolError("the name of the tool is missing; add it as 'tool'")
    return Case(
        row["tool"],
        row.get("arguments", ""),
        expectation({name: row[name] for name in EXPECTATIONS if name in row}),
        row.get("name", ""),
        timeout=row.get("timeout"),
    )


def _without_suffixes(row: Mapping[str, Any]) -> dict[str, Any]:
    plain = dict(row)
    for name in _WITH_SUFFIX:
        text = plain.pop(name + JSON_SUFFIX, None)
        if text is None:
            continue
        value = decoded(text) if isinstance(text, str) else NOT_JSON
        if value is NOT_JSON:
            raise ToolError(f"{name + JSON_SUFFIX} is {text!r}; write JSON in quotes there")
        if name in plain:
            raise ToolError(f"both {name} and {name + JSON_SUFFIX} are given; leave one out")
        plain[name] = value
    return plain
