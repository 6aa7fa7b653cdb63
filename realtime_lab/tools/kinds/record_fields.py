"""The fields of dataclasses, typed dicts, named tuples and attrs classes."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NotRequired, Required, get_origin, get_type_hints

from ..docstrings import read_docstring
from .base import Kind, NoSchema
from .records import ABSENT, Field
from .scalars import SCALARS

__all__ = ["is_named_tuple", "is_record", "own_description", "record_fields", "told_default"]

_FACTORIES = (list, dict, set, tuple, frozenset)
"""Factories of defaults that a model can be told; others make something new each time."""


def is_record(kind: type) -> bool:
    """Whether it is one of the four."""
    return (
        dataclasses.is_dataclass(kind)
        or _is_typed_dict(kind)
        or is_named_tuple(kind)
        or hasattr(kind, "__attrs_attrs__")
    )


def is_named_tuple(kind: type) -> bool:
    return issubclass(kind, tuple) and hasattr(kind, "_fields")


def own_description(kind: type) -> str:
    """What a class's own docstring says, unless Python wrote it."""
    text = vars(kind).get("__doc__") or ""
    if text.startswith(f"{kind.__name__}(") or text == "An enumeration.":
        return ""
    return read_docstring(text).description


def told_default(default: Any, factory: Callable[..., Any] | None) -> Any:
    """What a model can be told of a default, or of the factory that makes it each time."""
    if factory is None:
        return default
    return factory() if factory in _FACTORIES else ABSENT


def record_fields(kind: Any, kind_of: Callable[[Any], Kind]) -> list[Field]:
    """The fields of a record, in order.

    Raises:
        NoSchema: if one has a type that JSON cannot express.
    """
    try:
        hints = get_type_hints(kind, include_extras=True)
    except Exception as error:
        raise NoSchema(f"a type hint of {kind.__name__} cannot be resolved: {error}") from None
    texts = read_docstring(vars(kind).get("__doc__") or "").parameters
    return [
        dataclasses.replace(
            part,
            kind=_kind_of_field(kind, part.name, hints.get(part.name, Any), kind_of),
            description=part.description or texts.get(part.name, ""),
        )
        for part in _parts(kind, hints)
    ]


def _parts(kind: Any, hints: Mapping[str, Any]) -> Iterator[Field]:
    """The fields as the class tells them, of any kind yet."""
    anything = SCALARS[Any]
    if dataclasses.is_dataclass(kind):
        for each in dataclasses.fields(kind):
            if each.init:
                required = each.default is each.default_factory is dataclasses.MISSING
                factory = each.default_factory
                factory = None if factory is dataclasses.MISSING else factory
                default = ABSENT if required else told_default(each.default, factory)
                text = each.metadata.get("description", "")
                yield Field(each.name, anything, required, default, text)
    elif _is_typed_dict(kind):
        for name, hint in hints.items():
            # Where annotations are texts, Python does not see what is in them.
            said = {Required: True, NotRequired: False}.get(get_origin(hint))
            required = name in kind.__required_keys__ if said is None else said
            yield Field(name, anything, required)
    elif is_named_tuple(kind):
        for name in kind._fields:
            default = kind._field_defaults.get(name, ABSENT)
            yield Field(name, anything, default is ABSENT, default)
    else:
        for each in kind.__attrs_attrs__:
            if each.init:
                factory = getattr(each.default, "factory", None)
                nothing = type(each.default).__name__ == "_Nothing"
                default = ABSENT if nothing else told_default(each.default, factory)
                yield Field(each.alias, anything, nothing, default)


def _kind_of_field(kind: type, name: str, hint: Any, kind_of: Callable[[Any], Kind]) -> Kind:
    try:
        return kind_of(hint)
    except NoSchema as problem:
        raise NoSchema(f"in '{name}' of {kind.__name__}, {problem}") from None


def _is_typed_dict(kind: Any) -> bool:
    return issubclass(kind, dict) and hasattr(kind, "__required_keys__")
