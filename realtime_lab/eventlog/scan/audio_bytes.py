"""Whether bytes are sound, by how they begin."""

from __future__ import annotations

__all__ = ["is_sound"]

_SIGNS = (b"ID3", b"OggS", b"fLaC", b".snd", b"#!AMR", b"caff", b"\x1aE\xdf\xa3")
"""MP3 with tags, Ogg, FLAC, Sun, AMR, Core Audio, WebM."""
_CONTAINERS = {b"RIFF": b"WAVE", b"FORM": b"AIF", b"RF64": b"WAVE"}
_FRAMES = frozenset({b"\xff\xfb", b"\xff\xfa", b"\xff\xf3", b"\xff\xf2", b"\xff\xf1", b"\xff\xf9"})
"""How a frame begins of MPEG audio, layer III (of both versions), and of AAC."""


def is_sound(beginning: bytes) -> bool:
    """Whether a file of these first bytes is sound, or video that may hold some.

    Raw samples have no beginning of their own, so they are not recognised.
    """
    if beginning.startswith(_SIGNS) or beginning[4:8] == b"ftyp":
        return True
    kind = _CONTAINERS.get(beginning[:4])
    if kind is not None and beginning[8:].startswith(kind):
        return True
    return beginning[:2] in _FRAMES and beginning[2:3] not in (b"\xff", b"")
