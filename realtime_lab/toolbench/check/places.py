"""The schemas within a schema, and where they stand."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from .edits import Edit, Path

__all__ = ["BRANCHES", "TYPES", "Place", "listed", "places_in", "schemas_in"]

Role = Literal["root", "property", "items", "branch", "values", "definition"]
BRANCHES = ("anyOf", "oneOf", "allOf")
TYPES = ("string", "number", "integer", "boolean", "array", "object", "null")


@dataclass(frozen=True, slots=True)
class Place:
    """A schema within the parameters.

    ``name`` is that of the parameter that it describes, also of an array's items and of a branch
    of ``anyOf``; ``depth`` is how many names lead to it: 1 for a parameter.
    """

    path: Path
    schema: dict[str, Any]
    name: str
    role: Role
    depth: int
    owner: Place | None = None

    @property
    def label(self) -> str:
        """How it is told: ``address.street``, ``guests[].name``."""
        above = self.owner.label if self.owner else ""
        if self.role == "items":
            return f"{above}[]"
        if self.role == "values":
            return f"{above}.*"
        if self.role in ("root", "branch"):
            return above
        return f"{above}.{self.name}" if above else self.name

    @property
    def where(self) -> str:
        """The label, to begin a sentence with; the parameters as a whole have none."""
        return self.label or "the parameters"

    @property
    def text(self) -> str:
        """Its own description; empty where there is none."""
        text = self.schema.get("description")
        return text.strip() if isinstance(text, str) else ""

    @property
    def description(self) -> str:
        """What is said of it, also where that stands one level higher."""
        if self.role in ("items", "branch") and not self.text and self.owner:
            return self.owner.description
        return self.text

    @property
    def kinds(self) -> tuple[str, ...]:
        """Its types without ``null``; none where it has no type."""
        told = self.schema.get("type")
        kinds = told if isinstance(told, list) else [told]
        return tuple(kind for kind in kinds if isinstance(kind, str) and kind != "null")

    @property
    def is_nullable(self) -> bool:
        """Whether its type allows null."""
        told = self.schema.get("type")
        return isinstance(told, list) and "null" in told

    @property
    def is_free_string(self) -> bool:
        """Whether it takes any text at all."""
        return self.kinds == ("string",) and not self.schema.keys() & {"enum", "const"}

    @property
    def properties(self) -> dict[str, Any]:
        """Its properties; empty where it has none."""
        properties = self.schema.get("properties")
        return properties if isinstance(properties, dict) else {}

    @property
    def required(self) -> list[str]:
        """The names under ``required``."""
        return [name for name in listed(self.schema.get("required")) if isinstance(name, str)]

    def edit(self, key: str, value: Any) -> Edit:
        """Another value of a keyword."""
        return Edit((*self.path, key), value)


def places_in(schema: Any, path: Path) -> Iterator[Place]:
    """Every schema in ``schema``, which stands at ``path``; the outer before the inner."""
    if isinstance(schema, dict):
        yield from _within(Place(path, schema, "", "root", 0))


def _within(place: Place) -> Iterator[Place]:
    yield place
    schema = place.schema
    for name, inner in place.properties.items():
        yield from _at(place, ("properties", name), inner, "property", name)
    for number, inner in enumerate(listed(schema.get("items"))):
        yield from _at(place, ("items", number), inner, "items")
    yield from _at(place, ("items",), schema.get("items"), "items")
    yield from _at(place, ("additionalProperties",), schema.get("additionalProperties"), "values")
    for keyword in BRANCHES:
        for number, inner in enumerate(listed(schema.get(keyword))):
            yield from _at(place, (keyword, number), inner, "branch")
    for keyword in ("$defs", "definitions"):
        defined = schema.get(keyword)
        for name, inner in (defined if isinstance(defined, dict) else {}).items():
            yield from _at(place, (keyword, name), inner, "definition", name)


def _at(
    above: Place, way: Path, inner: Any, role: Role, name: str | None = None
) -> Iterator[Place]:
    if isinstance(inner, dict):
        depth = above.depth + (role == "property")
        named = above.name if name is None else name
        yield from _within(Place((*above.path, *way), inner, named, role, depth, above))


def listed(value: Any) -> list[Any]:
    """A list as it is; nothing for what is none."""
    return value if isinstance(value, list) else []


def schemas_in(value: Any) -> list[dict[str, Any]]:
    """The schemas in a list; nothing for what is none."""
    return [one for one in listed(value) if isinstance(one, dict)]
