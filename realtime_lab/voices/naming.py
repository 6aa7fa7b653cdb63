"""What a voice is called where several are compared."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

__all__ = ["Spoken", "voice_names"]


class Spoken(Protocol):
    """What is of a voice of a source: a take, or what was measured of one."""

    @property
    def source(self) -> str: ...
    @property
    def voice(self) -> str: ...


def voice_names(ones: Sequence[Spoken]) -> list[str]:
    """The voice of each; with its source, ``"gpt-realtime · alloy"``, where there are several."""
    several = len({one.source for one in ones}) > 1
    return [f"{one.source} · {one.voice}" if several else one.voice for one in ones]
