"""What somebody waits for, and the marks that say why it does not come."""

from __future__ import annotations

__all__ = ["HELD_BACK"]

HELD_BACK = (
    "lab.budget_reached",
    "lab.connection_lost",
    "lab.kept",
    "lab.rate_limit_wait",
    "lab.rate_limited",
    "lab.withdrawn",
)
"""Marks of a client that asks for no response now, and knows why."""
