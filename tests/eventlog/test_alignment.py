"""Which turns of two conversations correspond."""

import random

import pytest

from realtime_lab.eventlog.comparison import alignment
from realtime_lab.eventlog.comparison.alignment import aligned, similarity

TALK = ["hello there", "what is the weather in Paris", "yes", "tell me a story", "yes", "goodbye"]


def test_the_same_conversation_corresponds_turn_by_turn():
    assert aligned(TALK, TALK) == [(n, n) for n in range(len(TALK))]


@pytest.mark.parametrize("place", range(len(TALK) + 1))
def test_a_turn_that_was_added_upsets_nothing_else(place: int):
    more = [*TALK[:place], "what time is it", *TALK[place:]]
    pairs = aligned(TALK, more)
    assert (None, place) in pairs
    assert [i for i, j in pairs if i is not None and j is None] == []
    assert [(TALK[i], more[j]) for i, j in pairs if i is not None and j is not None] == [
        (text, text) for text in TALK
    ]


@pytest.mark.parametrize("place", range(len(TALK)))
def test_a_turn_that_was_left_out_upsets_nothing_else(place: int):
    less = [*TALK[:place], *TALK[place + 1 :]]
    pairs = aligned(TALK, less)
    assert sum(j is None for _, j in pairs) == 1
    assert all(TALK[i] == less[j] for i, j in pairs if i is not None and j is not None)


def test_words_that_were_heard_differently_are_still_the_same_turn():
    heard = ["Hello, there!", "what is the weather in parish", "yes", "tell me the story"]
    assert aligned(TALK[:4], heard) == [(n, n) for n in range(4)]


def test_other_words_are_another_turn():
    assert aligned(["one two three"], ["four five six"]) == [(0, None), (None, 0)]


def test_words_that_nobody_wrote_down_correspond_by_their_order():
    assert aligned(["", ""], ["", ""]) == [(0, 0), (1, 1)]
    assert aligned(["hello", ""], ["hello", "what?"]) == [(0, 0), (1, 1)]


def test_nothing_corresponds_to_nothing():
    assert aligned([], []) == []
    assert aligned([], ["hello"]) == [(None, 0)]


def test_long_conversations_correspond_as_short_ones_do(monkeypatch: pytest.MonkeyPatch):
    chance = random.Random(3)
    texts = [" ".join(chance.choices("abcdefghijkl", k=6)) for _ in range(60)]
    other = [*texts[1:20], "inserted words", *texts[20:]]
    best = aligned(texts, other)
    monkeypatch.setattr(alignment, "_MOST_CELLS", 50)
    assert aligned(texts, other) == best


@pytest.mark.parametrize(
    ("a", "b", "alike"),
    [("one two", "two one", 1.0), ("one two", "one three", 0.5), ("one", "two", 0.0)],
)
def test_words_are_alike_by_how_many_are_the_same(a: str, b: str, alike: float):
    assert similarity(a, b) == alike == similarity(b, a)
