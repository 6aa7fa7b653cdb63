"""Hashes by which others can tell that they have the same log and the same audio."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Literal

from ..protocol import InputAudioBufferAppend, OutputAudioDelta
from .leaving import leaving

if TYPE_CHECKING:
    from .log import EventLog

__all__ = ["audio_sha256", "log_sha256"]


def log_sha256(log: EventLog) -> str:
    """SHA-256 of what the log says, whatever form it is kept in.

    Over all entries in order, each as the line ``SEQ AT DIRECTION EVENT``: ``AT`` in seconds from
    the start with six decimals, ``EVENT`` the JSON text, redacted, without samples.
    """
    digest = hashlib.sha256()
    for entry, text, _ in leaving(log, audio=False):
        place = (entry.seq, entry.at - log.start, entry.direction.encode())
        digest.update(b"%d %.6f %b " % place)
        digest.update(text)
        digest.update(b"\n")
    return digest.hexdigest()


def audio_sha256(log: EventLog, side: Literal["user", "model"]) -> str | None:
    """SHA-256 of all samples of one side as they were on the wire, one piece after the other.

    ``None`` where the log records no audio, and where that side has none.
    """
    digest = hashlib.sha256()
    is_empty = True
    for entry in log:
        event = entry.event
        if side == "user" and isinstance(event, InputAudioBufferAppend):
            pcm = event.audio
        elif side == "model" and isinstance(event, OutputAudioDelta):
            pcm = event.delta
        else:
            continue
        digest.update(pcm)
        is_empty = is_empty and not pcm
    return None if is_empty or not log.record_audio else digest.hexdigest()
