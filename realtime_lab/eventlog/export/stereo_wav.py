"""A sound file with both sides of a talk."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from ...audio import RATE
from ...errors import LogError

if TYPE_CHECKING:
    from ..log import EventLog

__all__ = ["stereo_wav"]

_HEADER = 44
_LARGEST = 2**32 - 1
_AT_ONCE = 30 * RATE


def stereo_wav(log: EventLog) -> Iterator[bytes]:
    """PCM16 at 24 kHz, the user left and the model right, from the start of the log on.

    Both are as `EventLog.audio` has them. What is in voices is not redacted.

    Raises:
        LogError: where the log records no audio, or more than a WAV file can hold (about 12 h).
    """
    if not log.record_audio:
        raise LogError("the log records no audio (record_audio=False), so none can be exported")
    left, right = log.audio("user").samples, log.audio("model").samples
    size = 4 * left.size
    if size + _HEADER > _LARGEST:
        raise LogError("a WAV file holds no more than 4 GiB, and the log is longer than that")
    yield b"RIFF" + struct.pack("<I", size + _HEADER - 8) + b"WAVEfmt "
    yield struct.pack("<IHHIIHH", 16, 1, 2, RATE, 4 * RATE, 4, 16)
    yield b"data" + struct.pack("<I", size)
    for first in range(0, left.size, _AT_ONCE):
        last = first + _AT_ONCE
        frames = np.stack((left[first:last], right[first:last]), axis=1)
        yield frames.astype("<i2").tobytes()
