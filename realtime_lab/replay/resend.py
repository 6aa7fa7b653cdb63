"""The client's side of a recording, sent again to any endpoint."""

from __future__ import annotations

import asyncio
import contextlib
from collections import defaultdict
from collections.abc import Awaitable, Callable
from typing import Any

from msgspec.structs import replace

from ..audio import RATE
from ..errors import SessionClosed, SessionError
from ..eventlog import EventLog
from ..protocol import (
    ClientEvent,
    InputAudioBufferAppend,
    ItemTruncate,
    OutputAudioDelta,
    ResponseCancel,
    ResponseCreate,
    ResponseCreated,
    ResponseDone,
    ResponseTracker,
    SessionCreated,
)
from ..session import EndpointSource, Wire, log_for, open_wire
from .names import Names, UnknownName
from .script import Cue, Script

__all__ = ["resend"]

PATIENCE_SECONDS = 15.0
"""How long a service may say nothing while something of it is waited for."""
_BYTES_PER_MS = RATE * 2 // 1000


async def resend(
    recording: EventLog,
    source: EndpointSource,
    *,
    speed: float | None = 1.0,
    log: EventLog | None = None,
    agree: bool | None = None,
    patience: float = PATIENCE_SECONDS,
    sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
) -> EventLog:
    """Send what a client said in a recording again; returns the log of the new session.

    Every event of the client goes out once, in its order, in the dialect of the endpoint: settings,
    audio, typed text, requests, cancellations and the outputs of tools, as they were. Ids that the
    recording's service gave are replaced by those of the new one (see `Names`). What was sent
    between two responses is sent between the same two responses. With ``speed`` 1.0 the microphone
    keeps its pace, with 2.0 it is twice as fast; with ``None`` everything goes as fast as the
    service answers. What the microphone says amid an answer then comes earlier in it.

    Marks in the new log: ``lab.not_resent`` (``of``, the place in the recording; ``kind``; ``why``)
    for what has no meaning there, such as the output of a call that the model did not make this
    time, and ``lab.overdue`` (``of``) where nothing came for ``patience`` seconds and the next
    event was sent anyway.

    Raises:
        SessionError: if the recording holds nothing that a client said.
        ConnectError: if there is no connection.
        SessionClosed: if the connection ends before everything was sent.
    """
    script = Script.of(recording)
    if not script.cues:
        raise SessionError("there is nothing to send again: no client says anything in this log")
    record = log if log is not None else log_for(source)
    wire = await open_wire(source, record, agree=agree)
    new = _Session(script, wire)
    hearing = asyncio.create_task(new.listen())
    sending = asyncio.create_task(_Sender(script, new, record, speed, patience, sleep).run())
    try:
        await asyncio.wait({hearing, sending}, return_when=asyncio.FIRST_COMPLETED)
        if not sending.done():
            await hearing
        await sending
    finally:
        sending.cancel()
        with contextlib.suppress(SessionClosed):
            await wire.close()
            await hearing
        hearing.cancel()
        wire.end()
        record.mark("lab.closed", code=1000, reason="everything was sent again")
        record.flush()
    return record


class _Session:
    """What of the new session decides when an event can be sent, and as what."""

    def __init__(self, script: Script, wire: Wire) -> None:
        self.wire = wire
        self.names = Names(script.answers, (cue.event for cue in script.cues))
        self.began = False
        self.begun = 0
        self.ended = 0
        """Responses that are over."""
        self.changed = asyncio.Event()
        self._responses = ResponseTracker()
        self._received: defaultdict[str, int] = defaultdict(int)

    @property
    def answers(self) -> bool:
        """Whether a response is active."""
        return self._responses.active is not None

    def received_ms(self, item_id: str) -> int:
        """Length of the speech of an item so far."""
        return self._received[item_id] // _BYTES_PER_MS

    async def listen(self) -> None:
        """Take in what comes, until the connection ends.

        Raises:
            SessionClosed: then, always.
        """
        while True:
            event: Any = (await self.wire.receive()).event
            self.names.apply(event)
            if event.type in ResponseTracker.CONCERNS:
                self._responses.apply(event)
            if isinstance(event, OutputAudioDelta):
                self._received[event.item_id] += len(event.delta)
            elif isinstance(event, ResponseCreated):
                self.begun += 1
            elif isinstance(event, ResponseDone):
                self.ended += 1
            elif isinstance(event, SessionCreated):
                self.began = True
            self.changed.set()


