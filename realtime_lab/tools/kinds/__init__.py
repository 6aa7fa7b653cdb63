"""The types that a parameter may have: what a model is told of each, and how it is read."""

from __future__ import annotations

from .base import Kind, Mismatch, NoSchema, Schema
from .building import Kinds
from .definitions import Definitions, in_place
from .metadata import Metadata, read_metadata
from .native import native_type
from .record_fields import told_default
from .records import ABSENT, Field, Record

__all__ = [
    "ABSENT",
    "Definitions",
    "Field",
    "Kind",
    "Kinds",
    "Metadata",
    "Mismatch",
    "NoSchema",
    "Record",
    "Schema",
    "in_place",
    "native_type",
    "read_metadata",
    "told_default",
]
