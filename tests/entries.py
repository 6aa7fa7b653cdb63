"""Log entries made by hand, for what follows events without I/O."""

from __future__ import annotations

import itertools
from typing import Any

from realtime_lab.eventlog import LogEntry, Mark
from realtime_lab.protocol import (
    AudioConfig,
    AudioInput,
    ClientEvent,
    ErrorDetails,
    ErrorEvent,
    FunctionCall,
    FunctionCallOutput,
    InputAudioBufferCommitted,
    InputTranscriptionCompleted,
    ItemCreate,
    OutputAudioDelta,
    OutputTranscriptDelta,
    Response,
    ResponseCreate,
    ResponseCreated,
    ResponseDone,
    ServerVad,
    SessionConfig,
    SpeechStarted,
    SpeechStopped,
    StatusDetails,
    TranscriptionConfig,
)

HANDS_FREE = SessionConfig(
    type="realtime",
    audio=AudioConfig(
        input=AudioInput(
            turn_detection=ServerVad(), transcription=TranscriptionConfig(model="whisper-1")
        )
    ),
)


class Stream:
    """Turns events into entries, a hundredth of a second apart."""

    def __init__(self) -> None:
        self._numbers = itertools.count()

    def __call__(self, event: Any) -> LogEntry:
        number = next(self._numbers)
        direction = (
            "local"
            if isinstance(event, Mark)
            else "sent"
            if isinstance(event, ClientEvent)
            else "received"
        )
        return LogEntry(seq=number, at=number / 100, direction=direction, event=event, text=b"{}")


def created(response_id: str) -> ResponseCreated:
    return ResponseCreated(
        response=Response(id=response_id, status="in_progress", conversation_id="conv_1")
    )


def done(
    response_id: str, status: Any = "completed", output: Any = (), reason: str = ""
) -> ResponseDone:
    details = StatusDetails(type=status, reason=reason) if reason else None
    return ResponseDone(
        response=Response(
            id=response_id,
            status=status,
            status_details=details,
            output=list(output),
            conversation_id="conv_1",
        )
    )


def audio(response_id: str, item_id: str, milliseconds: int = 100) -> OutputAudioDelta:
    return OutputAudioDelta(
        response_id=response_id, item_id=item_id, delta=b"\x10\x00" * (24 * milliseconds)
    )


def words(response_id: str, item_id: str, text: str) -> OutputTranscriptDelta:
    return OutputTranscriptDelta(response_id=response_id, item_id=item_id, delta=text)


def speech(item_id: str) -> list[Any]:
    """A user's utterance as the service reports it, up to its commit."""
    return [
        SpeechStarted(item_id=item_id, audio_start_ms=0),
        SpeechStopped(item_id=item_id, audio_end_ms=1000),
        InputAudioBufferCommitted(item_id=item_id),
    ]


def heard(item_id: str, text: str) -> InputTranscriptionCompleted:
    return InputTranscriptionCompleted(item_id=item_id, transcript=text)


def ask(event_id: str = "ask_1") -> ResponseCreate:
    return ResponseCreate(event_id=event_id)


def call(name: str = "add", call_id: str = "call_1", arguments: str = "{}") -> FunctionCall:
    return FunctionCall(id=f"item_{call_id}", name=name, call_id=call_id, arguments=arguments)


def output(call_id: str = "call_1") -> ItemCreate:
    return ItemCreate(
        event_id=f"out_{call_id}", item=FunctionCallOutput(call_id=call_id, output="3")
    )


def error(event_id: str, code: str | None = None, message: str = "no") -> ErrorEvent:
    return ErrorEvent(error=ErrorDetails(message=message, code=code, event_id=event_id))
