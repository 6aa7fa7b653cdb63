"""A new connection before the old one expires, between two turns."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Protocol

from ..errors import ConnectError, ServerError, SessionError
from .backoff import worth_retrying

if TYPE_CHECKING:
    from .continuity import Connected, Continuity

__all__ = ["Recycling", "margin"]

MARGIN_SECONDS = 60.0
MARGIN_SHARE = 0.2


class _Around(Protocol):
    @property
    def sleep(self) -> Callable[[float], Any]: ...
    @property
    def wall(self) -> Callable[[], float]: ...
    @property
    def later(self) -> Callable[[float, Callable[[], None]], Any]: ...


def margin(remaining: float) -> float:
    """How many seconds before the end of a session, of which so many remain, it is recycled."""
    return min(MARGIN_SECONDS, MARGIN_SHARE * remaining)


class Recycling:
    """Waits for its time, opens another connection, waits for a quiet moment, and moves over.

    A turn that is under way is not cut: if it lasts until the session expires, the session comes
    back as after any loss. ``expires_at`` is by the service's clock and compared with ours; where
    they differ, the session is recycled earlier, or comes back after it has expired.
    """

    def __init__(self, continuity: Continuity, around: _Around) -> None:
        self._continuity = continuity
        self._around = around
        self._timer: Any = None
        self._task: asyncio.Task[None] | None = None
        self._awaits_quiet: asyncio.Event | None = None

    def arm(self, expires_at: object) -> None:
        """The session ends then, in seconds since 1970; anything but a number is no end."""
        self._cancel_timer()
        if isinstance(expires_at, int | float):
            remaining = expires_at - self._around.wall()
            if remaining > 0:
                self._timer = self._around.later(remaining - margin(remaining), self._due)

    def check(self) -> None:
        """Something changed: this may be the quiet moment."""
        if self._awaits_quiet is not None and self._continuity.session.is_quiet:
            self._awaits_quiet.set()

    def stop(self) -> None:
        """Do nothing any more."""
        self._cancel_timer()
        if self._task is not None:
            self._task.cancel()

    async def abandon(self) -> None:
        """The old connection is gone already."""
        self.stop()
        if self._task is not None:
            await asyncio.gather(self._task, return_exceptions=True)
            self._task = None

    def _cancel_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _due(self) -> None:
        self._task = asyncio.get_running_loop().create_task(self._recycle())

    async def _recycle(self) -> None:
        continuity = self._continuity
        continuity.session.mark("lab.recycling")
        attempt = 0
        while True:
            try:
                connected = await continuity.open()
                await self._quiet(connected)
                await continuity.recycle(connected)
                return
            except (ConnectError, SessionError, ServerError) as error:
                attempt += 1
                continuity.session.mark("lab.recycling_failed", attempt=attempt, reason=str(error))
                if not worth_retrying(error):
                    return
                retry_after = getattr(error, "retry_after", None)
            await self._around.sleep(continuity.backoff.wait(attempt, retry_after))

    async def _quiet(self, connected: Connected) -> None:
        """Until nothing is under way: no turn, no speech, no tool."""
        session = self._continuity.session
        quiet = self._awaits_quiet = asyncio.Event()
        unsubscribe = session.subscribe(lambda _: self.check())
        try:
            while not session.is_quiet:
                quiet.clear()
                await quiet.wait()
        except BaseException:
            await asyncio.shield(asyncio.ensure_future(connected.wire.retire()))
            raise
        finally:
            unsubscribe()
            self._awaits_quiet = None
