"""A log in the formats of other programs."""

from __future__ import annotations

from .formats import FORMATS, export

__all__ = ["FORMATS", "export"]
