"""What must not be published: keys, personal data and voices in notebooks and other files."""

from __future__ import annotations

from .files import Finding, Scan, scan
from .finders import KINDS

__all__ = ["KINDS", "Finding", "Scan", "scan"]
