"""The tool bench: definitions of tools checked, called, talked to and measured."""

from __future__ import annotations

from .modes import (
    AnyMode,
    LiveTool,
    LiveTools,
    LogOnly,
    Mode,
    PendingCall,
    ToolSession,
    ask_first,
    automatic,
    by_hand,
    canned,
    delayed,
    failing,
    mode_from,
)

__all__ = [
    "AnyMode",
    "LiveTool",
    "LiveTools",
    "LogOnly",
    "Mode",
    "PendingCall",
    "ToolSession",
    "ask_first",
    "automatic",
    "by_hand",
    "canned",
    "delayed",
    "failing",
    "mode_from",
]
