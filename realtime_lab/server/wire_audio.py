"""The audio formats of the wire, and 24 kHz PCM16 inside."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from ..audio import (
    RATE,
    Resampler,
    Samples,
    decode_alaw,
    decode_ulaw,
    encode_alaw,
    encode_ulaw,
    pcm_to_samples,
    samples_to_pcm,
)

__all__ = ["WireDecoder", "WireEncoder", "in_deltas", "wire_rate"]

_TELEPHONE = 8_000
_DECODE: dict[str, Callable[[bytes], Samples]] = {
    "audio/pcmu": decode_ulaw,
    "audio/pcma": decode_alaw,
}
_ENCODE: dict[str, Callable[[Samples], bytes]] = {
    "audio/pcmu": encode_ulaw,
    "audio/pcma": encode_alaw,
}
_FIRST_DELTA = RATE * 2 * 60 // 1000
_NEXT_DELTA = RATE * 2 * 200 // 1000


def wire_rate(kind: str) -> int:
    """Bytes a second of a format such as ``audio/pcm``."""
    return _TELEPHONE if kind in _DECODE else RATE * 2


class WireDecoder:
    """Reads a stream of the user's audio; appends may cut it anywhere."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self._decode = _DECODE.get(kind)
        self._resampler = Resampler(_TELEPHONE, RATE) if self._decode else None
        self._odd = b""

    def feed(self, audio: bytes) -> bytes:
        """The next bytes of the stream as PCM16 at 24 kHz."""
        if self._decode and self._resampler:
            return samples_to_pcm(self._resampler.feed(self._decode(audio)))
        audio = self._odd + audio if self._odd else audio
        if len(audio) % 2:
            audio, self._odd = audio[:-1], audio[-1:]
        else:
            self._odd = b""
        return audio

    def finish(self) -> bytes:
        """What resampling still holds back; the next `feed` begins another stream."""
        return samples_to_pcm(self._resampler.finish()) if self._resampler else b""


class WireEncoder:
    """Writes a stream of the model's audio."""

    def __init__(self, kind: str) -> None:
        self._encode = _ENCODE.get(kind)
        self._resampler = Resampler(RATE, _TELEPHONE) if self._encode else None

    def feed(self, pcm: bytes) -> bytes:
        """PCM16 at 24 kHz in the format of the wire."""
        if self._encode and self._resampler:
            return self._encode(self._resampler.feed(pcm_to_samples(pcm)))
        return pcm

    def finish(self) -> bytes:
        """The rest of the stream."""
        if self._encode and self._resampler:
            return self._encode(self._resampler.finish())
        return b""


def in_deltas(pcm: bytes, *, first: bool) -> Iterator[bytes]:
    """Cut speech into deltas of at most 200 ms, the ``first`` of a message at most 60 ms."""
    start = 0
    while start < len(pcm):
        size = _FIRST_DELTA if first and start == 0 else _NEXT_DELTA
        yield pcm[start : start + size]
        start += size
