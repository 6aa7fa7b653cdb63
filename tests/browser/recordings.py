"""Logs to inspect, made in the kernel of a test."""

from __future__ import annotations

import numpy as np

from realtime_lab.audio import RATE
from realtime_lab.eventlog import PLAYBACK_STARTED, EventLog
from realtime_lab.protocol import (
    ContentPart,
    InputAudioBufferAppend,
    InputAudioBufferCommitted,
    InputTranscriptionCompleted,
    ItemAdded,
    Message,
    OutputAudioDelta,
    OutputAudioDone,
    OutputTranscriptDelta,
    OutputTranscriptDone,
    Response,
    ResponseCreated,
    ResponseDone,
    SpeechStarted,
    SpeechStopped,
)
from tests.eventlog.made import Recorder
from tests.eventlog.talks import VAD, session

SPOKEN = ("How is the weather in Paris?", "Write to jane.doe@example.org, please.")
ANSWERS = ("In Paris the sun is shining.", "I will do that.")


def tone(seconds: float, hertz: float) -> bytes:
    """A sine at half of full scale."""
    steps = np.arange(round(seconds * RATE)) * (2 * np.pi * hertz / RATE)
    return (16_000 * np.sin(steps)).astype(np.int16).tobytes()


def a_talk(*, audible: bool = True) -> EventLog:
    """Two turns of three seconds: a tone of the user, one of the model."""
    made = Recorder()
    made.at(0.0, session(VAD))
    made.at(0.01, "lab.started")
    for turn in range(2):
        _turn(made, turn, 0.1 + 3 * turn, audible)
    made.at(6.2, "lab.closed")
    return made.log


def a_silent_talk() -> EventLog:
    """The same without a sample that is not zero."""
    return a_talk(audible=False)


def nothing() -> EventLog:
    """A log in which nothing has happened."""
    return EventLog()


def a_long_talk() -> EventLog:
    """60,000 events, most of them pieces of streams."""
    made = Recorder()
    audio = InputAudioBufferAppend(audio=bytes(960))
    data = made.dialect.encode_client(audio)
    for number in range(60_000):
        made.clock.now = made.start + number / 50
        if number % 100 == 99:
            made.at(number / 50, ItemAdded(item=_message(f"u{number}", f"Thing {number}")))
        else:
            made.log.record("sent", audio, data)
    return made.log


def _turn(made: Recorder, turn: int, start: float, audible: bool) -> None:
    user, model, response = f"item_u{turn}", f"item_m{turn}", f"resp_{turn}"
    place = {"response_id": response, "item_id": model}
    heard = tone(0.02, 440) if audible else bytes(960)
    for step in range(50):
        made.at(start + step / 50, InputAudioBufferAppend(audio=heard))
        if step == 10:
            started = round(1000 * turn + 100)
            made.at(start + 0.2, SpeechStarted(item_id=user, audio_start_ms=started))
    made.at(start + 1.0, SpeechStopped(item_id=user, audio_end_ms=1000 * turn + 1000))
    made.at(start + 1.01, InputAudioBufferCommitted(item_id=user))
    made.at(start + 1.02, ItemAdded(item=Message(id=user, role="user", content=[])))
    made.at(start + 1.1, ResponseCreated(response=_response(response, "in_progress")))
    made.at(start + 1.12, ItemAdded(item=Message(id=model, role="assistant", content=[])))
    words = ANSWERS[turn].split(" ")
    for step in range(10):
        at = start + 1.15 + step / 50
        if step < len(words):
            made.at(at, OutputTranscriptDelta(**place, delta=f"{words[step]} "))
        spoken = tone(0.1, 660) if audible else bytes(4800)
        made.at(at, OutputAudioDelta(**place, delta=spoken))
        if step == 2:
            made.at(at, PLAYBACK_STARTED, item_id=model, response_id=response)
            made.at(at, InputTranscriptionCompleted(item_id=user, transcript=SPOKEN[turn]))
    made.at(start + 1.4, OutputAudioDone(**place))
    made.at(start + 1.41, OutputTranscriptDone(**place, transcript=ANSWERS[turn]))
    made.at(start + 1.45, ResponseDone(response=_response(response, "completed")))


def _response(name: str, status: str) -> Response:
    return Response(id=name, status=status, conversation_id="conv_1")  # type: ignore[arg-type]


def _message(name: str, text: str) -> Message:
    return Message(id=name, role="user", content=[ContentPart(type="input_text", text=text)])
