"""A session under the faults of its server: it follows them when they change, and their times."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial

from starlette.websockets import WebSocket

from .fault_line import FaultLine
from .fault_plan import SessionFaults, Strike
from .faults import Fault, Points
from .outbox import Outbox
from .raw_connection import raw_connection
from .session_time import SessionTime

__all__ = ["FaultySession", "end_connection"]

_BROKEN_OFF = 1006
"""The close code of a connection that ended without a close frame."""


class FaultySession:
    """Puts the faults of a session into its outbox. Begin it in the event loop, and end it.

    ``expiry`` is what the session is told when it is at its longest duration.
    """

    def __init__(
        self, faults: SessionFaults, outbox: Outbox, time: SessionTime, expiry: str
    ) -> None:
        self._faults = faults
        self._outbox = outbox
        self._loop = asyncio.get_running_loop()
        self._line = FaultLine(faults, expiry, self._loop.time)
        self._time = time
        self._began = time.now()
        self._timers: dict[Strike, Callable[[], None]] = {}
        """How to take back each fault that has a time."""

    def begin(self) -> None:
        """Before the first event."""
        self._faults.changed = self._changed
        self._follow()
        if not self._line.is_idle:
            self._outbox.put(self._line.begin())

    def end(self) -> None:
        """The connection is over."""
        self._faults.changed = _nothing
        for take_back in self._timers.values():
            take_back()

    def _changed(self) -> None:
        self._loop.call_soon_threadsafe(self._follow)

    def _follow(self) -> None:
        self._outbox.line = None if self._line.is_idle else self._line
        timed = {s for s in self._faults.of(Points.EVENTS) if s.fault["seconds"] is not None}
        for strike in self._timers.keys() - timed:
            self._timers.pop(strike)()
        for strike in timed - self._timers.keys():
            wait = max(0.0, self._began + strike.fault["seconds"] - self._time.now())
            self._timers[strike] = self._time.after(wait, partial(self._strike, strike))

    def _strike(self, strike: Strike) -> None:
        self._outbox.put(self._line.struck(strike))


def _nothing() -> None: ...


async def end_connection(websocket: WebSocket, fault: Fault) -> None:
    """Do to a connection what ``close`` and ``half_open`` say."""
    raw = raw_connection(websocket.scope)
    if fault.kind == "half_open":
        if raw is not None:
            raw.fall_silent()
        await asyncio.sleep(fault["lasts"])
    elif fault["code"] != _BROKEN_OFF:
        await websocket.close(fault["code"], fault["reason"])
        return
    if raw is not None:
        raw.break_off()
    else:
        await websocket.close(1011)
