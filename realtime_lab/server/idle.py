"""How long nobody has spoken."""

from __future__ import annotations

from collections.abc import Callable

__all__ = ["IdleTimer"]


def _nothing() -> None: ...


class IdleTimer:
    """Waits for a user who says nothing after an answer.

    ``after`` calls back when that many seconds have passed, and returns how to take that back.
    ``position`` tells where in the user's audio a session is, in milliseconds; ``fire`` gets the
    position at which the answer had been played.
    """

    def __init__(
        self,
        after: Callable[[float, Callable[[], None]], Callable[[], None]],
        position: Callable[[], int],
        fire: Callable[[int], None],
    ) -> None:
        self._after = after
        self._position = position
        self._fire = fire
        self._take_back = _nothing

    def start(self, playback_seconds: float, idle_seconds: float) -> None:
        """An answer ended: wait while its audio is played, then for the user."""
        self.stop()
        self._take_back = self._after(playback_seconds, lambda: self._listen(idle_seconds))

    def stop(self) -> None:
        """Somebody speaks, or nobody is waited for."""
        self._take_back()
        self._take_back = _nothing

    def _listen(self, idle_seconds: float) -> None:
        start_ms = self._position()
        self._take_back = self._after(idle_seconds, lambda: self._fire(start_ms))
