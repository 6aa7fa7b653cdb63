"""Who is connected now, what was counted, and how all of them are sent home.

Everything counted is read from the events as they pass, so that nothing else in the server has to
know of it. An event costs two or three additions.
"""

from __future__ import annotations

import asyncio
import time
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, ClassVar

from ..protocol import (
    ClientEvent,
    ErrorEvent,
    InputAudioBufferAppend,
    InputAudioBufferCommitted,
    OutputAudioDelta,
    ResponseCreated,
    ResponseDone,
    ServerEvent,
    SessionCreated,
    SessionUpdated,
    Usage,
)
from .wire_audio import wire_rate

__all__ = ["LATENCY_BOUNDS", "OpenSession", "Roster", "Tally"]

LATENCY_BOUNDS = (0.025, 0.05, 0.1, 0.2, 0.3, 0.5, 1.0, 2.0, 5.0)
"""Upper bounds, in seconds, of the buckets in which the latency of responses is counted."""


class Tally:
    """What all sessions of one deployment in one dialect add up to.

    ``sent`` and ``received`` count events by class, ``errors`` by code, ``responses`` by status,
    ``tokens`` by direction and kind. ``latencies`` has one bucket for each of `LATENCY_BOUNDS` and
    one for what is longer; ``latency_seconds`` is their sum. Audio is in seconds.
    """

    def __init__(self, deployment: str, dialect: str) -> None:
        self.deployment = deployment
        self.dialect = dialect
        self.sessions = 0
        self.sent: dict[type[ServerEvent], int] = defaultdict(int)
        self.received: dict[type[ClientEvent], int] = defaultdict(int)
        self.errors: dict[str, int] = defaultdict(int)
        self.responses: dict[str, int] = defaultdict(int)
        self.tokens: dict[tuple[str, str], int] = defaultdict(int)
        self.audio_in = 0.0
        self.audio_out = 0.0
        self.latencies = [0] * (len(LATENCY_BOUNDS) + 1)
        self.latency_seconds = 0.0

    def add_latency(self, seconds: float) -> None:
        """Count the time from ``response.created`` to the first audio."""
        self.latencies[bisect_left(LATENCY_BOUNDS, seconds)] += 1
        self.latency_seconds += seconds

    def add_usage(self, usage: Usage) -> None:
        """Count the tokens of a response."""
        for direction, details in (
            ("input", usage.input_token_details),
            ("output", usage.output_token_details),
        ):
            if details:
                self.tokens[direction, "text"] += details.text_tokens
                self.tokens[direction, "audio"] += details.audio_tokens
        if usage.input_token_details:
            self.tokens["input", "image"] += usage.input_token_details.image_tokens or 0
            self.tokens["input", "cached"] += usage.input_token_details.cached_tokens


@dataclass(slots=True)
class _Running:
    """A response under way: since when, the bytes a second of its audio, and if there was any."""

    since: float
    rate: int
    silent: bool = True


