"""Widgets for Jupyter, each with a static form for pages where no browser runs it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .console import Console
    from .inspector import Inspector
    from .listening_view import ListeningView
    from .voice_booth import VoiceBooth

__all__ = ["Console", "Inspector", "ListeningView", "VoiceBooth"]


def __getattr__(name: str) -> Any:
    # Importing Jupyter takes longer than everything else together: wait until a widget is used.
    if name == "Console":
        from .console import Console

        return Console
    if name == "Inspector":
        from .inspector import Inspector

        return Inspector
    if name == "ListeningView":
        from .listening_view import ListeningView

        return ListeningView
    if name == "VoiceBooth":
        from .voice_booth import VoiceBooth

        return VoiceBooth
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
