"""What a session does after a while, as long as it lives."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

__all__ = ["Timers"]


class Timers:
    """Calls back after a while, on the loop that asks for it; no more after `end`.

    A loop that waits half a minute for a session that is over would keep all of it for so long.
    """

    def __init__(self) -> None:
        self._waiting: set[asyncio.TimerHandle] = set()

    def later(self, seconds: float, function: Callable[[], None]) -> None:
        """Call the function after so many seconds."""

        def ring() -> None:
            self._waiting.discard(handle)
            function()

        handle = asyncio.get_running_loop().call_later(seconds, ring)
        self._waiting.add(handle)

    def end(self) -> None:
        """Call nothing any more of what was asked for so far."""
        for handle in self._waiting:
            handle.cancel()
        self._waiting.clear()