class _Sender:
    """Sends one cue after the other, each when it is time and what it needs is there."""

    def __init__(
        self,
        script: Script,
        session: _Session,
        log: EventLog,
        speed: float | None,
        patience: float,
        sleep: Callable[[float], Awaitable[object]],
    ) -> None:
        self._script = script
        self._session = session
        self._log = log
        self._speed = speed
        self._patience = patience
        self._sleep = sleep
        self._begin = 0.0
        """The clock's reading at which the recording's time began, as far as it is late by now."""

    async def run(self) -> None:
        """Send everything, then wait until it is answered."""
        session = self._session
        await self._until(lambda: session.began)
        self._begin = self._log.clock()
        for seq in self._script.unreadable:
            self._leave_out(seq, "?", "it is no event of the protocol")
        for cue in self._script.cues:
            await self._in_time(cue)
            if not await self._until(lambda cue=cue: self._is_due(cue)):
                self._log.mark("lab.overdue", of=cue.seq)
            event = self._as_sent(cue)
            if event is not None:
                session.wire.send(event)
        await self._until(lambda: session.ended >= self._script.responses and not session.answers)

    async def _in_time(self, cue: Cue) -> None:
        if self._speed is None:
            return
        early = self._begin + cue.at / self._speed - self._log.clock()
        if early > 0:
            await self._sleep(early)
        else:
            # What waited for the service moves all that follows: pauses keep their length.
            self._begin -= early

    def _is_due(self, cue: Cue) -> bool:
        session, event = self._session, cue.event
        if isinstance(event, InputAudioBufferAppend) and self._speed is not None:
            return True  # a microphone waits for nobody
        if session.ended < cue.ended:
            return False
        if isinstance(event, ResponseCreate):
            return not session.answers
        if not isinstance(event, ResponseCancel | ItemTruncate) and session.names.knows(event):
            return True
        # It is about an answer that is under way, or has yet to begin.
        if session.begun < cue.begun:
            return False
        return not session.answers or self._is_far_enough(event)

    def _is_far_enough(self, event: ClientEvent) -> bool:
        session = self._session
        if not session.names.knows(event):
            return False
        if not isinstance(event, ItemTruncate):
            return True
        named = session.names.rewritten(event)
        return session.received_ms(named.item_id) >= event.audio_end_ms

    def _as_sent(self, cue: Cue) -> ClientEvent | None:
        """The event for the new session; ``None`` where it has no meaning there."""
        session = self._session
        if isinstance(cue.event, ResponseCancel) and not session.answers:
            return self._leave_out(cue.seq, cue.event.type, "the response was over already")
        try:
            event = session.names.rewritten(cue.event)
        except UnknownName as unknown:
            why = f"this session has nothing that stands for {unknown.name}"
            return self._leave_out(cue.seq, cue.event.type, why)
        if isinstance(event, ItemTruncate):
            received = session.received_ms(event.item_id)
            if not received:
                return self._leave_out(cue.seq, event.type, "nothing of the item was received")
            return replace(event, audio_end_ms=min(event.audio_end_ms, received))
        return replace(event)

    def _leave_out(self, seq: int, kind: str, why: str) -> None:
        self._log.mark("lab.not_resent", of=seq, kind=kind, why=why)

    async def _until(self, holds: Callable[[], bool]) -> bool:
        """Wait until something holds; false if nothing comes of the service for too long."""
        changed = self._session.changed
        while not holds():
            changed.clear()
            try:
                await asyncio.wait_for(changed.wait(), self._patience)
            except TimeoutError:
                return False
        return True
