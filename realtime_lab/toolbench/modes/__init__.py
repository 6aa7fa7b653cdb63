"""How the calls of a tool are answered in a live session: modes, and the calls that wait."""

from __future__ import annotations

from .kinds import (
    AnyMode,
    ask_first,
    automatic,
    by_hand,
    canned,
    delayed,
    failing,
    mode_from,
)
from .live_tools import LiveTool, LiveTools, LogOnly, ToolSession
from .mode import Mode
from .pending_call import PendingCall

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
