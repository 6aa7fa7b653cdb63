"""Both sides of a talk as samples on the log's axis."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

import numpy as np

from ...audio import RATE, Samples, decode_alaw, decode_ulaw, pcm_to_samples, resample
from ...protocol import (
    AudioFormat,
    InputAudioBufferAppend,
    OutputAudioDelta,
    SessionCreated,
    SessionUpdated,
)
from ..timeline import Timeline
from ..word_times import voices

if TYPE_CHECKING:
    from ..log import EventLog

__all__ = ["placed"]

G711_RATE = 8000
_DECODERS: dict[str, Callable[[bytes], Samples]] = {
    "audio/pcm": lambda pcm: pcm_to_samples(pcm[: len(pcm) // 2 * 2]),
    "audio/pcmu": lambda pcm: _of_g711(decode_ulaw(pcm)),
    "audio/pcma": lambda pcm: _of_g711(decode_alaw(pcm)),
}


def placed(log: EventLog, timeline: Timeline) -> tuple[Samples, Samples]:
    """The samples of the user and of the model, from the start of the log, equally long.

    What the user sent begins when it was sent, or where the piece before it ends; the model's
    speech is where the spans of `voices` are.
    """
    user: list[tuple[int, Samples]] = []
    items: dict[str, list[Samples]] = {}
    heard = said = "audio/pcm"
    end = 0
    for entry in log:
        match entry.event:
            case SessionCreated() | SessionUpdated():
                audio = entry.event.session.audio or None
                heard = _format(audio.input.format if audio and audio.input else None, heard)
                said = _format(audio.output.format if audio and audio.output else None, said)
            case InputAudioBufferAppend():
                samples = _DECODERS[heard](entry.event.audio)
                start = max(round(log.elapsed(entry) * RATE), end)
                end = start + samples.size
                user.append((start, samples))
            case OutputAudioDelta():
                items.setdefault(entry.event.item_id, []).append(_DECODERS[said](entry.event.delta))
    model: list[tuple[int, Samples]] = []
    for span in voices(timeline):
        pieces = items.get(span.item_id or "") if span.lane == "model" else None
        if pieces:
            samples = np.concatenate(pieces)
            if span.end is not None:
                samples = samples[: round((span.end - span.start) * RATE)]
            model.append((round(span.start * RATE), samples))
    ends = (start + samples.size for start, samples in (*user, *model))
    length = max((round(timeline.seconds * RATE), *ends))
    return _on_axis(user, length), _on_axis(model, length)


def _on_axis(pieces: Iterable[tuple[int, Samples]], length: int) -> Samples:
    whole = np.zeros(length, np.int16)
    for start, samples in pieces:
        whole[start : start + samples.size] = samples
    return whole


def _format(told: AudioFormat | object, before: str) -> str:
    return told.type if isinstance(told, AudioFormat) else before


def _of_g711(samples: Samples) -> Samples:
    return resample(samples, G711_RATE, RATE)
