"""Cutting speech into chunks that know their words."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import numpy as np

from realtime_lab.audio import RATE, Samples, samples_to_pcm

from .espeak_library import WordStart
from .stages import SpeechChunk

__all__ = ["ChunkCutter"]

_FIRST = RATE * 60 // 1000
_NEXT = RATE * 200 // 1000
_WORD = re.compile(r"\S*\s*")


class ChunkCutter:
    """A first chunk of 60 ms, then chunks of 200 ms, shorter only where a sentence ends.

    The sizes do not depend on when audio arrives, so the same speech gives the same chunks. The
    texts of all chunks join to the sentences; a sentence without sound waits for the next sound.
    """

    def __init__(self) -> None:
        self._samples = np.empty(0, np.int16)
        self._cut = 0
        self._sentence = ""
        self._sentence_start = 0
        self._cursor = 0
        self._words: list[tuple[int, int]] = []
        self._silent_text = ""

    def begin_sentence(self, sentence: str) -> None:
        """What is fed from now on speaks ``sentence``."""
        self._sentence, self._cursor = sentence, 0
        self._sentence_start = self._cut + len(self._samples)
        self._words.clear()

    def feed(self, samples: Samples, words: Sequence[WordStart]) -> Iterator[SpeechChunk]:
        """Take more speech; words are timed from the start of their sentence."""
        self._samples = np.concatenate([self._samples, samples])
        for word in words:
            self._words.append((self._sentence_start + round(word.seconds * RATE), word.position))
        while len(self._samples) >= (size := _NEXT if self._cut else _FIRST):
            yield self._take(size, self._text_until(self._cut + size))

    def end_sentence(self) -> Iterator[SpeechChunk]:
        """Give out what is left of the sentence."""
        rest = self._sentence[self._cursor :]
        self._cursor = len(self._sentence)
        if len(self._samples):
            yield self._take(len(self._samples), rest)
        else:
            self._silent_text += rest

    def finish(self) -> Iterator[SpeechChunk]:
        """Give out text that never got a sound, as a chunk without audio."""
        if self._silent_text:
            yield self._take(0, "")

    def _text_until(self, end: int) -> str:
        """The text not yet given out of all words that start before sample ``end``."""
        cursor = self._cursor
        while self._words and self._words[0][0] < end:
            match = _WORD.match(self._sentence, max(0, self._words.pop(0)[1]))
            if match:
                cursor = max(cursor, match.end())
        text = self._sentence[self._cursor : cursor]
        self._cursor = cursor
        return text

    def _take(self, size: int, text: str) -> SpeechChunk:
        pcm = samples_to_pcm(self._samples[:size])
        self._samples = self._samples[size:]
        self._cut += size
        text, self._silent_text = self._silent_text + text, ""
        return SpeechChunk(pcm, text)
