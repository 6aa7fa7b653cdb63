"""What a transcriber and its worker process say to each other: framed messages on a pipe."""

from __future__ import annotations

import json
import struct
from enum import IntEnum
from typing import Any

__all__ = ["HEADER", "Kind", "pack", "pack_json", "unpack_header"]

HEADER = struct.Struct("<BII")
"""Kind, number (of the utterance, or of the result asked for), length of the payload."""


class Kind(IntEnum):
    """Messages to the worker are OPEN, AUDIO and RESULT; it answers the last two."""

    OPEN = 1
    """A new utterance; payload: JSON list of phrases."""
    AUDIO = 2
    """More of it; payload: PCM16 at 24 kHz."""
    RESULT = 3
    """To the worker: what was understood? From it: JSON ``text``, ``confidence``, ``phrase``."""
    PARTIAL = 4
    """An AUDIO was decoded; payload: the words so far, UTF-8."""
    READY = 5
    """The models are loaded."""
    FAILED = 6
    """The models could not be loaded; payload: why, in UTF-8. The worker ends."""


def pack(kind: Kind, number: int = 0, payload: bytes = b"") -> bytes:
    return HEADER.pack(kind, number, len(payload)) + payload


def pack_json(kind: Kind, number: int, value: Any) -> bytes:
    return pack(kind, number, json.dumps(value).encode())


def unpack_header(header: bytes) -> tuple[Kind, int, int]:
    kind, number, length = HEADER.unpack(header)
    return Kind(kind), number, length
