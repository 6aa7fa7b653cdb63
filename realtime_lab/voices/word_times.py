"""Where the words of a text are in the audio of a voice that says it, estimated."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise

import numpy as np

from ..audio import Clip
from .flag_runs import runs_of
from .letters import CHINESE_OR_JAPANESE

__all__ = ["SpokenWord", "split_words", "word_times"]

_WORD = re.compile(rf"[{CHINESE_OR_JAPANESE}][、。！？]?|[^\s{CHINESE_OR_JAPANESE}]+")
"""What stands between spaces; in Chinese and Japanese, which have none, a character."""
_SENTENCE_END = re.compile(r"[.!?;:…。！？—–][\"'”’)\]]*$")
_PHRASE_END = re.compile(r"[,、)\]][\"'”’]*$")

_FRAME = 0.01
_LEAST_PAUSE = 0.12
"""Shorter silences are closures of plosives more often than borders of words."""
_LEAST_SOUND = 0.03
_DIGIT_WEIGHT = 4
"""A digit is said as a word of about so many letters."""

_FAR, _FAR_FROM_PUNCTUATION = 6, 18
"""How many words from its even place a pause may be; further where the text has a mark."""
_MOST_SKIPPED = 4
"""How many pauses in a row may be laid on no border."""
_NO_MARK = 1.5
"""What a pause costs where the text has no mark; for the unit see `_Alignment`."""
_MISSED_SENTENCE, _MISSED_PHRASE = 2.0, 0.5
"""What a mark costs where there is no pause."""
_SKIPPED, _SKIPPED_SECOND = 0.5, 12.0
"""What a pause costs that is laid on no border, and each second of it beyond 0.15 s."""


@dataclass(frozen=True, slots=True)
class SpokenWord:
    """One word with its punctuation, and when it is said, in seconds; an estimate."""

    text: str
    start: float
    end: float


def split_words(text: str) -> list[str]:
    """The words of a text as they are placed, each with its punctuation."""
    return _WORD.findall(text)


def word_times(text: str, clip: Clip) -> tuple[SpokenWord, ...]:
    """When each word of ``text`` is said in ``clip``.

    No recogniser is asked. A word takes time in proportion to its letters, of the time in which
    the clip sounds. Pauses (0.12 s and more below the threshold of energy) are laid on borders of
    words: preferably where the text has punctuation, and so that the pace stays even. Beside the
    marks of the embedded voices half of the words are found to within 0.07 s, nine of ten to within
    0.2 s; nothing but the order is certain.
    """
    words = split_words(text)
    if not words:
        return ()
    stretches = _stretches(clip) or [(0.0, clip.seconds)]
    weights = [_weight(word) for word in words]
    before = [0.0, *accumulate(weights)]
    sounding = [0.0, *accumulate(end - start for start, end in stretches)]
    anchors = _Alignment(words, before, stretches, sounding).anchors()
    borders = np.interp(before, [before[word] for _, word in anchors], [at for at, _ in anchors])
    times = [
        (_real(start, stretches, sounding, late=True), _real(end, stretches, sounding, late=False))
        for start, end in pairwise(borders.tolist())
    ]
    return tuple(
        SpokenWord(word, start, max(start, end))
        for word, (start, end) in zip(words, times, strict=True)
    )


def _weight(word: str) -> float:
    letters = sum(_DIGIT_WEIGHT if c.isdigit() else 1 for c in word if c.isalnum())
    return 1.0 + letters


def _stretches(clip: Clip) -> list[tuple[float, float]]:
    """When the clip sounds: stretches with pauses between them, in seconds."""
    size = round(clip.rate * _FRAME)
    count = clip.samples.size // size
    if not count or clip.is_silent:
        return []
    frames = clip.samples[: count * size].reshape(count, size).astype(np.float64)
    level = 10 * np.log10(np.mean(np.square(frames), axis=1) + 1e-3)
    # Speech is rarely 40 dB below its loudest frame; noise of the room may be less far below.
    threshold = max(float(level.max()) - 40, min(float(np.percentile(level, 5)) + 8, level.max()))
    found: list[tuple[int, int]] = []
    for start, end in runs_of(level >= threshold):
        if found and (start - found[-1][1]) * _FRAME < _LEAST_PAUSE:
            found[-1] = (found[-1][0], end)
        elif (end - start) * _FRAME >= _LEAST_SOUND:
            found.append((start, end))
    return [(start * _FRAME, end * _FRAME) for start, end in found]


def _real(
    at: float, stretches: Sequence[tuple[float, float]], sounding: Sequence[float], *, late: bool
) -> float:
    """The time in the clip after so many seconds of sound; ``late`` means after a pause there."""
    slack = 1e-9 if late else -1e-9
    index = min(max(bisect_right(sounding, at + slack) - 1, 0), len(stretches) - 1)
    start, end = stretches[index]
    return min(start + at - sounding[index], end)


class _Alignment:
    """Lays pauses on borders of words at the least cost, by dynamic programming.

    Costs are without unit: 1 is about what one word too early or too late costs.
    """

    def __init__(
        self,
        words: Sequence[str],
        before: Sequence[float],
        stretches: Sequence[tuple[float, float]],
        sounding: Sequence[float],
    ) -> None:
        self._before = before
        self._count = len(words)
        self._pauses = [
            (at, later[0] - earlier[1])
            for at, (earlier, later) in zip(sounding[1:], pairwise(stretches), strict=False)
        ]
        self._total = sounding[-1]
        self._word = max(self._total / self._count, 1e-6)
        marks = [self._mark(word) for word in words[:-1]]
        self._marked = [False, *(mark > 0 for mark in marks)]
        self._missed = [0.0, *accumulate([0.0, *marks])]

    @staticmethod
    def _mark(word: str) -> float:
        if _SENTENCE_END.search(word):
            return _MISSED_SENTENCE
        return _MISSED_PHRASE if _PHRASE_END.search(word) else 0.0

    def anchors(self) -> list[tuple[float, int]]:
        """Seconds of sound, and how many words are said by then: begin, pauses, end."""
        # For each pause laid on a border: the least cost so far, and what was laid before it.
        reached: list[dict[int, tuple[float, tuple[int, int]]]] = [{0: (0.0, (-1, 0))}]
        times = [0.0, *(at for at, _ in self._pauses), self._total]
        skips = [0.0, *(_SKIPPED + _SKIPPED_SECOND * max(0.0, d - 0.15) for _, d in self._pauses)]
        for k in range(1, len(times)):
            is_end = k == len(times) - 1
            found: dict[int, tuple[float, tuple[int, int]]] = {}
            for border in [self._count] if is_end else self._borders(times[k]):
                own = 0.0 if is_end or self._marked[border] else _NO_MARK
                skipped = 0.0
                least = 0 if is_end else max(0, k - 1 - _MOST_SKIPPED)
                for j in range(k - 1, least - 1, -1):
                    for earlier, (cost, _) in reached[j].items():
                        if earlier >= border:
                            continue
                        whole = cost + own + skipped
                        whole += self._pace(times[j], times[k], earlier, border)
                        whole += self._missed[border] - self._missed[earlier + 1]
                        if border not in found or whole < found[border][0]:
                            found[border] = (whole, (j, earlier))
                    skipped += skips[j]
            reached.append(found)
        laid = [(self._total, self._count)]
        k, border = reached[-1][self._count][1]
        while k > 0:
            laid.append((times[k], border))
            k, border = reached[k][border][1]
        return [(0.0, 0), *reversed(laid)]

    def _borders(self, at: float) -> list[int]:
        even = at / self._total * self._before[-1]
        middle = bisect_right(self._before, even)
        near = range(max(1, middle - _FAR_FROM_PUNCTUATION), middle + _FAR_FROM_PUNCTUATION + 1)
        return [
            border
            for border in near
            if border < self._count and (self._marked[border] or abs(border - middle) <= _FAR)
        ]

    def _pace(self, start: float, end: float, first: int, last: int) -> float:
        share = (self._before[last] - self._before[first]) / self._before[-1]
        expected = share * self._total / self._word
        return ((end - start) / self._word - expected) ** 2 / (0.3 + 0.15 * expected)
