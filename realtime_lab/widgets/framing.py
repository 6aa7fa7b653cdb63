"""The unit in which browser and kernel talk: a small JSON header, then audio.

A frame is a little-endian u16 with the length of the header, the header as a UTF-8 JSON object, and
PCM16 up to the end. Every path between browser and kernel carries the same bytes; the browser's
half is ``frontend/src/framing.ts``.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import msgspec

from ..errors import ProtocolError

__all__ = ["Frame", "decode_frame", "encode_frame"]

_PREFIX = 2
_encoder = msgspec.json.Encoder()
_decoder = msgspec.json.Decoder(dict[str, Any])


class Frame(NamedTuple):
    """A header, whose ``type`` says what it is about, and the audio that belongs to it."""

    header: dict[str, Any]
    pcm: bytes = b""

    @property
    def type(self) -> str:
        """What the frame is about; empty if its sender did not say."""
        return str(self.header.get("type", ""))


def encode_frame(frame: Frame) -> bytes:
    """The bytes of a frame; `ProtocolError` if its header is longer than 65,535 bytes."""
    header = _encoder.encode(frame.header)
    if len(header) > 0xFFFF:
        raise ProtocolError(
            f"a frame of type {frame.type!r} has a header of {len(header)} bytes, more than "
            "65,535: send it in parts"
        )
    return len(header).to_bytes(_PREFIX, "little") + header + frame.pcm


def decode_frame(data: bytes | memoryview) -> Frame:
    """The frame in `data`; `ProtocolError` if it is cut short or its header is no JSON object."""
    start = _PREFIX + int.from_bytes(data[:_PREFIX], "little")
    if len(data) < max(start, _PREFIX):
        raise ProtocolError(f"a frame of {len(data)} bytes ends inside its header")
    try:
        header = _decoder.decode(data[_PREFIX:start])
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise ProtocolError(f"the header of a frame is no JSON object: {error}") from error
    return Frame(header, bytes(data[start:]))
