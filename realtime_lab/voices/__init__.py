"""Voices compared: what each says, how it sounds, and how it is judged."""

from __future__ import annotations

from .take import Take

__all__ = ["Take"]
