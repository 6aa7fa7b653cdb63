"""What every structure of the protocol has in common."""

from __future__ import annotations

from typing import ClassVar

import msgspec
from msgspec import UNSET, UnsetType

__all__ = ["UNSET", "Event", "Field", "Shape", "UnsetType"]

Field = UnsetType
"""Marks a field that may be absent on the wire: ``name: str | Field = UNSET``."""


class Shape(msgspec.Struct, kw_only=True, omit_defaults=False):
    """A JSON object of the protocol.

    A field that was absent on the wire is ``UNSET`` and is left out again when written; ``None``
    is the protocol's ``null``. Fields this package does not know are ignored on reading.
    """


class Event(Shape, tag_field="type", kw_only=True):
    """A message in either direction; ``type`` is its GA name."""

    type: ClassVar[str]
