"""When a voice begins to speak, and for how long."""

from __future__ import annotations

from .definitions import Family, Measure, Unknown, Values
from .utterance import Utterance

__all__ = ["TIMING"]


def _of(utterance: Utterance) -> Values:
    first, spoken = utterance.take.first_audio, utterance.sounding
    none = Unknown(utterance.silent_reason)
    return {
        "first_audio": Unknown("no audio came") if first is None else first,
        "duration": utterance.seconds,
        "speech_onset": spoken.begin if spoken else none,
        "speech_duration": spoken.end - spoken.begin if spoken else none,
    }


TIMING = Family(
    "Time",
    "The voice sounds where a frame (RMS of 10 ms, every 5 ms) lies no more than 25 dB below the "
    "99th percentile of the frames, and above -60 dBFS; what sounds for less than 100 ms on its "
    "own is left out. A recording with a noise floor less than 25 dB below its speech has no "
    "silence by this.",
    (
        Measure(
            "first_audio",
            "s",
            "Time from the request for a response to its first audio, as the client saw it.",
            "The event log of the session; network and queues included.",
        ),
        Measure(
            "duration",
            "s",
            "Length of the audio that came, silence at both ends included.",
            "Samples over sample rate.",
        ),
        Measure(
            "speech_onset",
            "s",
            "Silence at the beginning of the audio, before the voice first sounds.",
            "Threshold 25 dB below the loud frames: de Jong & Wempe (2009), Behavior Research "
            "Methods 41, 385.",
        ),
        Measure(
            "speech_duration",
            "s",
            "From where the voice first sounds to where it last sounds, pauses included.",
            "As `speech_onset`.",
        ),
    ),
    _of,
)
