"""Words of a text, found in what was said instead."""

from dataclasses import replace

import pytest

from realtime_lab.voices import placed_text
from tests.voices.speech import take


def test_a_text_that_was_said_word_for_word_has_the_times_of_its_words():
    placed = placed_text(take("How are you?"))
    assert placed.asked == ("How", "are", "you?")
    assert placed.matches == (0, 1, 2)
    assert list(placed.times) == [(word.start, word.end) for word in placed.said]


def test_case_and_punctuation_make_no_other_word():
    assert placed_text(take("Well, how ARE you?", "well how are you")).matches == (0, 1, 2, 3)


def test_words_of_its_own_match_none_and_those_left_out_are_put_between_the_others():
    placed = placed_text(take("The very first word", "Sure! The word"))
    assert placed.matches == (None, 0, 3)
    the, very, first, word = placed.times
    assert (very[0], first[1]) == (the[1], word[0])
    assert very[1] == first[0] == pytest.approx((the[1] + word[0]) / 2)


def test_a_word_said_in_place_of_another_stands_for_it():
    assert placed_text(take("a short passage", "a brief passage")).matches == (0, 1, 2)


def test_what_is_left_out_at_the_end_is_where_the_speech_ends():
    placed = placed_text(take("Hello there my friend", "Hello there"))
    assert placed.times[2:] == ((placed.said[-1].end,) * 2,) * 2


def test_nothing_in_common_is_spread_over_the_speech_in_order():
    placed = placed_text(take("one two three", "I am sorry but I cannot"))
    times = [time for pair in placed.times for time in pair]
    assert placed.matches == (None,) * 6
    assert times == sorted(times)
    assert times[-1] == pytest.approx(placed.said[-1].end)


def test_without_a_transcript_it_said_what_it_was_asked_for():
    silent = replace(take("How are you?"), said="  ")
    assert [word.text for word in placed_text(silent).said] == ["How", "are", "you?"]
