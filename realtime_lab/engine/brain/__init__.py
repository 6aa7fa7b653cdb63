"""The brain that needs no model."""

from __future__ import annotations

from .hints import demo_phrases, hints
from .rules import RuleBrain

__all__ = ["RuleBrain", "demo_phrases", "hints"]
