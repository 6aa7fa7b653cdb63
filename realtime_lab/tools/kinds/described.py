"""Kinds with a text of their own, and kinds with a name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .base import Kind, Schema
from .definitions import Definitions

__all__ = ["Described", "Named"]


@dataclass(frozen=True, slots=True)
class Described:
    """A kind with further keywords in its schema, a description most of all."""

    kind: Kind
    keywords: Mapping[str, Any]

    def schema(self, definitions: Definitions) -> Schema:
        return {**self.kind.schema(definitions), **self.keywords}

    def read(self, value: Any) -> Any:
        return self.kind.read(value)


class Named:
    """Satisfies `Kind`: an alias, which may contain itself; ``kind`` is given later."""

    kind: Kind

    def __init__(self, name: str) -> None:
        self._name = name

    def schema(self, definitions: Definitions) -> Schema:
        return definitions.refer(self, self._name, lambda: self.kind.schema(definitions))

    def read(self, value: Any) -> Any:
        return self.kind.read(value)
