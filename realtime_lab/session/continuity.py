"""A session goes on over another connection when its own is lost, or about to expire."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from random import Random
from typing import TYPE_CHECKING, Any, ClassVar

from ..errors import (
    ConnectError,
    ConsentMissing,
    RealtimeLabError,
    ServerError,
    SessionClosed,
    SessionError,
    SessionExpired,
    TurnTimeout,
)
from ..eventlog import spoken
from ..protocol import (
    ClientEvent,
    ErrorEvent,
    InputAudioBufferAppend,
    InputAudioBufferCommit,
    ItemCreate,
    ItemDelete,
    ItemTruncate,
    ResponseDone,
    ServerEvent,
    SessionConfig,
    SessionUpdate,
    UnknownEvent,
    dialect_named,
)
from .backoff import Backoff, Reconnect, worth_retrying
from .connector import Connector
from .endpoints import Endpoint
from .failures import without_advice
from .greeting import Greeting, begin, tell
from .history import History
from .item_names import ItemNames
from .meanwhile import Meanwhile
from .recycling import Recycling
from .rehydration import LeftOut
from .wire import Wire

if TYPE_CHECKING:
    from .session import RealtimeSession

__all__ = ["Connected", "Continuity", "Surroundings"]

_FAILURES = (ConnectError, SessionError, ServerError)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a session takes from the world for coming back: chance, sleep and the time of day.

    ``sleep`` waits for seconds; ``later`` calls back after seconds and returns something with a
    ``cancel``; ``wall`` is in seconds since 1970.
    """

    random: Random
    sleep: Callable[[float], Awaitable[object]] = asyncio.sleep
    wall: Callable[[], float] = time.time
    later: Callable[[float, Callable[[], None]], Any] = lambda seconds, function: (
        asyncio.get_running_loop().call_later(seconds, function)
    )


@dataclass(frozen=True, slots=True)
class Connected:
    """A connection on which the settings are in force, and which knows nothing yet."""

    wire: Wire
    endpoint: Endpoint
    greeting: Greeting
    version: int
    """Of the settings; see `Wanted`."""


