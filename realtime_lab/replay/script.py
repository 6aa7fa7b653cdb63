"""What a client said in a recording, and what had come before each of it. No I/O, no clock."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ..audio import RATE
from ..eventlog import LogEntry, Mark
from ..protocol import (
    CLIENT_EVENTS,
    ClientEvent,
    InputAudioBufferAppend,
    ResponseCreated,
    ResponseDone,
    ServerEvent,
    SessionCreated,
    UnknownEvent,
)

__all__ = ["Cue", "Script"]

_NEW_CONNECTION = "lab.connected"
_RETOLD = frozenset({"lab.reconnected", "lab.recycled"})


@dataclass(frozen=True, slots=True)
class Cue:
    """An event of the client.

    ``at`` is in seconds after the first ``session.created``, ``seq`` its place in the recording;
    ``begun`` and ``ended`` are how many responses had begun and ended before it.
    """

    seq: int
    at: float
    event: ClientEvent
    begun: int
    ended: int


@dataclass(frozen=True, slots=True)
class Script:
    """All that a client said, in order.

    Left out is what only a change of connections made it say: the history as it was told to the
    new connection, and audio that was sent there a second time.

    ``answers`` are the events of the service, and ``responses`` how many responses ended.
    ``unreadable`` are the places of events that are none of the protocol.
    """

    cues: tuple[Cue, ...]
    answers: tuple[ServerEvent, ...]
    responses: int
    unreadable: tuple[int, ...]

    @classmethod
    def of(cls, entries: Iterable[LogEntry]) -> Script:
        """The script of a recording."""
        cues: list[Cue] = []
        answers: list[ServerEvent] = []
        unreadable: list[int] = []
        begun: float | None = None
        created, done, connections, again = 0, 0, 0, 0
        retelling = False
        for entry in entries:
            event = entry.event
            if isinstance(event, Mark):
                connections += event.type == _NEW_CONNECTION
                retelling = connections > 1 if event.type == _NEW_CONNECTION else retelling
                retelling = retelling and event.type not in _RETOLD
                if event.type == "lab.microphone":
                    again = int(event.data.get("again_ms", 0)) * RATE * 2 // 1000
            elif entry.direction == "received":
                if isinstance(event, SessionCreated) and begun is None:
                    begun = entry.at
                created += isinstance(event, ResponseCreated)
                done += isinstance(event, ResponseDone)
                if not isinstance(event, UnknownEvent):
                    answers.append(event)  # type: ignore[arg-type]
            elif isinstance(event, UnknownEvent):
                unreadable.append(entry.seq)
            elif isinstance(event, CLIENT_EVENTS) and not retelling:
                if isinstance(event, InputAudioBufferAppend) and again > 0:
                    again -= len(event.audio)
                    continue
                begun = entry.at if begun is None else begun
                cues.append(Cue(entry.seq, entry.at - begun, event, created, done))
        return cls(tuple(cues), tuple(answers), done, tuple(unreadable))
