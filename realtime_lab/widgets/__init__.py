"""Widgets for Jupyter, each with a static form for pages where no browser runs it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .console import Console
    from .inspector import Inspector
    from .tool_view import ToolView

__all__ = ["Console", "Inspector", "ToolView"]


def __getattr__(name: str) -> Any:
    # Importing Jupyter takes longer than everything else together: wait until a widget is used.
    if name == "Console":
        from .console import Console

        return Console
    if name == "Inspector":
        from .inspector import Inspector

        return Inspector
    if name == "ToolView":
        from .tool_view import ToolView

        return ToolView
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
