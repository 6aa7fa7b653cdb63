"""The samples of audio events, and their JSON text without them.

On the wire samples are base64 within the JSON, four thirds of their size. Here they are kept once,
as bytes in the event; the text has an empty string in their place, and is put together again when
somebody asks for it.
"""

from __future__ import annotations

import re
from binascii import b2a_base64
from typing import Any

from ...protocol import InputAudioBufferAppend, OutputAudioDelta

__all__ = [
    "INLINE",
    "base64_size",
    "is_audio",
    "joined",
    "place_of",
    "samples_of",
    "split",
    "with_samples",
]

INLINE = -1
"""The place of samples that are in the text, or are not there."""

_FIELDS = {
    InputAudioBufferAppend.type: ("audio", b'"audio"'),
    OutputAudioDelta.type: ("delta", b'"delta"'),
}
"""Events of nothing but audio, and the field that holds it."""
_OPENING = re.compile(rb'\s*:\s*"')


def is_audio(event: Any) -> bool:
    """Whether an event is of nothing but audio, and was understood."""
    named = _FIELDS.get(event.type)
    return named is not None and hasattr(event, named[0])


def samples_of(event: Any) -> bytes:
    """The samples of an audio event, as they were on the wire; empty for any other event."""
    named = _FIELDS.get(event.type)
    # One that was not understood may have the name, and has no field.
    return getattr(event, named[0], b"") if named is not None else b""


def with_samples(event: Any, pcm: bytes) -> None:
    """Give an audio event its samples."""
    setattr(event, _FIELDS[event.type][0], pcm)


def split(event: Any, data: bytes) -> tuple[bytes, int]:
    """The text of an event without its samples, and where in it their base64 belongs.

    ``event`` must be what ``data`` means. Where `joined` could not give back exactly the same
    bytes (base64 may be spelt in more than one way), the text stays as it is: `INLINE`.
    """
    named = _FIELDS.get(event.type)
    if named is None:
        return data, INLINE
    field, key = named
    pcm = getattr(event, field, None)
    place = _place(data, key)
    if pcm is None or place < 0:
        return data, INLINE
    end = place + base64_size(len(pcm))
    before, after = data[:place], data[end:]
    if b"\\" in before or (after != b'"}' and _may_say_otherwise(after, key)):
        return data, INLINE
    # The string that begins here is the only one that can have been read as the field, and ends
    # where the one canonical spelling does. What may differ are bits that its last characters have
    # beyond the last byte.
    rest = len(pcm) % 3
    if rest and data[end - 4 : end] != b2a_base64(pcm[-rest:], newline=False):
        return data, INLINE
    return before + after, place


def joined(text: bytes, place: int, pcm: bytes) -> bytes:
    """The text as on the wire, from what `split` gave."""
    return b"".join((text[:place], b2a_base64(pcm, newline=False), text[place:]))


def place_of(event: Any, text: bytes) -> int:
    """Where samples belong in the text of an audio event without them, as `split` found it."""
    named = _FIELDS.get(event.type)
    return INLINE if named is None else _place(text, named[1])


def base64_size(count: int) -> int:
    """Characters of so many bytes."""
    return (count + 2) // 3 * 4


def _place(text: bytes, key: bytes) -> int:
    """Where the string begins that follows the first key of that name."""
    found = text.find(key)
    if found < 0:
        return INLINE
    found += len(key)
    if text.startswith(b':"', found):
        return found + 2
    opening = _OPENING.match(text, found)
    return INLINE if opening is None else opening.end()


def _may_say_otherwise(after: bytes, key: bytes) -> bool:
    return after[:1] != b'"' or b"\\" in after or key in after
