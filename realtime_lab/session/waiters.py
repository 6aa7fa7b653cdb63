"""Who waits for what: calls that end when the service answers."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from copy import copy

from ..errors import RealtimeLabError, SessionError
from ..eventlog import Turn
from ..protocol import ErrorEvent, rejection

__all__ = ["Waiters"]

UPDATE_SECONDS = 30.0
"""How long a service may take to confirm settings."""


class Waiters:
    """Futures of calls under way, settled by events."""

    def __init__(self) -> None:
        self.started = asyncio.Event()
        self._updates: OrderedDict[str, asyncio.Future[None] | None] = OrderedDict()
        self._turns: dict[Turn, asyncio.Future[None]] = {}

    def update_sent(self, event_id: str) -> None:
        """A ``session.update`` is on its way, whether or not anybody waits for the answer."""
        self._updates.setdefault(event_id, None)

    async def update(self, event_id: str) -> None:
        """Until the ``session.update`` with this id, which was sent, is confirmed.

        Raises:
            SessionError: if that takes longer than `UPDATE_SECONDS`.
        """
        future = self._updates[event_id] = asyncio.get_running_loop().create_future()
        try:
            async with asyncio.timeout(UPDATE_SECONDS):
                await future
        except TimeoutError:
            # Lost on its way: what is confirmed next is the next one.
            del self._updates[event_id]
            raise SessionError(
                f"the service did not confirm the settings within {UPDATE_SECONDS:g} s; the "
                "session goes on with those it told last: look at them, and change them again"
            ) from None
        finally:
            if event_id in self._updates:
                # Its answer still comes, and must not pass for that of the next one.
                self._updates[event_id] = None

    def expect(self, turn: Turn) -> asyncio.Future[None]:
        """A future that is done when the turn is complete; to be had before that can happen."""
        future = self._turns[turn] = asyncio.get_running_loop().create_future()
        return future

    def forget(self, turn: Turn) -> None:
        """Nobody waits for this turn any longer."""
        future = self._turns.pop(turn, None)
        if future is not None:
            future.cancel()

    def updated(self) -> None:
        """The service confirmed an update; it answers them in order."""
        if self._updates:
            _, future = self._updates.popitem(last=False)
            if future is not None:
                _settle(future, None)

    def refused(self, event: ErrorEvent) -> None:
        """The service refused what some event asked for."""
        future = self._updates.pop(event.error.event_id or "", None)
        if future is not None:
            _settle(future, rejection(event))

    def turn_completed(self, turn: Turn, error: RealtimeLabError | None) -> None:
        """A turn is complete, or will never be."""
        future = self._turns.pop(turn, None)
        if future is not None:
            _settle(future, error)

    def fail(self, error: RealtimeLabError) -> None:
        """The session is over: nothing that is waited for will come."""
        self.started.set()
        for future in (*self._updates.values(), *self._turns.values()):
            if future is not None:
                _settle(future, copy(error))


def _settle(future: asyncio.Future[None], error: RealtimeLabError | None) -> None:
    if future.done():
        return
    if error is None:
        future.set_result(None)
    else:
        future.set_exception(error)
