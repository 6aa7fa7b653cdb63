"""Which kinds msgspec reads from JSON text by itself, to the same values and much faster."""

from __future__ import annotations

from typing import Any, Optional

from .base import Kind
from .containers import Array, Mapped
from .described import Described
from .scalars import SCALARS, Anything, Integer, Scalar
from .unions import OneOf

__all__ = ["native_type"]


def native_type(kind: Kind) -> Any:
    """The type by which msgspec reads what a kind reads, to the same value; ``None`` if none is.

    It may refuse a few values that the kind takes (``3.0`` for an ``int``), but never takes more.
    Classes of users are read by their own constructors: msgspec goes past those, and leaves a mark
    in the class.
    """
    match kind:
        case Anything():
            return Any
        case Integer():
            return int
        case Scalar():
            return kind.type
        case Described():
            return native_type(kind.kind)
        case Array() if kind.build is list and (item := native_type(kind.item)):
            return list[item]
        case Mapped() if kind.key is SCALARS[str] and (value := native_type(kind.value)):
            return dict[str, value]
        case OneOf(kinds=[one, other]) if other is SCALARS[None] and (inner := native_type(one)):
            return Optional[inner]  # noqa: UP045 - for a type known at run time
    return None
