"""What makes a session repeat exactly: a clock of its own, and one step after the other."""

from __future__ import annotations

import asyncio
import json

from ..audio import pcm_seconds
from ..eventlog import EventLog
from ..protocol import (
    ClientEvent,
    InputAudioBufferAppend,
    OutputAudioDelta,
    ServerEvent,
    UnknownEvent,
)
from .endpoints import EndpointSource

__all__ = ["LockStep", "StepClock", "log_for"]

BEGIN = 1_727_740_800.0
"""1 October 2024, 00:00 UTC, as in the embedded server: every such log begins then."""
PATIENCE_SECONDS = 20.0
_STEP = 0.001
"""Seconds that an event takes."""
_PACE = 2.0
"""Seconds of speech that a model says in a second."""
_PROBE = "lab_probe_"


class StepClock:
    """A clock that goes on by what is sent and received: the reading is in seconds, from 0.

    Audio that is sent takes as long as it sounds, and every other event a millisecond. Speech that
    is received comes at twice its true speed, or while audio is sent.
    """

    def __init__(self) -> None:
        self._now = 0.0
        self._spoken_until = 0.0

    def __call__(self) -> float:
        return self._now

    def sent(self, event: ClientEvent) -> None:
        """An event goes out now."""
        is_audio = isinstance(event, InputAudioBufferAppend)
        self._now += pcm_seconds(event.audio) if is_audio else _STEP

    def received(self, event: ServerEvent | UnknownEvent) -> None:
        """An event has come in."""
        self._now += _STEP
        if isinstance(event, OutputAudioDelta):
            self._now = max(self._now, self._spoken_until)
            self._spoken_until = self._now + pcm_seconds(event.delta) / _PACE


class LockStep:
    """Tells when all has come that the events sent so far set off.

    After each event a question goes out that the service answers with an ``error`` once it has
    handled the event. Neither is written into the log. The service must answer each event to its
    end before it takes the next, as the embedded server does where a session has a seed.
    """

    def __init__(self, clock: StepClock) -> None:
        self.clock = clock
        self._asked = 0
        self._answered = 0
        self._received = 0
        self._changed = asyncio.Event()
        self._over = False

    def probe(self, *, run_on: bool = False) -> bytes:
        """The next question, to be sent.

        With ``run_on`` it tells that no audio follows for now, so that speech of the model which
        keeps pace with the user's audio comes to its end.
        """
        self._asked += 1
        question = (
            {"type": "conversation.item.retrieve", "item_id": "lab_nothing"}
            if run_on
            else {"type": "input_audio_buffer.append", "audio": "?"}
        )
        return json.dumps({**question, "event_id": f"{_PROBE}{self._asked}"}).encode()

    def takes(self, data: bytes) -> bool:
        """Whether this, which was received, is the answer to a question."""
        self._received += 1
        if _PROBE.encode() not in data:
            return False
        event = json.loads(data)
        about = (event.get("error") or {}).get("event_id") if event["type"] == "error" else None
        if not str(about).startswith(_PROBE):
            return False
        self._answered = int(str(about).removeprefix(_PROBE))
        self._changed.set()
        return True

    def end(self) -> None:
        """The connection is over: no more answers come."""
        self._over = True
        self._changed.set()

    async def settled(self) -> bool:
        """Wait until all questions are answered, or the connection is over.

        False when nothing at all has come for `PATIENCE_SECONDS`: an answer was lost on its way.
        """
        while self._answered < self._asked and not self._over:
            self._changed.clear()
            received = self._received
            try:
                await asyncio.wait_for(self._changed.wait(), PATIENCE_SECONDS)
            except TimeoutError:
                if self._received == received:
                    self._answered = self._asked
                    return False
        return True


def log_for(source: EndpointSource) -> EventLog:
    """An empty log for a session there, on the clock it needs."""
    if source.seed is None:
        return EventLog(dialect=source.dialect)
    return EventLog(clock=StepClock(), wall=lambda: BEGIN, dialect=source.dialect)
