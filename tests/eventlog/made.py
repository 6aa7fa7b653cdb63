"""Logs made by hand, on a clock that is set by hand."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from realtime_lab.eventlog import EventLog, LogEntry
from realtime_lab.protocol import (
    CLIENT_EVENTS,
    GA,
    ClientEvent,
    ContentPart,
    Dialect,
    ErrorDetails,
    ErrorEvent,
    InputAudioBufferAppend,
    InputAudioBufferCommitted,
    ItemAdded,
    Message,
    OutputAudioDelta,
    OutputTranscriptDelta,
    OutputTranscriptDone,
    Response,
    ResponseCreate,
    ResponseCreated,
    ResponseDone,
    ServerEvent,
    SpeechStopped,
    dialect_named,
)


class Clock:
    """Seconds that pass only when told."""

    def __init__(self, now: float = 1000.0) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now


class Recorder:
    """A log and its clock; `at` records events at given times after the start."""

    def __init__(self, dialect: str = "ga", start: float = 1000.0) -> None:
        self.clock = Clock(start)
        self.start = start
        self.dialect: Dialect = dialect_named(dialect)
        self.log = EventLog(clock=self.clock, wall=lambda: 1_700_000_000.0, dialect=dialect)

    def at(self, seconds: float, *events: ServerEvent | ClientEvent | str, **data: Any) -> None:
        self.clock.now = self.start + seconds
        for event in events:
            if isinstance(event, str):
                self.log.mark(event, **data)
            elif isinstance(event, CLIENT_EVENTS):
                self.log.record("sent", event, self.dialect.encode_client(event))
            else:
                text = self.dialect.encode_server(event)
                assert text is not None
                self.log.record("received", self.dialect.decode_server(text), text)


PLACE: dict[str, Any] = {"response_id": "resp_1", "item_id": "item_a"}


def user_message(text: str) -> Message:
    return Message(id="item_u", role="user", content=[ContentPart(type="input_text", text=text)])


def conversation(dialect: str = "ga") -> Recorder:
    """One spoken turn with its answer, an error after it."""
    made = Recorder(dialect)
    for step in range(5):
        made.at(0.02 * step, InputAudioBufferAppend(audio=bytes(960)))
    made.at(0.10, "lab.speech_end", item_id="item_u")
    made.at(0.30, SpeechStopped(item_id="item_u", audio_end_ms=300))
    made.at(0.31, InputAudioBufferCommitted(item_id="item_u"))
    made.at(0.32, ItemAdded(item=user_message("Hello"), previous_item_id=None))
    made.at(0.40, ResponseCreated(response=Response(id="resp_1", status="in_progress")))
    made.at(0.50, OutputTranscriptDelta(**PLACE, delta="Hi "))
    made.at(0.52, OutputAudioDelta(**PLACE, delta=bytes(1920)))
    made.at(0.53, OutputTranscriptDelta(**PLACE, delta="<you>"))
    made.at(0.60, OutputAudioDelta(**PLACE, delta=bytes(1920)))
    made.at(0.60, "lab.playback_started", item_id="item_a")
    made.at(0.70, OutputTranscriptDone(**PLACE, transcript="Hi <you>"))
    made.at(0.80, ResponseDone(response=Response(id="resp_1", status="completed")))
    made.at(0.90, ErrorEvent(error=ErrorDetails(message="That was wrong.")))
    return made


def shape(entries: Iterable[LogEntry]) -> list[tuple[Any, ...]]:
    """What must survive a round trip, apart from times."""
    return [(e.seq, e.direction, e.type, e.event, e.data) for e in entries]


def events(log: EventLog, type: str) -> list[Any]:
    """The events of a type or a pattern, to be asked for any field."""
    return [entry.event for entry in log.events(type)]


__all__ = ["GA", "PLACE", "Clock", "Recorder", "ResponseCreate", "conversation", "events", "shape"]
