"""The audio of a session, addressed by milliseconds from its start."""

from __future__ import annotations

from ..audio import RATE

__all__ = ["InputBuffer"]

_BYTES_PER_SECOND = RATE * 2


class InputBuffer:
    """Keeps the newest audio of a session and cuts stretches out of it.

    Positions are milliseconds from the start of all audio ever appended, whatever was dropped
    since. At most ``keep_seconds`` are held; the oldest goes first.
    """

    def __init__(self, keep_seconds: float = 300.0) -> None:
        self._limit = round(keep_seconds * RATE) * 2
        self._pcm = bytearray()
        self._dropped = 0
        """Bytes that were appended and are no longer held."""

    def append(self, pcm: bytes) -> None:
        """Take more audio."""
        self._pcm += pcm
        self._drop(len(self._pcm) - self._limit)

    @property
    def start_ms(self) -> int:
        """Position of the oldest audio held, rounded up."""
        return -(-self._dropped * 1000 // _BYTES_PER_SECOND)

    @property
    def end_ms(self) -> int:
        """Position behind the newest audio, rounded down."""
        return (self._dropped + len(self._pcm)) * 1000 // _BYTES_PER_SECOND

    def cut(self, start_ms: int, end_ms: int | None = None) -> bytes:
        """A copy of the audio from ``start_ms`` up to ``end_ms`` (all that there is by default).

        What is no longer held, or not there yet, is left out.
        """
        start = max(self._offset(start_ms), 0)
        end = len(self._pcm) if end_ms is None else max(self._offset(end_ms), 0)
        return bytes(self._pcm[start:end])

    def drop_before(self, position_ms: int) -> None:
        """Let go of the audio before a position."""
        self._drop(self._offset(position_ms))

    def _offset(self, position_ms: int) -> int:
        return position_ms * RATE // 1000 * 2 - self._dropped

    def _drop(self, count: int) -> None:
        count = min(count, len(self._pcm))
        if count > 0:
            del self._pcm[:count]
            self._dropped += count
