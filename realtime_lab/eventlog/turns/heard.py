"""What a listener had of the model's speech, read from the entries of a turn."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from ...protocol import (
    ItemDeleted,
    ItemRetrieved,
    ItemTruncated,
    OutputAudioDelta,
    OutputTextDelta,
    OutputTextDone,
    OutputTranscriptDelta,
    OutputTranscriptDone,
    item_text,
)
from ..entry import LogEntry, Mark
from ..publishing.formats import PCM16, Formats, SampleFormat

__all__ = ["Heard", "Spoken", "SpokenItems", "Word", "estimate", "spoken", "words"]


@dataclass(frozen=True, slots=True)
class Heard:
    """Words that were heard.

    ``method`` is ``whole`` (nothing was cut off), ``service`` (the service itself tells what is
    left of a truncated item) or ``estimated``; then ``error_ms`` is how far from the truth the end
    may be (see `estimate`).
    """

    text: str
    method: str
    error_ms: int = 0


@dataclass
class Spoken:
    """One item that the model said or wrote.

    ``pieces`` are its words as they came, each with the length of the item's audio that had come
    before it, in ms. ``heard_ms`` is what of it was played when it was cut off, ``truncated_ms``
    where the service cut it, ``believed_ms`` what the service has confirmed to be left of it; each
    is ``None`` where there was no such thing.
    """

    item_id: str
    response_id: str
    pieces: list[tuple[str, int]] = field(default_factory=list)
    parts: dict[int, str] = field(default_factory=dict)
    """The words of each content part."""
    audio_bytes: int = 0
    format: SampleFormat = PCM16
    heard_ms: int | None = None
    truncated_ms: int | None = None
    believed_ms: int | None = None
    told: str | None = None

    @property
    def said(self) -> str:
        """All its words."""
        return " ".join(text.strip() for text in self.parts.values() if text.strip())

    @property
    def sent_ms(self) -> int:
        """Length of the audio that was received, whether or not it was played."""
        return self.audio_bytes * 1000 // (self.format.width * self.format.rate)

    @property
    def heard(self) -> Heard:
        """The words that were heard."""
        cut = self.truncated_ms if self.heard_ms is None else self.heard_ms
        return Heard(self.said, "whole") if cut is None else self.heard_within(cut)

    def heard_within(self, heard_ms: int) -> Heard:
        """The words that are heard if the first ``heard_ms`` of its speech are."""
        if heard_ms >= self.sent_ms > 0:
            return Heard(self.said, "whole")
        if self.told is not None:
            return Heard(self.told, "service")
        return estimate(self.pieces or [(self.said, 0)], self.sent_ms, heard_ms)


@dataclass(frozen=True, slots=True)
class Word:
    """One word of a text that was spoken, and where in the audio it is by the method of `words`.

    ``end`` is where it ends in the text, in characters.
    """

    text: str
    end: int
    start_ms: float
    end_ms: float

    @property
    def middle_ms(self) -> float:
        return (self.start_ms + self.end_ms) / 2


def words(pieces: list[tuple[str, int]], sent_ms: int) -> tuple[list[Word], int]:
    """Where the words of a text are in its ``sent_ms`` of speech, and how surely, in ms.

    No service tells when each word is said. Two things are known: a word's text comes no later
    than its sound, so that it is not said before the place in the audio at which its text came;
    and the whole text fills the whole audio, so that at an even pace each word has its place. The
    later of the two counts, for the middle of each word. The error is how far the two are apart at
    most: 0 where text and audio come hand in hand at an even pace, much where the text runs ahead.
    """
    text = "".join(piece for piece, _ in pieces)
    starts: list[tuple[int, int]] = []
    length = 0
    for piece, came_at in pieces:
        starts.append((length, came_at))
        length += len(piece)
    found: list[Word] = []
    error, index = 0.0, 0
    for word in re.finditer(r"\S+", text):
        middle = (word.start() + word.end()) / 2
        while index + 1 < len(starts) and starts[index + 1][0] <= word.start():
            index += 1
        came_at = starts[index][1]
        even = sent_ms * middle / length
        error = max(error, abs(even - came_at))
        half = sent_ms * len(word[0]) / length / 2
        at = max(even, came_at)
        found.append(Word(word[0], word.end(), at - half, at + half))
    return found, round(error)


def estimate(pieces: list[tuple[str, int]], sent_ms: int, heard_ms: int) -> Heard:
    """The words that were heard in the first ``heard_ms`` of ``sent_ms`` of speech.

    A word was heard if its middle was, by the method of `words`.
    """
    text = "".join(piece for piece, _ in pieces)
    if heard_ms <= 0 or not text.strip():
        return Heard("", "estimated")
    placed, error = words(pieces, sent_ms)
    end = max((word.end for word in placed if word.middle_ms <= heard_ms), default=0)
    return Heard(text[:end].strip(), "estimated", error)


class SpokenItems:
    """Follows what the model says and writes, item by item.

    ``formats`` must have taken an entry before `apply` takes its event.
    """

    def __init__(self, formats: Formats) -> None:
        self.items: dict[str, Spoken] = {}
        """By their ids, in the order in which they began."""
        self._formats = formats

    def apply(self, event: object) -> None:
        """Take the next event into account."""
        items = self.items
        match event:
            case OutputTranscriptDelta() | OutputTextDelta():
                item = self._item(event)
                item.pieces.append((event.delta, item.sent_ms))
                before = item.parts.get(event.content_index, "")
                item.parts[event.content_index] = before + event.delta
            case OutputTranscriptDone():
                self._item(event).parts[event.content_index] = event.transcript
            case OutputTextDone():
                self._item(event).parts[event.content_index] = event.text
            case OutputAudioDelta():
                self._item(event).audio_bytes += len(event.delta)
            case ItemTruncated() if event.item_id in items:
                item = items[event.item_id]
                item.believed_ms = item.truncated_ms = event.audio_end_ms
            case ItemDeleted() if event.item_id in items:
                items[event.item_id].believed_ms = 0
            case ItemRetrieved() if event.item.id in items:
                item = items[str(event.item.id)]
                if item.believed_ms is not None:
                    item.told = item_text(event.item) or None
            case Mark(type="lab.interrupted") if event.data.get("item_id") in items:
                items[event.data["item_id"]].heard_ms = int(event.data["heard_ms"])

    def _item(
        self,
        event: OutputTranscriptDelta
        | OutputTranscriptDone
        | OutputTextDelta
        | OutputTextDone
        | OutputAudioDelta,
    ) -> Spoken:
        item = self.items.get(event.item_id)
        if item is None:
            format = self._formats.of("model", event.response_id)
            item = Spoken(event.item_id, event.response_id, format=format)
            self.items[event.item_id] = item
        return item


def spoken(entries: Iterable[LogEntry]) -> list[Spoken]:
    """The model's items, in the order in which they began."""
    formats = Formats()
    items = SpokenItems(formats)
    for entry in entries:
        formats.apply(entry)
        items.apply(entry.event)
    return list(items.items.values())
