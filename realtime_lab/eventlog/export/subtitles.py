"""Subtitles: SubRip (``.srt``) and WebVTT (``.vtt``)."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from typing import TYPE_CHECKING

from ..timeline.timeline import timeline
from .cues import Cue, cues

if TYPE_CHECKING:
    from ..log import EventLog

__all__ = ["srt", "webvtt"]

_ESTIMATED = (
    "No service tells when a word is said. Where a long utterance is cut into cues, the cuts are "
    "estimates; a note before each tells how far they may be off."
)


def srt(log: EventLog) -> Iterator[bytes]:
    """SubRip subtitles of both sides, each cue with its speaker's name.

    The format has no place for a note: cuts within an utterance are estimates (see `webvtt`).
    """
    for number, cue in enumerate(cues(timeline(log, shown=True)), start=1):
        text = "\n".join(cue.lines)
        times = f"{_clock(cue.start, ',')} --> {_clock(_end(cue), ',')}"
        yield f"{number}\n{times}\n{cue.speaker}: {text}\n\n".encode()


def webvtt(log: EventLog) -> Iterator[bytes]:
    """WebVTT subtitles of both sides (W3C), the speakers as voices: ``<v User>``."""
    yield f"WEBVTT\n\nNOTE {_ESTIMATED}\n\n".encode()
    noted = 0.0
    for number, cue in enumerate(cues(timeline(log, shown=True)), start=1):
        if cue.error and cue.error != noted:
            yield f"NOTE Estimated, within {1000 * cue.error:.0f} ms.\n\n".encode()
        noted = cue.error
        text = "\n".join(escape(line, quote=False) for line in cue.lines)
        times = f"{_clock(cue.start, '.')} --> {_clock(_end(cue), '.')}"
        yield f"{number}\n{times}\n<v {cue.speaker}>{text}\n\n".encode()


def _end(cue: Cue) -> float:
    """Where a cue ends: players drop one that takes no time."""
    return max(cue.end, cue.start + 0.001)


def _clock(seconds: float, mark: str) -> str:
    minutes, milliseconds = divmod(round(1000 * max(seconds, 0.0)), 60_000)
    hours, minutes = divmod(minutes, 60)
    seconds, milliseconds = divmod(milliseconds, 1000)
    return f"{hours:02}:{minutes:02}:{seconds:02}{mark}{milliseconds:03}"
