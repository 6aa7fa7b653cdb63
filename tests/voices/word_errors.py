"""Word error rates with what chance may do to them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from realtime_lab.audio import Clip
from realtime_lab.voices.measures import plain_words, word_error_rate

__all__ = ["WordErrors", "word_errors"]

_RESAMPLES = 10_000


@dataclass(frozen=True, eq=False)
class WordErrors:
    """How many words of each sentence were mistaken; (sentences,) both."""

    mistaken: NDArray[np.int64]
    words: NDArray[np.int64]

    @property
    def rate(self) -> float:
        """Of all sentences together."""
        return float(self.mistaken.sum() / self.words.sum())

    def interval(self) -> tuple[float, float]:
        """Of the rate, 95 %: bootstrap over sentences, for errors within one depend on another."""
        return _interval(self.mistaken, self.words)

    def above(self, other: WordErrors) -> tuple[float, float]:
        """The interval of the difference to ``other``, of the same sentences, pair by pair."""
        return _interval(self.mistaken - other.mistaken, self.words)


def word_errors(
    speak: Callable[[str], Clip], hear: Callable[[Clip], str], sentences: Sequence[str]
) -> WordErrors:
    """What a recogniser makes of each sentence."""
    words = np.array([len(plain_words(sentence).split()) for sentence in sentences])
    rates = np.array([word_error_rate(s, hear(speak(s))) for s in sentences], float)
    return WordErrors(np.rint(rates * words).astype(np.int64), words)


def _interval(mistaken: NDArray[np.int64], words: NDArray[np.int64]) -> tuple[float, float]:
    drawn = np.random.default_rng(0).integers(0, words.size, (_RESAMPLES, words.size))
    rates = mistaken[drawn].sum(axis=1) / words[drawn].sum(axis=1)
    low, high = np.percentile(rates, [2.5, 97.5])
    return float(low), float(high)
