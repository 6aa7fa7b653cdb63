"""What always holds in a stream of events, checked event by event."""

from __future__ import annotations

from .checker import StreamChecker
from .violation import Violation

__all__ = ["StreamChecker", "Violation"]
