"""Word errors of many sentences: counted sentence by sentence, with an interval for chance."""

import numpy as np
import pytest

from realtime_lab.audio import Clip

from .everyday_sentences import EVERYDAY
from .word_errors import WordErrors, word_errors

SENTENCES = ("One two three four.", "Five, six.")
SILENCE = Clip(np.zeros(10, np.int16))


def test_errors_are_counted_in_each_sentence():
    heard = iter(["one two three for", ""])
    found = word_errors(lambda _: SILENCE, lambda _: next(heard), SENTENCES)
    assert found.mistaken.tolist() == [1, 2]
    assert found.words.tolist() == [4, 2]
    assert found.rate == 0.5


def test_the_interval_is_that_of_a_binomial_share_where_words_are_sentences():
    mistaken = np.arange(400) % 5 == 0
    low, high = WordErrors(mistaken.astype(np.int64), np.ones(400, np.int64)).interval()
    half = 1.96 * np.sqrt(0.2 * 0.8 / 400)
    assert (low, high) == pytest.approx((0.2 - half, 0.2 + half), abs=0.005)


def test_a_difference_on_the_same_sentences_is_judged_in_pairs():
    words = np.full(40, 10)
    hard = np.arange(40) % 10
    one, other = WordErrors(hard + 1, words), WordErrors(hard, words)
    assert one.above(other) == pytest.approx((0.1, 0.1))
    assert one.interval()[0] < other.interval()[1]


def test_the_everyday_sentences_are_many_and_have_no_digits():
    assert len(EVERYDAY) == len(set(EVERYDAY)) == 40
    assert sum(len(sentence.split()) for sentence in EVERYDAY) > 350
    assert not any(letter.isdigit() for sentence in EVERYDAY for letter in sentence)
