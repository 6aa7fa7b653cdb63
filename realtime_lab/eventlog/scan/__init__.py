"""What must not be published: keys, personal data and voices in notebooks and other files."""

from __future__ import annotations

from .files import Scan, ScanFinding, scan
from .finders import KINDS, holds_key

__all__ = ["KINDS", "Scan", "ScanFinding", "holds_key", "scan"]