class OpenSession:
    """A session that is open, as seen from outside: counted, and ended when the server stops.

    ``opened`` is the time by the server's clock. `received` and `sent` are told every event.
    """

    def __init__(self, tally: Tally, clock: Callable[[], float]) -> None:
        self.tally = tally
        self.opened = clock()
        self.id = ""
        self.turns = 0
        self.responses = 0
        self.bytes_in = 0
        self.bytes_out = 0
        self.end: Callable[[], object] | None = None
        """Ends the session soon; ``None`` while it cannot be ended."""
        self._clock = clock
        self._rate_in = wire_rate("audio/pcm")
        self._running: dict[str, _Running] = {}

    @property
    def responses_running(self) -> int:
        """How many responses are under way."""
        return len(self._running)

    def received(self, event: ClientEvent, size: int) -> None:
        """An event came that could be read, of so many bytes."""
        self.bytes_in += size
        self.tally.received[type(event)] += 1
        if isinstance(event, InputAudioBufferAppend):
            self.tally.audio_in += len(event.audio) / self._rate_in

    def sent(self, event: ServerEvent, size: int) -> None:
        """An event goes out, of so many bytes."""
        self.bytes_out += size
        kind = type(event)
        self.tally.sent[kind] += 1
        watch = self._WATCHED.get(kind)
        if watch is not None:
            watch(self, event)

    def _configured(self, event: SessionCreated | SessionUpdated) -> None:
        self.id = event.session.id or self.id
        audio = event.session.audio
        if audio and audio.input and audio.input.format:
            self._rate_in = wire_rate(audio.input.format.type)

    def _refused(self, event: ErrorEvent) -> None:
        self.tally.errors[event.error.code or event.error.type] += 1

    def _committed(self, event: InputAudioBufferCommitted) -> None:
        self.turns += 1

    def _response_created(self, event: ResponseCreated) -> None:
        self.responses += 1
        audio = event.response.audio
        known = audio and audio.output and audio.output.format
        rate = wire_rate(known.type if known else "audio/pcm")
        self._running[event.response.id] = _Running(self._clock(), rate)

    def _audio_said(self, event: OutputAudioDelta) -> None:
        running = self._running.get(event.response_id)
        if running is None:
            return
        self.tally.audio_out += len(event.delta) / running.rate
        if running.silent:
            running.silent = False
            self.tally.add_latency(self._clock() - running.since)

    def _response_done(self, event: ResponseDone) -> None:
        self._running.pop(event.response.id, None)
        self.tally.responses[event.response.status] += 1
        if event.response.usage is not None:
            self.tally.add_usage(event.response.usage)

    _WATCHED: ClassVar[dict[type[ServerEvent], Callable[[OpenSession, Any], None]]] = {
        SessionCreated: _configured,
        SessionUpdated: _configured,
        ErrorEvent: _refused,
        InputAudioBufferCommitted: _committed,
        ResponseCreated: _response_created,
        OutputAudioDelta: _audio_said,
        ResponseDone: _response_done,
    }


class Roster:
    """The open sessions of a server and what all its sessions were counted for.

    ``refused`` counts handshakes that got no session, by HTTP status. ``clock`` gives seconds.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._started = clock()
        self._open: set[OpenSession] = set()
        self._tallies: dict[tuple[str, str], Tally] = {}
        self._all_gone = asyncio.Event()
        self.refused: dict[int, int] = defaultdict(int)
        self.closing = False
        """Whether the server is stopping: sessions end, and none is opened."""

    def __iter__(self) -> Iterator[OpenSession]:
        """The open sessions, the oldest first."""
        return iter(sorted(self._open, key=lambda session: session.opened))

    @property
    def uptime(self) -> float:
        """Seconds since the server was set up."""
        return self._clock() - self._started

    @property
    def tallies(self) -> list[Tally]:
        """What was counted, for each deployment and dialect that was ever asked for."""
        return list(self._tallies.values())

    def age(self, session: OpenSession) -> float:
        """Seconds since the session was opened."""
        return self._clock() - session.opened

    def open(self, deployment: str, dialect: str) -> OpenSession:
        """Enter a session; `leave` takes it out."""
        place = (deployment, dialect)
        if place not in self._tallies:
            self._tallies[place] = Tally(deployment, dialect)
        tally = self._tallies[place]
        tally.sessions += 1
        session = OpenSession(tally, self._clock)
        self._open.add(session)
        return session

    def leave(self, session: OpenSession) -> None:
        """The session is over and its connection closed."""
        self._open.discard(session)
        if not self._open:
            self._all_gone.set()

    async def dismiss(self, seconds: float) -> None:
        """End all sessions and wait until they are gone, but no longer than that."""
        self.closing = True
        self._all_gone.clear()
        for session in self:
            if session.end is not None:
                session.end()
        if self._open:
            with suppress(TimeoutError):
                async with asyncio.timeout(seconds):
                    await self._all_gone.wait()
