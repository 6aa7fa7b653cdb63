"""What all kinds have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from .definitions import Definitions

__all__ = ["Kind", "Mismatch", "NoSchema", "Schema", "json_type", "mismatch", "read_at"]

Schema = dict[str, Any]


class Kind(Protocol):
    """A type as JSON expresses it."""

    def schema(self, definitions: Definitions) -> Schema:
        """Its JSON Schema; named types are put into ``definitions`` and referred to."""
        ...

    def read(self, value: Any) -> Any:
        """The value of the type that a decoded JSON value stands for.

        Raises:
            Mismatch: if it stands for none.
        """
        ...


class NoSchema(Exception):
    """JSON cannot express the type; says which, and why."""


class Mismatch(Exception):
    """A JSON value that does not fit; ``path`` leads to it, as ``.places[0].city``.

    ``is_tag`` tells that another kind is meant: the value is, or holds, a tag of another.
    """

    def __init__(self, problem: str, path: str = "", *, is_tag: bool = False) -> None:
        super().__init__(problem)
        self.problem = problem
        self.path = path
        self.is_tag = is_tag

    def under(self, step: str | int) -> Mismatch:
        """The same, seen from what holds the value."""
        head = f"[{step}]" if isinstance(step, int) else f".{step}"
        # A tag is told of what holds it, and of nothing further out.
        return Mismatch(self.problem, head + self.path, is_tag=self.is_tag and not self.path)

    @property
    def told(self) -> str:
        """The problem with its path, as the model is told."""
        path = self.path.removeprefix(".")
        return f"argument '{path}': {self.problem}" if path else self.problem


def read_at(kind: Kind, value: Any, step: str | int) -> Any:
    """Read a part of something."""
    try:
        return kind.read(value)
    except Mismatch as inner:
        raise inner.under(step) from None


def mismatch(expected: str, value: Any) -> Mismatch:
    """For a JSON value of the wrong type."""
    return Mismatch(f"Expected '{expected}', got '{json_type(value)}'")


def json_type(value: Any) -> str:
    """The name of a decoded JSON value's type, in msgspec's words."""
    names = {dict: "object", list: "array", type(None): "null"}
    return names.get(type(value), type(value).__name__)
