"""From a type hint to its kind."""

from __future__ import annotations

import collections
import enum
import sys
import types
import typing
from collections import abc
from collections.abc import Callable, Mapping, Sequence
from typing import (
    Annotated,
    Any,
    ClassVar,
    Final,
    Literal,
    NotRequired,
    Required,
    TypeVar,
    Union,
    get_args,
    get_origin,
    get_type_hints,
)

import msgspec

from .base import Kind, NoSchema
from .choices import Choice, Member
from .containers import Array, FixedArray, Mapped
from .described import Described, Named
from .foreign import Pydantic, Struct
from .limits import Limited
from .metadata import read_metadata
from .record_fields import is_named_tuple, is_record, own_description, record_fields
from .records import Record
from .scalars import SCALARS
from .unions import OneOf

__all__ = ["Kinds"]

_ARRAYS: Mapping[Any, Callable[[list[Any]], Any]] = {
    list: list,
    abc.Sequence: list,
    abc.MutableSequence: list,
    abc.Iterable: list,
    abc.Collection: list,
    collections.deque: collections.deque,
    set: set,
    abc.Set: set,
    abc.MutableSet: set,
    frozenset: frozenset,
}
_UNIQUE = frozenset({set, abc.Set, abc.MutableSet, frozenset})
_MAPPINGS = frozenset({dict, abc.Mapping, abc.MutableMapping})
_QUALIFIERS = frozenset({Required, NotRequired, Final, ClassVar})


class Kinds:
    """The kinds of type hints; a type that is met again, even in itself, is built once."""

    def __init__(self) -> None:
        self._built: dict[Any, Kind] = {}

    def of(self, hint: Any) -> Kind:
        """The kind of a type hint, as `typing.get_type_hints` gives it with extras.

        Raises:
            NoSchema: naming the type that JSON cannot express, which may be inside of ``hint``.
        """
        if isinstance(hint, TypeVar):
            return self._variable(hint)
        if get_origin(hint) is Annotated:
            return self._annotated(hint)
        if hasattr(hint, "__supertype__"):  # NewType
            return self.of(hint.__supertype__)
        if get_origin(hint) in _QUALIFIERS or _is_read_only(hint):
            return self.of(get_args(hint)[0])
        if _is_alias(hint) or _is_alias(get_origin(hint)):
            return self._alias(hint)
        if _is_hashable(hint) and hint in SCALARS:
            return SCALARS[hint]
        return self._choice(hint) or self._generic(hint) or self._class(hint)

    def _variable(self, hint: TypeVar) -> Kind:
        """A variable that nothing was put in for: whatever it may stand for."""
        if hint.__constraints__:
            return OneOf([self.of(each) for each in hint.__constraints__])
        return self.of(hint.__bound__ or Any)

    def _annotated(self, hint: Any) -> Kind:
        base, *extras = get_args(hint)
        said = read_metadata(extras)
        if said.needs_pydantic:
            kind: Kind = Pydantic(hint)
        else:
            kind = self.of(base)
            if said.limits or said.checks:
                kind = Limited(kind, said.limits, tuple(said.checks))
        described = {"description": said.description} if said.description else {}
        keywords = {**described, **said.keywords}
        return Described(kind, keywords) if keywords else kind

    def _alias(self, hint: Any) -> Kind:
        if hint in self._built:
            return self._built[hint]
        alias = get_origin(hint) or hint
        named = self._built[hint] = Named(alias.__name__)
        named.kind = self.of(_filled(_value(alias), alias.__type_params__, hint))
        return named

    def _choice(self, hint: Any) -> Kind | None:
        if get_origin(hint) is Literal:
            return Choice(get_args(hint))
        if isinstance(hint, type) and issubclass(hint, enum.Enum):
            return Member(hint, own_description(hint))
        return None

    def _generic(self, hint: Any) -> Kind | None:
        origin, args = get_origin(hint) or hint, get_args(hint)
        if origin in (Union, types.UnionType):
            return OneOf([self.of(each) for each in args])
        if origin is tuple:
            return self._tuple(hint, args)
        if origin in _MAPPINGS:
            key, value = args or (str, Any)
            return Mapped(self.of(key), self.of(value))
        if origin in _ARRAYS:
            item = self.of(args[0] if args else Any)
            return Array(item, _ARRAYS[origin], unique=origin in _UNIQUE)
        return None

    def _tuple(self, hint: Any, args: tuple[Any, ...]) -> Kind:
        if hint is tuple:
            args = (Any, ...)
        if len(args) == 2 and args[1] is ...:
            return Array(self.of(args[0]), tuple)
        return FixedArray([self.of(each) for each in args], least=len(args))

    def _class(self, hint: Any) -> Kind:
        if hint in self._built:
            return self._built[hint]
        kind = get_origin(hint) or hint
        if _is_for_pydantic(kind):
            made: Kind = Pydantic(hint)
        elif isinstance(kind, type) and issubclass(kind, msgspec.Struct):
            made = Struct(hint, self.of)
        elif isinstance(kind, type) and is_record(kind):
            return self._record(hint, kind)
        else:
            raise NoSchema(f"{hint!r} has no JSON schema")
        self._built[hint] = made
        return made

    def _record(self, hint: Any, kind: Any) -> Kind:
        variables = getattr(kind, "__parameters__", ())

        def of_field(inner: Any) -> Kind:
            return self.of(_filled(inner, variables, hint))

        if is_named_tuple(kind):
            fields = record_fields(kind, of_field)
            least = sum(field.required for field in fields)
            return FixedArray(fields, least, lambda values: kind(*values))
        record = Record(kind.__name__, kind, description=own_description(kind))
        self._built[hint] = record
        record.fields = record_fields(kind, of_field)
        return record


def _filled(inner: Any, variables: Sequence[Any], hint: Any) -> Any:
    """A hint within a generic type, with what ``hint`` gives that type's variables put in."""
    given = dict(zip(variables, get_args(hint), strict=False))
    if isinstance(inner, TypeVar):
        return given.get(inner, inner)
    open_ones = getattr(inner, "__parameters__", ())
    if not given or not open_ones or isinstance(inner, type):
        return inner
    return inner[tuple(given.get(each, each) for each in open_ones)]


def _is_alias(hint: Any) -> bool:
    """Whether it is of ``type X = …``, or made with typing_extensions before Python 3.12."""
    return type(hint).__name__ == "TypeAliasType"


def _value(alias: Any) -> Any:
    """What an alias stands for; before Python 3.12 it may name itself in a text."""
    module = vars(sys.modules.get(alias.__module__, typing))
    holder = types.SimpleNamespace(__annotations__={"value": alias.__value__})
    try:
        return get_type_hints(holder, globalns=module, include_extras=True)["value"]
    except Exception as error:
        raise NoSchema(f"the alias {alias.__name__} cannot be resolved: {error}") from None


def _is_read_only(hint: Any) -> bool:
    return getattr(get_origin(hint), "_name", None) == "ReadOnly"


def _is_for_pydantic(kind: Any) -> bool:
    names = ("__get_pydantic_core_schema__", "__pydantic_core_schema__")
    return any(hasattr(kind, name) for name in names)


def _is_hashable(hint: Any) -> bool:
    try:
        hash(hint)
    except TypeError:
        return False
    return True
