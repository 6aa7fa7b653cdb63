"""One of several kinds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from .base import Kind, Mismatch, Schema
from .definitions import Definitions
from .records import Record
from .scalars import SCALARS

__all__ = ["OneOf"]


@dataclass(frozen=True, slots=True)
class OneOf:
    """The value of the first kind that fits.

    Whole numbers are read as ``int`` and others as ``float``, whichever is named first, and an
    object as the record that knows most of its fields: nothing that was told shall be lost.
    """

    kinds: Sequence[Kind]

    def schema(self, definitions: Definitions) -> Schema:
        return {"anyOf": [kind.schema(definitions) for kind in self.kinds]}

    def read(self, value: Any) -> Any:
        problems: list[tuple[Kind, Mismatch]] = []
        for kind in self._nearest_first(value):
            try:
                return kind.read(value)
            except Mismatch as problem:
                problems.append((kind, problem))
        raise _one(problems)

    def _nearest_first(self, value: Any) -> Sequence[Kind]:
        if not isinstance(value, int | float | dict):
            return self.kinds
        return sorted(self.kinds, key=lambda kind: _distance(kind, value))


def _distance(kind: Kind, value: Any) -> int:
    if isinstance(value, int | float):
        return 0 if kind is SCALARS.get(type(value)) else 1
    if isinstance(value, dict) and isinstance(kind, Record):
        return len(value.keys() - kind.names)
    return 0


def _one(problems: list[tuple[Kind, Mismatch]]) -> Mismatch:
    """The problem to tell: of the kind that the value was meant as, if that can be seen."""
    real = [problem for kind, problem in problems if kind is not SCALARS[None]]
    meant = [problem for problem in real if not problem.is_tag] or real
    path = max((problem.path for problem in meant), key=len)
    told = dict.fromkeys(problem.problem for problem in meant if problem.path == path)
    return Mismatch("; or: ".join(told), path)
