"""When the words of a span were said: estimates, as no service tells it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from ..turns.heard import words
from .timeline import Span, Timeline

__all__ = ["SpokenWord", "voices", "word_times"]


@dataclass(frozen=True, slots=True)
class SpokenWord:
    """A word, and when it was said, in seconds from the start of the log."""

    text: str
    start: float
    end: float


def voices(timeline: Timeline) -> list[Span]:
    """Who speaks when, as in the audio of the log: spans of the lanes ``user`` and ``model``.

    The model's speech is where it was played; what nobody listened to is where it came, for as long
    as it takes to say, each item after the one before it. What was typed or written is a moment,
    and what was interrupted before anybody heard it is left out.
    """
    found = timeline.lane("user")
    played = {span.item_id: span for span in timeline.lane("played")}
    for span in timeline.lane("sent"):
        item = timeline.spoken.get(span.item_id or "")
        sounds = timeline.sounds.get(span.item_id or "")
        if span.item_id in played:
            found.append(replace(played[span.item_id], lane="model"))
        elif sounds is not None:
            found.append(replace(span, lane="model", start=sounds[0], end=sounds[1]))
        elif item is None or not item.audio_bytes:
            found.append(replace(span, lane="model", end=span.start))
    return sorted(found, key=lambda span: span.start)


def word_times(span: Span, timeline: Timeline) -> tuple[list[SpokenWord], float]:
    """The words of a span of `voices`, and how far from the truth a time may be, in seconds.

    The model's words are placed as `heard.words` does. The user's are spread at an even pace, so
    that all that is sure of one is that it lies within the span.
    """
    end = timeline.seconds if span.end is None else span.end
    said = span.text.split()
    item = timeline.spoken.get(span.item_id or "") if span.lane == "model" else None
    placed, error = words(item.pieces, item.sent_ms) if item and item.sent_ms else ([], 0)
    placed = placed[: len(said)]
    if [word.text for word in placed] != said:
        length = round(1000 * (end - span.start))
        placed, error = words([(span.text, 0)], length)[0], length
    found: list[SpokenWord] = []
    at = span.start
    for word in placed:
        start = min(max(span.start + word.start_ms / 1000, at), end)
        at = min(max(span.start + word.end_ms / 1000, start), end)
        found.append(SpokenWord(word.text, start, at))
    return found, error / 1000
