"""One of a few values: literals and enums."""

from __future__ import annotations

import enum
from collections.abc import Iterable
from typing import Any

from .base import Mismatch, NoSchema, Schema
from .definitions import Definitions

__all__ = ["Choice", "Member"]

_JSON = (str, int, float, bool, type(None))


class Choice:
    """Satisfies `Kind`: the values of a `typing.Literal`."""

    def __init__(self, members: Iterable[Any]) -> None:
        self._choices = [(_json_value(member), member) for member in members]

    def schema(self, definitions: Definitions) -> Schema:
        return {"enum": [json for json, _ in self._choices]}

    def read(self, value: Any) -> Any:
        for json, member in self._choices:
            # JSON knows true from 1; Python does not.
            if json == value and isinstance(json, bool) == isinstance(value, bool):
                return member
        known = ", ".join(repr(json) for json, _ in self._choices)
        is_tag = len(self._choices) == 1
        raise Mismatch(f"Expected one of {known}, got {value!r}", is_tag=is_tag)


class Member(Choice):
    """Satisfies `Kind`: a member of an enum, told by its value."""

    def __init__(self, kind: type[enum.Enum], description: str) -> None:
        super().__init__(kind)
        self._kind = kind
        self._said = {"description": description} if description else {}

    def schema(self, definitions: Definitions) -> Schema:
        told = {**super().schema(definitions), **self._said}
        return definitions.refer(self._kind, self._kind.__name__, lambda: told)


def _json_value(member: Any) -> Any:
    value = member.value if isinstance(member, enum.Enum) else member
    if not isinstance(value, _JSON):
        raise NoSchema(f"{member!r} is not a value that JSON has")
    return value