class Continuity:
    """Brings a session back.

    When the connection is lost (`regain`), another is opened by the plan: first at the same
    endpoint, then at those behind it in the chain; a session never goes back up the chain by
    itself. There the settings in force are asked for again and the history is told as items
    (`rehydration.retold`). Then the audio that no turn took is sent, again or for the first time,
    and what was asked for and had no answer is asked for once more. A response that was cut off
    after something of it was heard is left as it is: its turn is an interrupted one.

    Before the session expires (`recycle`), all that happens between turns, while the old
    connection still is there.

    Marks: ``lab.connection_lost``, ``lab.reconnecting`` (one for each try: ``attempt``, ``wait``
    in seconds, ``reason``), ``lab.connected`` (one for each connection), ``lab.endpoint_skipped``,
    ``lab.reconnected`` (``gap`` in seconds, ``items``, ``left_out``, ``unconfirmed``),
    ``lab.gave_up``, ``lab.cut_off``, ``lab.unheard``, ``lab.asked_again``, ``lab.microphone``
    (``again_ms``, ``late_ms``, ``dropped_ms``), ``lab.recycling``, ``lab.recycled``,
    ``lab.recycling_failed``.
    Between ``lab.connected`` and ``lab.reconnected`` (or ``lab.recycled``) stands what the new
    connection is told of the old; it belongs to no turn.
    """

    CONCERNS: ClassVar = Meanwhile.CONCERNS | {ResponseDone.type}

    def __init__(
        self,
        session: RealtimeSession,
        connector: Connector,
        wanted: SessionConfig,
        plan: Reconnect,
        surroundings: Surroundings,
    ) -> None:
        self._session = session
        self._connector = connector
        self._plan = plan
        self._backoff = Backoff(plan, surroundings.random)
        self._around = surroundings
        self.names = ItemNames()
        history = History(session.conversation, session.announcements, session.spoken)
        self.meanwhile = Meanwhile(history, wanted, plan.microphone)
        self._recycling = Recycling(self, surroundings)
        self._regaining: asyncio.Task[SessionClosed | None] | None = None
        self._attempts = 0
        """Tries since a connection last was of use: stayed a while, or brought an answer."""
        self._connected_at = session.log.clock()
        self._expired = False
        self.is_open = asyncio.Event()
        self.is_open.set()
        self._recycling.arm(session.config.expires_at)

    @property
    def connector(self) -> Connector:
        """Where the session is connected."""
        return self._connector

    def apply(self, event: ServerEvent | UnknownEvent) -> None:
        """Take an event of the service into account, before the conversation does."""
        self.meanwhile.apply(event)
        if isinstance(event, ErrorEvent) and event.error.code == "session_expired":
            self._expired = True
        elif isinstance(event, ResponseDone):
            self._attempts = 0

    async def time_left(self, timeout: float) -> float:
        """Wait until the session is open or over; returns what is then left of the time.

        Raises:
            TurnTimeout: if nothing is.
        """
        if self.is_open.is_set():
            return timeout
        loop = asyncio.get_running_loop()
        begun = loop.time()
        try:
            async with asyncio.timeout(timeout):
                await self.is_open.wait()
        except TimeoutError:
            raise TurnTimeout(
                f"the connection did not come back within {timeout:g} s; look at the log for the "
                "tries, or pass a longer timeout"
            ) from None
        return timeout - (loop.time() - begun)

    def check(self) -> None:
        """Turns have ended: if it is time to recycle, this may be the moment."""
        self._recycling.check()

    # -- the connection is lost -------------------------------------------------------------------

    async def regain(self, closed: SessionClosed) -> SessionClosed | None:
        """Bring the session back; returns ``None``, or why it is over."""
        self._regaining = asyncio.create_task(self._regain(closed))
        try:
            return await self._regaining
        except asyncio.CancelledError:
            if self._regaining.cancelled() and self._session.is_closing:
                return closed
            raise
        finally:
            self._regaining.cancel()
            self.is_open.set()

    def stop(self) -> bool:
        """The session is closed on purpose. Returns whether there is no connection to close."""
        self._recycling.stop()
        regaining = self._regaining is not None and not self._regaining.done()
        if self._regaining is not None:
            self._regaining.cancel()
        return regaining

    async def _regain(self, closed: SessionClosed) -> SessionClosed | None:
        session, began = self._session, self._now()
        lasted = began - self._connected_at
        if lasted >= self._plan.longest:
            self._attempts = 0
        await self._recycling.abandon()
        self.is_open.clear()
        session.mark("lab.connection_lost", code=closed.code, reason=without_advice(closed))
        self.meanwhile.connection_lost()
        self._settle_turns()
        expired = self._expired or isinstance(closed, SessionExpired)
        error: RealtimeLabError = closed
        tried = 0
        while True:
            wait = self._wait(error, began, at_once=expired and not tried)
            if wait is None:
                if not self._connector.fall_back():
                    return self._gave_up(closed, error, tried, began)
                self._attempts, wait = 0, 0.0
            self._attempts += 1
            tried += 1
            session.mark(
                "lab.reconnecting",
                attempt=self._attempts,
                wait=round(wait, 3),
                reason=without_advice(error),
            )
            await self._around.sleep(wait)
            try:
                left_out, greeting = await self._take_over()
            except _FAILURES as failed:
                error = failed
                if isinstance(failed, ConsentMissing):
                    session.mark("lab.endpoint_skipped", reason=str(failed))
                continue
            session.mark(
                "lab.reconnected",
                gap=round(self._now() - began, 3),
                tries=tried,
                **_told(greeting, left_out),
            )
            self._go_on()
            return None

    def _wait(self, error: RealtimeLabError, began: float, *, at_once: bool) -> float | None:
        """Seconds before the next try at this endpoint; ``None`` where there is to be none."""
        if self._attempts >= self._plan.tries or not (at_once or worth_retrying(error)):
            return None
        if at_once:
            return 0.0
        wait = self._backoff.wait(self._attempts + 1, getattr(error, "retry_after", None))
        return wait if self._now() - began + wait <= self._plan.within else None

    def _gave_up(
        self, closed: SessionClosed, error: RealtimeLabError, tried: int, began: float
    ) -> SessionClosed:
        seconds = self._now() - began
        self._session.mark("lab.gave_up", tries=tried, seconds=round(seconds, 3), reason=str(error))
        if not tried:
            return closed
        return type(closed)(
            f"{str(closed).rstrip('.')}; then {tried} tries in {seconds:.1f} s brought no other "
            f"connection ({error})",
            code=closed.code,
        )

    def _settle_turns(self) -> None:
        """Say of each turn under way what became of it, and ask again where nothing was heard."""
        session, history = self._session, self.meanwhile.history
        cut_off = session.connection_lost()
        unheard = [item_id for one in cut_off for item_id in one.unheard_items]
        session.playback.connection_lost(unheard)
        for item_id in (*unheard, *(call for one in cut_off for call in one.calls)):
            history.forget(item_id)
            session.mark("lab.unheard", item_id=item_id)
        for one in cut_off:
            sent = {item.item_id: item.sent_ms for item in spoken(one.turn.entries)}
            for response_id, item_id in one.heard.items():
                session.mark(
                    "lab.cut_off",
                    response_id=response_id,
                    item_id=item_id,
                    turn=one.turn.index,
                    heard_ms=session.playback.heard_ms(item_id),
                    received_ms=sent.get(item_id, 0),
                )
            session.endings.words_lost(
                one.turn, one.unwritten, "the connection broke off before they came"
            )
            for request in one.again:
                session.mark("lab.asked_again", event_id=request.event_id, turn=one.turn.index)
        session.tell_completed()

    async def _take_over(self) -> tuple[list[LeftOut], Greeting]:
        connected = await self.open()
        return await self.move_to(connected), connected.greeting

    # -- another connection -----------------------------------------------------------------------

    async def open(self) -> Connected:
        """Connect and put the settings in force.

        Raises:
            ConnectError: if there is no connection.
            SessionError: if the service closes it, or refuses the settings.
            ServerError: if the embedded server does not start.
        """
        endpoint = await self._connector.find(ask=False)
        transport = await self._connector.connect(endpoint, self._session.mark)
        wire = self._session.wire.successor(transport, dialect_named(endpoint.dialect))
        wanted = self.meanwhile.wanted
        version = wanted.version
        config = wanted.config(endpoint.model, text_only=self._connector.text_only)
        async with _retired_on_failure(wire):
            return Connected(wire, endpoint, await begin(wire, config), version)

    async def move_to(self, connected: Connected) -> list[LeftOut]:
        """Tell a connection the history and go on over it; what is kept is not sent yet.

        Returns what could not be told.

        Raises:
            SessionClosed: if that connection ends meanwhile; nothing has changed then.
        """
        meanwhile, wire, greeting = self.meanwhile, connected.wire, connected.greeting
        async with _retired_on_failure(wire):
            if meanwhile.wanted.version != connected.version:
                config = meanwhile.wanted.config(
                    connected.endpoint.model, text_only=self._connector.text_only
                )
                wire.send(SessionUpdate(session=config))
            told = meanwhile.history.retold(meanwhile.microphone.utterances)
            await tell(wire, told.items, greeting)
        self.names.learn(greeting.names)
        self._session.take_over(wire, connected.endpoint, greeting)
        self._connected_at = self._now()
        self._expired = False
        created = greeting.created
        self._recycling.arm(created.session.expires_at if created else None)
        return told.left_out

    def instead(self, event: ClientEvent) -> list[ItemCreate | ItemDelete] | None:
        """What is sent in place of an event about an item that this connection has as text."""
        if isinstance(event, ItemTruncate):
            return self.meanwhile.history.instead(event)
        return None

    def hold(self) -> None:
        """Send nothing for a moment; the connection is as it was."""
        self.meanwhile.holding = True
        self._session.hold()

    def go_on_as_before(self) -> None:
        """Send what was kept since `hold`, over the same connection."""
        self._release(self.meanwhile.microphone.late())

    def _go_on(self) -> None:
        """Send what was kept, and what nobody heard, over a new connection."""
        kept = self.meanwhile.microphone.take(hands_free=self._session.hands_free)
        if kept.again_ms or kept.late_ms or kept.dropped_ms:
            self._session.mark(
                "lab.microphone",
                again_ms=kept.again_ms,
                late_ms=kept.late_ms,
                dropped_ms=kept.dropped_ms,
            )
        self._release(kept.pieces)

    def _release(self, pieces: list[tuple[bytes, bool]]) -> None:
        session = self._session
        self.meanwhile.holding = False
        self.is_open.set()
        for pcm, was_sent in pieces:
            event = InputAudioBufferAppend(audio=pcm) if pcm else InputAudioBufferCommit()
            if was_sent:
                # It is in a turn already.
                session.wire.send(event)
            else:
                session.send_now(event)
        for event in self.meanwhile.taken_out():
            session.send(event)
        session.release()

    # -- before it expires ------------------------------------------------------------------------

    async def recycle(self, connected: Connected) -> None:
        """Go on over a connection that is ready, now that nothing is under way.

        Raises:
            SessionClosed: if that connection is gone; the session goes on over its old one.
        """
        session, began, old = self._session, self._now(), self._session.wire
        self.hold()
        try:
            left_out = await self.move_to(connected)
        except BaseException:
            self.go_on_as_before()
            raise
        session.mark(
            "lab.recycled",
            gap=round(self._now() - began, 3),
            **_told(connected.greeting, left_out),
        )
        self._go_on()
        await old.retire()

    @property
    def session(self) -> RealtimeSession:
        """The session that goes on."""
        return self._session

    @property
    def backoff(self) -> Backoff:
        """The waits before tries."""
        return self._backoff

    def _now(self) -> float:
        return self._session.log.clock()


@contextlib.asynccontextmanager
async def _retired_on_failure(wire: Wire) -> AsyncIterator[None]:
    try:
        yield
    except BaseException:
        await asyncio.shield(asyncio.ensure_future(wire.retire()))
        raise


def _told(greeting: Greeting, left_out: list[LeftOut]) -> dict[str, Any]:
    return {
        "items": greeting.told - greeting.unconfirmed,
        "unconfirmed": greeting.unconfirmed,
        "left_out": [{"item_id": one.item_id, "why": one.why} for one in left_out],
    }
