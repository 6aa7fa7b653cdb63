"""What `Annotated` says beside the type."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from .base import Schema
from .limits import LIMITS

__all__ = ["Metadata", "read_metadata"]

_BOUNDING = frozenset({"annotated_types", "msgspec", "pydantic"})
"""Packages whose metadata bounds a value; an attribute ``ge`` of any other means something else."""


@dataclass(slots=True)
class Metadata:
    """Texts, bounds and further keywords; the first description counts.

    ``needs_pydantic`` says that something in it only pydantic can carry out.
    """

    description: str = ""
    limits: dict[str, Any] = field(default_factory=dict)
    keywords: Schema = field(default_factory=dict)
    checks: list[Callable[[Any], Any]] = field(default_factory=list)
    needs_pydantic: bool = False


def read_metadata(extras: Iterable[Any]) -> Metadata:
    """Read strings, ``typing_extensions.Doc``, and metadata of the three packages that bound."""
    found = Metadata()
    for extra in _flat(extras):
        found.description = found.description or _description_in(extra)
        if type(extra).__module__.partition(".")[0] in _BOUNDING:
            _bound(found, extra)
        elif hasattr(extra, "__get_pydantic_core_schema__"):
            found.needs_pydantic = True
    return found


def _flat(extras: Iterable[Any]) -> Iterator[Any]:
    """With what pydantic's ``Field`` and the groups of annotated-types hold."""
    for extra in extras:
        yield extra
        inner = getattr(extra, "metadata", None)
        if isinstance(inner, list):
            yield from _flat(inner)
        elif getattr(extra, "__is_annotated_types_grouped_metadata__", False):
            yield from _flat(extra)


def _description_in(extra: Any) -> str:
    if isinstance(extra, str):
        return extra
    found = getattr(extra, "description", None) or getattr(extra, "documentation", None)
    return found if isinstance(found, str) else ""


def _bound(found: Metadata, extra: Any) -> None:
    for name in LIMITS:
        bound = getattr(extra, name, None)
        if bound is not None:
            # Length 0 at least is no bound, and how annotated-types says "none".
            if name == "min_length" and bound == 0:
                continue
            found.limits[name] = getattr(bound, "pattern", bound)
    check = getattr(extra, "func", None)
    if type(extra).__module__ == "annotated_types" and callable(check):
        found.checks.append(check)
    examples = getattr(extra, "examples", None)
    if isinstance(examples, list):
        found.keywords["examples"] = examples
    for name in ("extra_json_schema", "json_schema_extra"):
        if isinstance(more := getattr(extra, name, None), dict):
            found.keywords.update(more)
    if hasattr(extra, "__get_pydantic_core_schema__") or _changes_values(extra):
        found.needs_pydantic = True


def _changes_values(extra: Any) -> bool:
    """Whether it is one of pydantic's own settings that this package does not carry out."""
    if type(extra).__name__ != "_PydanticGeneralMetadata":
        return False
    return not vars(extra).keys() <= {*LIMITS, "strict"}
