"""Images in messages: their size and what they cost to read.

The embedded brain does not see them. Tokens follow the tile rule of the gpt-4o family (OpenAI,
images guide): 85, and in high detail 170 more for each tile of 512 pixels after the image was
fitted into 2048 × 2048 and its shorter side brought down to 768. That the realtime models count the
same way is an assumption.
"""

from __future__ import annotations

import base64
import binascii
import math
import re
import struct

__all__ = ["image_size", "image_tokens", "read_data_uri"]

_DATA_URI = re.compile(r"data:image/(png|jpe?g);base64,(.+)", re.DOTALL | re.IGNORECASE)
_PNG = b"\x89PNG\r\n\x1a\n"
_BASE, _TILE = 85, 170
_UNKNOWN_SIZE = (1024, 1024)
_START_OF_FRAME = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}


def read_data_uri(url: str) -> bytes | None:
    """The bytes of a PNG or JPEG given as ``data:image/…;base64,…``; ``None`` for anything else."""
    found = _DATA_URI.fullmatch(url)
    if found is None:
        return None
    try:
        data = base64.b64decode(found[2], validate=True)
    except binascii.Error:
        return None
    return data if data.startswith((_PNG, b"\xff\xd8")) else None


def image_size(data: bytes) -> tuple[int, int] | None:
    """Width and height in pixels of a PNG or JPEG, ``None`` where they cannot be read."""
    if data.startswith(_PNG) and len(data) >= 24:
        width, height = struct.unpack(">II", data[16:24])
        return (width, height) if width and height else None
    return _jpeg_size(data)


def image_tokens(url: str, detail: str = "auto") -> int:
    """Tokens of an image; ``detail`` is "low", "high" or "auto", which is high."""
    if detail == "low":
        return _BASE
    size = image_size(read_data_uri(url) or b"") or _UNKNOWN_SIZE
    fitted = _scaled(size, 2048 / max(size))
    width, height = _scaled(fitted, 768 / min(fitted))
    return _BASE + _TILE * math.ceil(width / 512) * math.ceil(height / 512)


def _scaled(size: tuple[int, int], factor: float) -> tuple[int, int]:
    factor = min(1.0, factor)
    return max(1, round(size[0] * factor)), max(1, round(size[1] * factor))


def _jpeg_size(data: bytes) -> tuple[int, int] | None:
    """Walk the segments up to the frame header, which holds the size."""
    at = 2
    while data.startswith(b"\xff\xd8") and at + 9 <= len(data) and data[at] == 0xFF:
        if data[at + 1] in _START_OF_FRAME:
            height, width = struct.unpack(">HH", data[at + 5 : at + 9])
            return (width, height) if width and height else None
        at += 2 + int.from_bytes(data[at + 2 : at + 4])
    return None
