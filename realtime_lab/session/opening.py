"""Opens a session: endpoint, consent, connection, settings."""

from __future__ import annotations

import asyncio
import contextlib
from random import Random

from ..errors import (
    ConnectError,
    EndpointError,
    RealtimeLabError,
    ServerError,
    SessionClosed,
    SessionError,
)
from ..eventlog import EventLog
from ..protocol import ErrorEvent, SessionConfig
from ..tools import CallRunner, ToolRegistry, ToolRunner
from .backoff import RECONNECT, Reconnect
from .budget import Budget
from .chain import endpoints_of, unwrapped
from .connector import Connector
from .consent import CONSENT
from .continuity import Continuity, Surroundings
from .endpoints import EndpointSource
from .failures import CLOSED_FOR_REFUSAL
from .lockstep import LockStep, StepClock, log_for
from .requests import LONGEST_WAIT
from .session import RealtimeSession
from .settings import Settings
from .transport import turned_away
from .waiting import connected_within_limits
from .wanted import Wanted

__all__ = ["OpenSession", "open_session"]

START_SECONDS = 15.0


class OpenSession:
    """A session together with the task that pumps it; closing it ends both."""

    def __init__(
        self, session: RealtimeSession, pump: asyncio.Task[None], connector: Connector
    ) -> None:
        self.session = session
        self._pump = pump
        self._connector = connector

    @property
    def source(self) -> EndpointSource:
        """The endpoint in use, as it was given."""
        return unwrapped(self._connector.source)

    async def close(self) -> None:
        """Close the connection and wait until the last event was taken in."""
        await self.end()
        # It may be sealed now, and other sessions share this thread.
        await asyncio.to_thread(self.session.log.close)

    async def end(self) -> None:
        """The same, while the log goes on."""
        await self.session.close()
        await self._pump


async def open_session(
    source: EndpointSource,
    settings: Settings,
    *,
    log: EventLog | None = None,
    tools: ToolRegistry | None = None,
    runner: CallRunner | None = None,
    kernel_loop: asyncio.AbstractEventLoop | None = None,
    agree: bool | None = None,
    reconnect: Reconnect | None = RECONNECT,
    around: Surroundings | None = None,
    budget: Budget | None = None,
    retry_rate_limited: bool = False,
) -> OpenSession:
    """Connect, wait for ``session.created``, and put the settings in force.

    Of a chain of endpoints the first that gives a session is taken; each is tried once. ``agree``
    is the user's consent to send audio to another machine; ``None`` asks. ``reconnect`` is how the
    session comes back when its connection is lost; ``None`` ends it then, as does a seed.
    ``runner`` carries out the calls of the tools; by default a `ToolRunner` on ``kernel_loop``.
    ``budget`` is what the session may use. With ``retry_rate_limited`` a handshake or a response
    that the service has no room for is tried once more, when the service says that it has.

    Raises:
        ConnectError: if no session could be opened; its subclasses tell why.
        SessionError: for settings that no session has.
        RequestRejected: if the service refuses the settings.
    """
    record = log if log is not None else log_for(source)
    lockstep = _lockstep(source, record)
    record.mark("lab.connecting")
    plan = reconnect or RECONNECT
    connector = Connector(
        endpoints_of(source), CONSENT, agree=agree, notice=plan.notice, kept=record.kept
    )
    wanted = settings.config(tools.specs() if tools else [])
    if tools and runner is None:
        runner = ToolRunner(tools, kernel_loop=kernel_loop, clock=record.clock)

    async def connected() -> RealtimeSession:
        endpoint = await connector.find(ask=True)
        if connector.is_first:
            settings.check(endpoint.model)
        transport = await connected_within_limits(
            lambda: connector.connect(endpoint, record.mark),
            longest=LONGEST_WAIT if retry_rate_limited else 0.0,
            mark=record.mark,
        )
        session = RealtimeSession(transport, endpoint, record, runner if tools else None, lockstep)
        session.limits.spending.budget = budget
        session.limits.requests.retries = retry_rate_limited
        return session

    first: RealtimeLabError | None = None
    while True:
        try:
            session = await connected()
            told = Wanted(wanted).config(session.endpoint.model, text_only=connector.text_only)
            opened = await _opened(session, connector, told)
            break
        except RealtimeLabError as error:
            record.mark("lab.connect_failed", error=type(error).__name__, told=str(error))
            first = first or error
            may_help = isinstance(error, ConnectError | ServerError | SessionClosed)
            if not (may_help and connector.fall_back()):
                raise first from None
    if reconnect is not None and lockstep is None:
        session.go_on_with(
            Continuity(session, connector, wanted, plan, around or Surroundings(Random()))
        )
    return opened


async def _opened(
    session: RealtimeSession, connector: Connector, wanted: SessionConfig
) -> OpenSession:
    opened = OpenSession(session, asyncio.create_task(session.run()), connector)
    try:
        await _settle(session, wanted)
    except BaseException:
        with contextlib.suppress(Exception):
            await opened.end()
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


def _turned_away(session: RealtimeSession, closed: SessionClosed) -> ConnectError | SessionClosed:
    """What it means that the connection was closed before a session began.

    Azure refuses at the handshake; OpenAI accepts, says why in an ``error``, and closes.
    """
    if closed.code not in CLOSED_FOR_REFUSAL:
        return closed
    begun = session.log.events("lab.connected")[-1].seq
    events = (entry.event for entry in session.log.events("error") if entry.seq > begun)
    told = next((event.error for event in events if isinstance(event, ErrorEvent)), None)
    code, said = (told.code or "", told.message) if told else ("", str(closed))
    return turned_away(session.endpoint, closed.code, code, said)
