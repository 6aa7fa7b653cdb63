"""What holds at a moment of a session, followed event by event for all rules."""

from __future__ import annotations

from .facts import Facts
from .items import Call, ItemFacts
from .origin import Origin
from .responses import Asked, Running
from .settings import Update

__all__ = ["Asked", "Call", "Facts", "ItemFacts", "Origin", "Running", "Update"]
