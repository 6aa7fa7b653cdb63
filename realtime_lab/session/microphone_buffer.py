"""The user's audio that no turn has taken yet, kept so that another connection can hear it."""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar

import msgspec

from ..audio import RATE
from ..protocol import (
    InputAudioBufferCommitted,
    InputTranscriptionCompleted,
    ServerEvent,
    SpeechStarted,
    SpeechStopped,
    UnknownEvent,
)

__all__ = ["Kept", "MicrophoneBuffer"]

SECOND = RATE * 2
_MS = SECOND // 1000
_PADDING = 300 * _MS
"""Kept from before the moment at which a service says that speech began."""


class _Piece(msgspec.Struct, gc=False):
    """Audio, or the end of a push-to-talk turn where ``pcm`` is empty.

    ``start`` counts all bytes that a microphone ever gave.
    """

    start: int
    pcm: bytes
    sent: bool

    @property
    def end(self) -> int:
        return self.start + len(self.pcm)


@dataclass(frozen=True, slots=True)
class Kept:
    """What is to be sent again or for the first time, in order.

    ``pieces`` are audio of at most a second, or nothing for a commit, each with whether it was
    sent before. ``dropped_ms`` is audio of this turn that no longer fitted into the bound.
    """

    pieces: list[tuple[bytes, bool]]
    dropped_ms: int

    @property
    def again_ms(self) -> int:
        """Audio that was sent before."""
        return sum(len(pcm) for pcm, sent in self.pieces if sent) // _MS

    @property
    def late_ms(self) -> int:
        """Audio that was recorded while there was no connection."""
        return sum(len(pcm) for pcm, sent in self.pieces if not sent) // _MS


class MicrophoneBuffer:
    """Keeps the last ``seconds`` of audio that is in no turn; the oldest goes first.

    A service does not acknowledge audio, so all that was not committed counts as unheard when a
    connection is lost: silence that is sent again harms nobody. Audio is 24 kHz PCM16.
    """

    CONCERNS: ClassVar = frozenset(
        {
            SpeechStarted.type,
            SpeechStopped.type,
            InputAudioBufferCommitted.type,
            InputTranscriptionCompleted.type,
        }
    )

    def __init__(self, seconds: float) -> None:
        self._bound = int(seconds * RATE) * 2
        self._pieces: deque[_Piece] = deque()
        self._bytes = 0
        self._position = 0
        self._base = 0
        """Where the audio of this connection began."""
        self._owed_from: int | None = None
        """Where that began which was never sent, once the connection is lost."""
        self._speech: tuple[int, int | None] | None = None
        self._turn_from = 0
        self._utterances: OrderedDict[str, bytes] = OrderedDict()

    @property
    def hears_speech(self) -> bool:
        """Whether the service told that somebody speaks, and has not committed that yet."""
        return self._speech is not None

    @property
    def utterances(self) -> dict[str, bytes]:
        """Audio of the last turns whose words are not written down, by item."""
        return dict(self._utterances)

    def add(self, pcm: bytes, *, sent: bool) -> None:
        """More audio."""
        size = len(pcm)
        self._pieces.append(_Piece(self._position, pcm, sent))
        self._position += size
        self._bytes += size
        while self._bytes > self._bound:
            self._bytes -= len(self._pieces.popleft().pcm)

    def commit(self, *, sent: bool) -> None:
        """A push-to-talk turn ends here."""
        self._pieces.append(_Piece(self._position, b"", sent))

    def clear(self) -> None:
        """The audio that is in no turn was thrown away on purpose."""
        self._forget(lambda piece: True)

    def apply(self, event: ServerEvent | UnknownEvent) -> None:
        """Take an event of the service into account."""
        match event:
            case SpeechStarted():
                self._speech = (self._base + event.audio_start_ms * _MS, None)
            case SpeechStopped() if self._speech is not None:
                self._speech = (self._speech[0], self._base + event.audio_end_ms * _MS)
            case InputAudioBufferCommitted():
                self._committed(event.item_id)
            case InputTranscriptionCompleted():
                self._utterances.pop(event.item_id, None)

    def lost(self) -> None:
        """The connection is gone: from now on audio is added as not sent."""
        self._owed_from = self._position

    def take(self, *, hands_free: bool) -> Kept:
        """Everything kept, which now goes over a new connection; it is kept on as sent there."""
        owed = self._turn_from if not hands_free else self._owed_from
        if hands_free and self._speech is not None:
            owed = min(self._speech[0], self._position if owed is None else owed)
        first = self._pieces[0].start if self._pieces else self._position
        dropped = 0 if owed is None else max(0, first - owed)
        taken = _joined(self._pieces)
        self._base = first
        self._owed_from = self._speech = None
        self._turn_from = max(self._turn_from, first)
        for piece in self._pieces:
            piece.sent = True
        return Kept(taken, dropped // _MS)

    def late(self) -> list[tuple[bytes, bool]]:
        """What was never sent, which now goes over the same connection."""
        late = [piece for piece in self._pieces if not piece.sent]
        taken = _joined(late)
        for piece in late:
            piece.sent = True
        return taken

    def _committed(self, item_id: str) -> None:
        end = self._end_of_turn()
        begin = self._speech[0] - _PADDING if self._speech else self._turn_from
        said = [p for p in self._pieces if p.start < end and p.end > begin]
        self._utterances[item_id] = b"".join(p.pcm for p in said)
        while sum(map(len, self._utterances.values())) > self._bound:
            self._utterances.popitem(last=False)
        self._speech = None
        self._forget(lambda piece: piece.end <= end)

    def _end_of_turn(self) -> int:
        marker = next((p for p in self._pieces if not p.pcm and p.sent), None)
        if marker is not None:
            return marker.start
        stopped = self._speech[1] if self._speech else None
        return self._position if stopped is None else stopped

    def _forget(self, is_over: Callable[[_Piece], bool]) -> None:
        while self._pieces and is_over(self._pieces[0]):
            self._bytes -= len(self._pieces.popleft().pcm)
        self._turn_from = self._pieces[0].start if self._pieces else self._position


def _joined(pieces: Any) -> list[tuple[bytes, bool]]:
    joined: list[tuple[bytes, bool]] = []
    parts: list[bytes] = []
    size, sent = 0, True

    def flush() -> None:
        nonlocal size
        if parts:
            joined.append((b"".join(parts), sent))
        parts.clear()
        size = 0

    for piece in pieces:
        if not piece.pcm:
            flush()
            joined.append((b"", piece.sent))
            continue
        if piece.sent != sent or size + len(piece.pcm) > SECOND:
            flush()
            sent = piece.sent
        parts.append(piece.pcm)
        size += len(piece.pcm)
    flush()
    return joined
