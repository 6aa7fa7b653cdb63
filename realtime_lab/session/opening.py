"""Opens a session: endpoint, consent, connection, settings."""

from __future__ import annotations

import asyncio
import contextlib

from ..errors import EndpointError
from ..eventlog import EventLog
from ..protocol import SessionConfig
from ..tools import ToolRegistry, ToolRunner
from .consent import Consent
from .endpoints import EndpointSource
from .session import RealtimeSession
from .settings import Settings
from .transport import open_websocket

__all__ = ["OpenSession", "open_session"]

START_SECONDS = 15.0
_consent = Consent()


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
    record = log if log is not None else EventLog(dialect=source.dialect)
    record.mark("lab.connecting")
    endpoint = await source.open()
    await asyncio.to_thread(_consent.require, endpoint, agree)
    settings.check(endpoint.model)
    wanted = settings.config(tools.specs() if tools else [])
    transport = await open_websocket(endpoint)
    record.mark("lab.connected", host=endpoint.host)
    runner = ToolRunner(tools, kernel_loop=kernel_loop) if tools else None
    session = RealtimeSession(transport, endpoint, record, runner)
    opened = OpenSession(session, asyncio.create_task(session.run()))
    try:
        await _settle(session, wanted)
    except BaseException:
        with contextlib.suppress(Exception):
            await opened.close()
        raise
    return opened


async def _settle(session: RealtimeSession, wanted: SessionConfig) -> None:
    try:
        async with asyncio.timeout(START_SECONDS):
            await session.started()
            session.mark("lab.started")
            await session.update(wanted)
    except TimeoutError:
        raise EndpointError(
            f"{session.endpoint.host} accepted the connection but did not begin a session; "
            "check that it speaks the Realtime protocol"
        ) from None
