"""The tool bench: definitions of tools checked, called, talked to and measured."""

from __future__ import annotations

__all__: list[str] = []
