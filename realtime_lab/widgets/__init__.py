"""Widgets for Jupyter, each with a static form for pages where no browser runs it."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .console import Console
    from .inspector import Inspector
    from .listening_view import ListeningView
    from .tool_view import ToolView
    from .voice_booth import VoiceBooth

# Importing Jupyter takes longer than everything else together: wait until a widget is used.
_HOMES = {
    "Console": ".console",
    "Inspector": ".inspector",
    "ListeningView": ".listening_view",
    "ToolView": ".tool_view",
    "VoiceBooth": ".voice_booth",
}

__all__ = ["Console", "Inspector", "ListeningView", "ToolView", "VoiceBooth"]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name], __name__), name)
