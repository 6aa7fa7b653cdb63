"""The service's side of a recorded connection, and what of the client it waits for. No I/O."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from ..errors import InvalidEvent
from ..eventlog import LogEntry, Mark
from ..protocol import (
    CLIENT_EVENTS,
    ClientEvent,
    Dialect,
    InputAudioBufferAppend,
    InputAudioBufferCommitted,
    SpeechStarted,
    SpeechStopped,
    UnknownEvent,
    dialect_named,
)
from .comparison import compare

__all__ = ["ABNORMAL", "Difference", "Step", "Tape", "connections"]

ABNORMAL = 1006
_DECIDED_BY_AUDIO = (SpeechStarted, SpeechStopped, InputAudioBufferCommitted)


@dataclass(frozen=True, slots=True)
class Difference:
    """Where a client does not do what the recorded one did.

    ``kind`` is ``unexpected`` (it sends what the other did not), ``missing`` (it does not send what
    the other did), ``different`` (other fields, or other audio) or ``refused`` (no event of the
    protocol). ``seq`` is the place in the recording that it is compared with; -1 where there is
    none.
    """

    kind: str
    seq: int
    type: str
    told: str

    def __str__(self) -> str:
        place = f"event {self.seq}, " if self.seq >= 0 else ""
        return f"{self.kind}: {place}{self.type}: {self.told}"


@dataclass(frozen=True, slots=True)
class Step:
    """An event of the service: its place and its time in the recording, and its JSON text."""

    seq: int
    at: float
    data: bytes


class Tape:
    """Serves one recorded connection to a client, step by step.

    `due` gives the events that may go out: all up to the first that came after something of the
    client which has not come yet. Audio is waited for only where the microphone decided what came:
    at the beginning and the end of speech. What a client sends is compared with the next recorded
    event of its type, audio sample by sample whatever the size of its pieces. Event ids are the
    client's own; where the service repeated one, the new one stands.
    """

    def __init__(self, entries: Sequence[LogEntry], spoken: Dialect) -> None:
        self.spoken = spoken
        """The dialect of the recording."""
        self.differences: list[Difference] = []
        self._steps: list[LogEntry] = []
        self._expected: dict[str, list[LogEntry]] = {}
        self._unmatched: dict[int, LogEntry] = {}
        self._audio = bytearray()
        self._audio_before: dict[int, int] = {}
        """Bytes of the microphone that came before an event which they decided, by its place."""
        self._heard = 0
        self._audio_differs = False
        self._names: dict[str, str] = {}
        self._next = 0
        self.reached = entries[0].at
        """Time in the recording of what decided last that it could go on."""
        self.lost_with: int | None = None
        """The code with which the connection was lost; ``None`` where it was not."""
        for entry in entries:
            self._take(entry)

    def _take(self, entry: LogEntry) -> None:
        event = entry.event
        if isinstance(event, Mark):
            self.lost_with = event.data.get("code") or ABNORMAL
        elif entry.direction == "received":
            self._steps.append(entry)
            if isinstance(event, _DECIDED_BY_AUDIO):
                self._audio_before[entry.seq] = len(self._audio)
        elif isinstance(event, InputAudioBufferAppend):
            self._audio += event.audio
        elif isinstance(event, CLIENT_EVENTS):
            self._expected.setdefault(event.type, []).append(entry)
            self._unmatched[entry.seq] = entry

    def __len__(self) -> int:
        """Events of the service."""
        return len(self._steps)

    @property
    def is_over(self) -> bool:
        """Whether everything was served."""
        return self._next == len(self._steps)

    @property
    def waits_for(self) -> str:
        """What the next event waits for, in words; empty where it waits for nothing."""
        if self.is_over:
            return ""
        step = self._steps[self._next]
        lacking = [e.type for e in self._unmatched.values() if e.seq < step.seq]
        if lacking:
            return lacking[0]
        audio = self._audio_before.get(step.seq, 0) - self._heard
        return f"{audio} bytes of audio" if audio > 0 else ""

    def due(self) -> Iterator[Step]:
        """The events that may go out now, in order; each is given once."""
        while not self.is_over and not self.waits_for:
            entry = self._steps[self._next]
            self._next += 1
            yield Step(entry.seq, entry.at, self._renamed(entry.data))

    def sent(self, event: ClientEvent) -> None:
        """The client sent this."""
        if isinstance(event, InputAudioBufferAppend):
            self._compare_audio(event.audio)
            return
        waiting = self._expected.get(event.type)
        if not waiting:
            self._differ("unexpected", -1, event.type, "the recorded client sent no such event")
            return
        recorded = waiting.pop(0)
        self._unmatched.pop(recorded.seq, None)
        self.reached = recorded.at
        compared = compare(recorded.event, event)  # type: ignore[arg-type]
        self._names.update(compared.names)
        for told in compared.fields:
            self._differ("different", recorded.seq, event.type, told)

    def refused(self, refusal: InvalidEvent) -> None:
        """The client sent what is no event of its dialect."""
        self._differ("refused", -1, "?", str(refusal))

    def give_up_waiting(self) -> None:
        """Go on without what the client was to send before the next event."""
        if self.is_over:
            return
        step = self._steps[self._next]
        for seq, entry in list(self._unmatched.items()):
            if seq < step.seq:
                self._miss(entry)
        before = self._audio_before.get(step.seq, 0)
        if before > self._heard:
            self._differ(
                "missing",
                step.seq,
                InputAudioBufferAppend.type,
                f"{self._heard:,} of {before:,} bytes of audio came before {step.type}",
            )
            self._audio_before[step.seq] = 0
        self.reached = step.at

    def finish(self) -> None:
        """The client is gone: what it did not send is missing."""
        for entry in list(self._unmatched.values()):
            self._miss(entry)

    def _miss(self, entry: LogEntry) -> None:
        del self._unmatched[entry.seq]
        self._expected[entry.type].remove(entry)
        self._differ("missing", entry.seq, entry.type, "it was not sent")

    def _compare_audio(self, pcm: bytes) -> None:
        recorded = self._audio[self._heard : self._heard + len(pcm)]
        if pcm[: len(recorded)] != recorded and not self._audio_differs:
            self._audio_differs = True
            self._differ(
                "different",
                -1,
                InputAudioBufferAppend.type,
                f"other samples between bytes {self._heard:,} and {self._heard + len(pcm):,}",
            )
        self._heard += len(pcm)

    def _renamed(self, data: bytes) -> bytes:
        if not any(name.encode() in data for name in self._names):
            return data
        return msgspec.json.encode(_with_names(msgspec.json.decode(data), self._names))

    def _differ(self, kind: str, seq: int, type: str, told: str) -> None:
        self.differences.append(Difference(kind, seq, type, told))


def connections(entries: Iterable[LogEntry], dialect: str) -> list[Tape]:
    """The connections of a recording, in order.

    ``dialect`` is that of the first; a mark ``lab.connected`` names that of the connection that
    follows it.
    """
    found: list[tuple[str, list[LogEntry]]] = [(dialect, [])]
    for entry in entries:
        if isinstance(entry.event, Mark):
            if entry.type == "lab.connected":
                found.append((entry.event.data.get("dialect") or found[-1][0], []))
            elif entry.type == "lab.connection_lost":
                found[-1][1].append(entry)
        elif not (entry.direction == "sent" and isinstance(entry.event, UnknownEvent)):
            found[-1][1].append(entry)
    return [Tape(said, dialect_named(spoken)) for spoken, said in found if said]


def _with_names(value: Any, names: dict[str, str]) -> Any:
    match value:
        case str():
            return names.get(value, value)
        case list():
            return [_with_names(inner, names) for inner in value]
        case dict():
            return {key: _with_names(inner, names) for key, inner in value.items()}
    return value
