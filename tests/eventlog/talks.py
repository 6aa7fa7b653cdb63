"""A talk made by hand, with known times: for what is read from a log and written of it."""

from __future__ import annotations

from realtime_lab.protocol import (
    AudioConfig,
    AudioFormat,
    AudioInput,
    AudioOutput,
    InputAudioBufferAppend,
    InputAudioBufferCommitted,
    InputTranscriptionCompleted,
    OutputAudioDelta,
    OutputAudioDone,
    OutputTranscriptDelta,
    Response,
    ResponseCreated,
    ResponseDone,
    ServerVad,
    SessionConfig,
    SessionCreated,
    SpeechStarted,
    SpeechStopped,
    StatusDetails,
)

from .made import PLACE, Recorder

MS = 48


def session(detection: ServerVad | None = None, format: str = "audio/pcm") -> SessionCreated:
    sound = AudioFormat(type=format)  # type: ignore[arg-type]
    return SessionCreated(
        session=SessionConfig(
            type="realtime",
            audio=AudioConfig(
                input=AudioInput(turn_detection=detection, format=sound),
                output=AudioOutput(format=sound),
            ),
        )
    )


CANCELLED = StatusDetails(type="cancelled", reason="turn_detected")
VAD = ServerVad(prefix_padding_ms=300, silence_duration_ms=200)


def microphone(made: Recorder, begin: float, end: float, bytes_per_ms: int = MS) -> None:
    """Pieces of 20 ms, each sent when it was recorded."""
    for step in range(1, round((end - begin) / 0.02) + 1):
        made.at(begin + 0.02 * step, InputAudioBufferAppend(audio=bytes(20 * bytes_per_ms)))


def created(name: str = "resp_1") -> ResponseCreated:
    return ResponseCreated(response=Response(id=name, status="in_progress", conversation_id="c"))


def done(name: str = "resp_1", status: str = "completed", **more) -> ResponseDone:
    response = Response(id=name, status=status, conversation_id="c", **more)  # type: ignore[arg-type]
    return ResponseDone(response=response)


def spoken_turn(format: str = "audio/pcm", bytes_per_ms: int = MS) -> Recorder:
    """The microphone is on from 0.5 s on; somebody speaks from 1.0 to 2.0 s; 0.8 s of answer."""
    made = Recorder()
    made.at(0.1, session(VAD, format))
    microphone(made, 0.5, 1.1, bytes_per_ms)
    made.at(1.1, SpeechStarted(item_id="item_u", audio_start_ms=200))
    microphone(made, 1.1, 2.3, bytes_per_ms)
    made.at(2.3, SpeechStopped(item_id="item_u", audio_end_ms=1700))
    made.at(2.31, InputAudioBufferCommitted(item_id="item_u"))
    made.at(2.4, created())
    for step in range(4):
        at = 2.5 + 0.05 * step
        if step == 3:
            made.at(2.6, "lab.playback_started", item_id="item_a")
        made.at(at, OutputTranscriptDelta(**PLACE, delta=f"word{step} "))
        made.at(at, OutputAudioDelta(**PLACE, delta=bytes(200 * bytes_per_ms)))
    made.at(2.7, OutputAudioDone(**PLACE))
    made.at(2.71, done())
    made.at(2.8, InputTranscriptionCompleted(item_id="item_u", transcript=" What time is it? "))
    return made
