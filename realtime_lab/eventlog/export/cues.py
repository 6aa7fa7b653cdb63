"""Speech cut into what can be read at once: the cues of subtitles."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ..timeline.timeline import Span, Timeline
from ..timeline.word_times import SpokenWord, voices, word_times

__all__ = ["SPEAKERS", "Cue", "cues"]

SPEAKERS = {"user": "User", "model": "Model"}
LINE = 42
"""Characters of a line; a cue has two (the usual measure of broadcasters)."""
LONGEST_SECONDS = 7.0
SHORTEST_SECONDS = 1.0
READ_PER_SECOND = 17
"""Characters that a reader takes in: for what was typed, and so is not heard."""
_ENDS = (".", "?", "!", "…", "。", "？", "！")


@dataclass(frozen=True, slots=True)
class Cue:
    """A text of at most two lines, from ``start`` to ``end`` in seconds.

    ``error`` is how far from the truth its times may be, 0 where they are those of the speech
    itself.
    """

    start: float
    end: float
    speaker: str
    lines: tuple[str, ...]
    error: float = 0.0


def cues(timeline: Timeline) -> list[Cue]:
    """What both sides said and wrote, in the order in which it began."""
    found: list[Cue] = []
    for span in voices(timeline):
        if span.text.strip():
            found.extend(_cues(span, timeline))
    return sorted(found, key=lambda cue: (cue.start, cue.end))


def _cues(span: Span, timeline: Timeline) -> Iterator[Cue]:
    speaker = SPEAKERS[span.lane]
    if span.end == span.start:
        for start, end, text in _read(span):
            yield Cue(start, end, speaker, _lines(text))
        return
    spoken, error = word_times(span, timeline)
    groups = list(_groups(spoken))
    end = timeline.seconds if span.end is None else span.end
    starts = [span.start, *(group[0].start for group in groups[1:])]
    ends = [*starts[1:], end]
    error = error if len(groups) > 1 else 0.0
    for group, start, end in zip(groups, starts, ends, strict=True):
        yield Cue(start, end, speaker, _lines(" ".join(word.text for word in group)), error)


def _read(span: Span) -> Iterator[tuple[float, float, str]]:
    """What was written, as long as it takes to read."""
    at = span.start
    words = [SpokenWord(word, 0.0, 0.0) for word in span.text.split()]
    for group in _groups(words):
        text = " ".join(word.text for word in group)
        end = at + max(len(text) / READ_PER_SECOND, SHORTEST_SECONDS)
        yield at, end, text
        at = end


def _groups(spoken: list[SpokenWord]) -> Iterator[list[SpokenWord]]:
    """Words that are shown together."""
    group: list[SpokenWord] = []
    length = 0
    for word in _short(spoken):
        is_full = length + 1 + len(word.text) > 2 * LINE
        is_long = bool(group) and word.end - group[0].start > LONGEST_SECONDS
        ends = bool(group) and length > LINE / 2 and group[-1].text.endswith(_ENDS)
        if group and (is_full or is_long or ends):
            yield group
            group, length = [], 0
        group.append(word)
        length += len(word.text) + bool(length)
    if group:
        yield group


def _short(spoken: list[SpokenWord]) -> Iterator[SpokenWord]:
    """The words, those cut that fill no line: scripts without spaces have no shorter ones."""
    for word in spoken:
        count = len(word.text)
        seconds = word.end - word.start
        for first in range(0, count, LINE):
            last = min(first + LINE, count)
            yield SpokenWord(
                word.text[first:last],
                word.start + seconds * first / count,
                word.start + seconds * last / count,
            )


def _lines(text: str) -> tuple[str, ...]:
    """The text in one line, or in two of about the same length."""
    if len(text) <= LINE:
        return (text,)
    spaces = [index for index, sign in enumerate(text) if sign == " "]
    if not spaces:
        return (text,)
    middle = min(spaces, key=lambda index: abs(index - len(text) / 2))
    return (text[:middle], text[middle + 1 :])
