"""Turns that the user ends, by a button: what was said since the last one."""

from __future__ import annotations

from collections.abc import Callable

from ..audio import RATE
from ..protocol import (
    ClientEvent,
    InputAudioBufferClear,
    InputAudioBufferCommit,
    ResponseCreate,
)

__all__ = ["PushToTalk"]

SHORTEST_TURN = RATE * 2 // 10
"""Bytes of the 100 ms below which a service refuses to commit."""


class PushToTalk:
    """Counts the audio that is in no turn yet, and makes a turn of it."""

    def __init__(
        self,
        *,
        send: Callable[[ClientEvent], object],
        ask: Callable[[ResponseCreate], object],
        mark: Callable[..., object],
        may_answer: Callable[[], bool],
    ) -> None:
        self._send = send
        self._ask = ask
        self._mark = mark
        self._may_answer = may_answer
        self._bytes = 0

    @property
    def has_audio(self) -> bool:
        """Whether there is any."""
        return self._bytes > 0

    def add(self, pcm: bytes) -> None:
        """More of the user's audio."""
        self._bytes += len(pcm)

    def committed(self, _: object = None) -> None:
        """The service took what there was into a turn."""
        self._bytes = 0

    def commit(self) -> bool:
        """Make a turn of it and ask for its answer.

        Returns whether there was one: less than 100 ms of audio is none, and is marked
        ``lab.nothing_said``; what would not be answered is forgotten.
        """
        if self._bytes < SHORTEST_TURN:
            self._mark("lab.nothing_said")
            return False
        if not self._may_answer():
            self.discard()
            return False
        self._bytes = 0
        self._send(InputAudioBufferCommit())
        self._ask(ResponseCreate())
        return True

    def discard(self) -> None:
        """Forget it."""
        self._bytes = 0
        self._send(InputAudioBufferClear())
