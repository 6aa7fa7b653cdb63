"""The fallback where no socket to the kernel can be opened: frames over the notebook's channel."""

from __future__ import annotations

from collections.abc import Callable

from .framing import Frame, encode_frame

__all__ = ["CommLink"]

_CHUNK_BYTES = 4_800
"""100 ms: Jupyter drops messages beyond a thousand a second and every one costs the page time."""


class CommLink:
    """Sends frames through `send_buffers`, audio in chunks of at least 100 ms.

    `send_buffers` hands encoded frames to one page; it may be called from the session's thread.
    """

    def __init__(self, send_buffers: Callable[[list[bytes]], None]) -> None:
        self._send_buffers = send_buffers
        self._waiting: Frame | None = None

    def send(self, frame: Frame) -> None:
        """Send a frame, after the audio that waits for more of its kind."""
        waiting, self._waiting = self._waiting, None
        if waiting is None:
            frames = [frame]
        elif waiting.header == frame.header:
            frames = [Frame(frame.header, waiting.pcm + frame.pcm)]
        else:
            frames = [waiting, frame]
        if 0 < len(frames[-1].pcm) < _CHUNK_BYTES:
            self._waiting = frames.pop()
        if frames:
            self._send_buffers([encode_frame(each) for each in frames])

    def drop_audio(self) -> None:
        """Forget the audio that waits for more."""
        self._waiting = None
