"""Types that are one JSON value: numbers, texts, dates, and what is written as text."""

from __future__ import annotations

import datetime
import decimal
import ipaddress
import pathlib
import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from .base import Kind, Mismatch, Schema, mismatch
from .definitions import Definitions

__all__ = ["SCALARS", "Anything", "Integer", "Scalar"]

_DECIMAL = r"^[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?$"


@dataclass(frozen=True, slots=True)
class Scalar:
    """What msgspec reads from one JSON value."""

    type: type
    keywords: Schema

    def schema(self, definitions: Definitions) -> Schema:
        return dict(self.keywords)

    def read(self, value: Any) -> Any:
        if type(value) is self.type:
            return value
        try:
            return msgspec.convert(value, self.type)
        except msgspec.ValidationError as error:
            raise Mismatch(str(error).replace("`", "'")) from None


@dataclass(frozen=True, slots=True)
class Integer:
    """A whole number; ``3.0`` is one, as JSON Schema has it."""

    def schema(self, definitions: Definitions) -> Schema:
        return {"type": "integer"}

    def read(self, value: Any) -> int:
        if isinstance(value, float) and value.is_integer():
            return int(value)
        if isinstance(value, int) and not isinstance(value, bool):
            return value
        raise mismatch("int", value)


@dataclass(frozen=True, slots=True)
class Anything:
    """Any JSON value, as it is."""

    def schema(self, definitions: Definitions) -> Schema:
        return {}

    def read(self, value: Any) -> Any:
        return value


@dataclass(frozen=True, slots=True)
class Exact:
    """A decimal number, written as a number or, so that nothing is rounded, as text."""

    def schema(self, definitions: Definitions) -> Schema:
        return {"anyOf": [{"type": "number"}, {"type": "string", "pattern": _DECIMAL}]}

    def read(self, value: Any) -> decimal.Decimal:
        if isinstance(value, str) and not re.search(_DECIMAL, value):
            raise Mismatch(f"Expected a decimal number, got {value!r}")
        return Scalar(decimal.Decimal, {}).read(value)


@dataclass(frozen=True, slots=True)
class FromText:
    """A type whose constructor reads text."""

    type: type
    format: str

    def schema(self, definitions: Definitions) -> Schema:
        return {"type": "string", "format": self.format}

    def read(self, value: Any) -> Any:
        if not isinstance(value, str):
            raise mismatch("str", value)
        try:
            return self.type(value)
        except ValueError as error:
            raise Mismatch(str(error)) from None


def _text(**keywords: Any) -> Schema:
    return {"type": "string", **keywords}


_NULL = Scalar(type(None), {"type": "null"})
"""One, so that it can be told from the other kinds of a union."""

SCALARS: Mapping[Any, Kind] = {
    Any: Anything(),
    object: Anything(),
    int: Integer(),
    str: Scalar(str, _text()),
    float: Scalar(float, {"type": "number"}),
    bool: Scalar(bool, {"type": "boolean"}),
    None: _NULL,
    type(None): _NULL,
    bytes: Scalar(bytes, _text(contentEncoding="base64")),
    datetime.datetime: Scalar(datetime.datetime, _text(format="date-time")),
    datetime.date: Scalar(datetime.date, _text(format="date")),
    datetime.time: Scalar(datetime.time, _text(format="time")),
    datetime.timedelta: Scalar(datetime.timedelta, _text(format="duration")),
    uuid.UUID: Scalar(uuid.UUID, _text(format="uuid")),
    decimal.Decimal: Exact(),
    pathlib.Path: FromText(pathlib.Path, "path"),
    pathlib.PurePath: FromText(pathlib.PurePath, "path"),
    pathlib.PurePosixPath: FromText(pathlib.PurePosixPath, "path"),
    ipaddress.IPv4Address: FromText(ipaddress.IPv4Address, "ipv4"),
    ipaddress.IPv6Address: FromText(ipaddress.IPv6Address, "ipv6"),
    ipaddress.IPv4Network: FromText(ipaddress.IPv4Network, "ipv4network"),
    ipaddress.IPv6Network: FromText(ipaddress.IPv6Network, "ipv6network"),
}
"""By type hint. Formats are those of JSON Schema where it has one, else pydantic's."""
