"""What is to be known of the audio in a log without its samples."""

from __future__ import annotations

from typing import NamedTuple

from ..entry import LogEntry
from ..recording.files import Side, side_of
from ..recording.samples import is_audio

__all__ = ["AudioFact", "audio_fact"]


class AudioFact(NamedTuple):
    """An entry brings ``size`` bytes of audio of a side; the model's are of an item."""

    seq: int
    at: float
    side: Side
    size: int
    item_id: str = ""
    response_id: str = ""


def audio_fact(entry: LogEntry) -> AudioFact | None:
    """What an entry says of its audio; ``None`` if it has none."""
    if not is_audio(entry.event):
        return None
    return AudioFact(
        entry.seq,
        entry.at,
        side_of(entry.direction),
        len(entry.audio),
        getattr(entry.event, "item_id", ""),
        getattr(entry.event, "response_id", ""),
    )
