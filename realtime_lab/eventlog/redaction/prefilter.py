"""Where in a long text there is nothing to be found, seen without looking at every word."""

from __future__ import annotations

__all__ = ["may_hold", "slices"]
