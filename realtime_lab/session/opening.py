"""Opens a session: endpoint, consent, connection, settings."""

from __future__ import annotations

import asyncio
import contextlib

from ..errors import ConnectError, EndpointError, RealtimeLabError, SessionClosed, SessionError
from ..eventlog import EventLog
from ..protocol import ErrorEvent, SessionConfig
from ..tools import ToolRegistry, ToolRunner
from .consent import CONSENT
from .endpoints import EndpointSource
from .failures import CLOSED_FOR_REFUSAL
from .lockstep import LockStep, StepClock, log_for
from .session import RealtimeSession
from .settings import Settings
from .transport import open_websocket, turned_away

__all__ = ["OpenSession", "open_session"]

START_SECONDS = 15.0


class OpenSession:
    """A session together with the task that pumps it; closing it ends both."""

    def __init__(self, session: RealtimeSession, pump: asyncio.Task[None]) -> None:
        self.session = session
        self._pump = pump

    async def close(self) -> None:
        """Close the connection and wait until the last event was taken in."""
        await self.session.close()
        await self._pump
        self.session.log.close()


async def open_session(
    source: EndpointSource,
    settings: Settings,
    *,
    log: EventLog | None = None,
    tools: ToolRegistry | None = None,
    kernel_loop: asyncio.AbstractEventLoop | None = None,
    agree: bool | None = None,
) -> OpenSession:
    """Connect, wait for ``session.created``, and put the settings in force.

    ``agree`` is the user's consent to send audio to another machine; ``None`` asks.

    Raises:
        ConnectError: if no session could be opened; its subclasses tell why.
        SessionError: for settings that no session has.
        RequestRejected: if the service refuses the settings.
    """
    record = log if log is not None else log_for(source)
    lockstep = _lockstep(source, record)
    record.mark("lab.connecting")
    try:
        endpoint = await source.open()
        await asyncio.to_thread(CONSENT.require, endpoint, agree)
        settings.check(endpoint.model)
        wanted = settings.config(tools.specs() if tools else [])
        transport = await open_websocket(endpoint)
    except RealtimeLabError as error:
        _mark_failure(record, error)
        raise
    record.mark("lab.connected", host=endpoint.host)
    for retirement in endpoint.retirements:
        record.mark("lab.retirement", state=retirement.state, told=str(retirement))
    runner = ToolRunner(tools, kernel_loop=kernel_loop, clock=record.clock) if tools else None
    session = RealtimeSession(transport, endpoint, record, runner, lockstep)
    opened = OpenSession(session, asyncio.create_task(session.run()))
    try:
        await _settle(session, wanted)
    except BaseException as error:
        if isinstance(error, RealtimeLabError):
            _mark_failure(record, error)
        with contextlib.suppress(Exception):
            await opened.close()
        raise
    return opened


async def _settle(session: RealtimeSession, wanted: SessionConfig) -> None:
    try:
        async with asyncio.timeout(START_SECONDS):
            try:
                await session.started()
            except SessionClosed as closed:
                raise _turned_away(session, closed) from None
            await session.in_step(_begin(session, wanted))
    except TimeoutError:
        raise EndpointError(
            f"{session.endpoint.host} accepted the connection but did not begin a session; "
            "check that it speaks the Realtime protocol"
        ) from None


async def _begin(session: RealtimeSession, wanted: SessionConfig) -> None:
    session.mark("lab.started")
    await session.update(wanted)


def _lockstep(source: EndpointSource, log: EventLog) -> LockStep | None:
    if source.seed is None:
        return None
    if not isinstance(log.clock, StepClock):
        raise SessionError(
            "a session with a seed writes a log on a clock of its own; give a path as `log`, or "
            "nothing"
        )
    return LockStep(log.clock)


def _mark_failure(log: EventLog, error: RealtimeLabError) -> None:
    log.mark("lab.connect_failed", error=type(error).__name__, told=str(error))


def _turned_away(session: RealtimeSession, closed: SessionClosed) -> ConnectError | SessionClosed:
    """What it means that the connection was closed before a session began.

    Azure refuses at the handshake; OpenAI accepts, says why in an ``error``, and closes.
    """
    if closed.code not in CLOSED_FOR_REFUSAL:
        return closed
    events = (entry.event for entry in session.log.events("error"))
    told = next((event.error for event in events if isinstance(event, ErrorEvent)), None)
    code, said = (told.code or "", told.message) if told else ("", str(closed))
    return turned_away(session.endpoint, closed.code, code, said)
