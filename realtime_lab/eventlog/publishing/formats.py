"""The formats of the samples in a log."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar, NamedTuple

from ...audio import RATE, Samples, decode_alaw, decode_ulaw, pcm_to_samples, resample
from ...protocol import (
    AudioConfig,
    AudioFormat,
    ResponseCreated,
    SessionCreated,
    SessionUpdated,
)
from ..entry import LogEntry
from ..recording.files import SIDES, Side

__all__ = ["PCM16", "Formats", "SampleFormat"]


class SampleFormat(NamedTuple):
    """``pcm`` (16 bit, little-endian), ``ulaw`` or ``alaw``.

    ``rate`` is in samples per second, ``width`` in bytes of a sample.
    """

    name: str
    rate: int
    width: int

    def seconds(self, count: int) -> float:
        """How long so many bytes sound."""
        return count / (self.width * self.rate)

    def samples(self, pcm: bytes) -> Samples:
        """The samples at 24 kHz; half a sample at the end is left out."""
        return resample(_DECODERS[self.name](pcm), self.rate, RATE)


PCM16 = SampleFormat("pcm", RATE, 2)
_ULAW, _ALAW = SampleFormat("ulaw", 8000, 1), SampleFormat("alaw", 8000, 1)
_DECODERS: dict[str, Callable[[bytes], Samples]] = {
    "pcm": lambda pcm: pcm_to_samples(pcm[: len(pcm) & -2]),
    "ulaw": decode_ulaw,
    "alaw": decode_alaw,
}


class Formats:
    """Knows the format of audio events, from the entries before them."""

    CONCERNS: ClassVar = frozenset({SessionCreated.type, SessionUpdated.type, ResponseCreated.type})

    def __init__(self) -> None:
        self._sides: dict[Side, SampleFormat] = dict.fromkeys(SIDES, PCM16)
        self._responses: dict[str, SampleFormat] = {}

    def apply(self, entry: LogEntry) -> None:
        """Take the next entry into account."""
        event = entry.event
        if isinstance(event, SessionCreated | SessionUpdated):
            for side in SIDES:
                told = _told(event.session.audio, side)
                if told is not None:
                    self._sides[side] = told
        elif isinstance(event, ResponseCreated):
            told = _told(event.response.audio, "model")
            if told is not None:
                self._responses[event.response.id] = told

    def of(self, side: Side, response_id: str = "") -> SampleFormat:
        """The format that samples of a side have now, in a response where they are of one."""
        return self._responses.get(response_id, self._sides[side])


def _told(config: AudioConfig | object, side: Side) -> SampleFormat | None:
    if not isinstance(config, AudioConfig):
        return None
    half = config.input if side == "user" else config.output
    told = half.format if half else None
    if not isinstance(told, AudioFormat):
        return None
    if told.type == "audio/pcmu":
        return _ULAW
    if told.type == "audio/pcma":
        return _ALAW
    return SampleFormat("pcm", told.rate, 2) if told.rate else PCM16
