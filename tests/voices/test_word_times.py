"""Where the words of a text are found in the audio."""

import re
from itertools import pairwise

import numpy as np
import pytest

from realtime_lab.audio import Clip
from realtime_lab.engine.espeak_library import espeak_library
from realtime_lab.engine.espeak_voices import ESPEAK_VOICES
from realtime_lab.voices import split_words, word_times
from tests.voices.speech import spoken, starts

TEXT = (
    "Good morning, and welcome back. Today I want to read you a short passage, in an even voice, "
    "so that you can compare how each of us sounds. The weather in Paris was bright and cold; "
    "nobody had expected 23 degrees in March! What would you have done?"
)


def test_words_without_pauses_are_said_in_proportion_to_their_letters():
    words = ["One", "somewhat", "longer", "sentence"]
    found = word_times(" ".join(words), spoken(words))
    assert [word.text for word in found] == words
    assert [word.start for word in found] == pytest.approx(starts(words), abs=0.02)
    assert all(a.end <= b.start + 1e-9 for a, b in pairwise(found))


def test_pauses_and_silence_at_the_ends_belong_to_no_word():
    words = [0.6, "Well,", 0.5, "this", "is", "it.", 0.8, "Really?", 0.7]
    found = word_times("Well, this is it. Really?", spoken(words))
    assert [word.start for word in found] == pytest.approx(starts(words), abs=0.03)
    assert found[0].end == pytest.approx(0.6 + 5 * 0.07, abs=0.03)
    assert found[-1].end == pytest.approx(spoken(words).seconds - 0.7, abs=0.03)


def test_a_pause_is_laid_where_the_text_has_a_mark_although_the_pace_says_otherwise():
    # The first phrase is said half as fast again as the second one.
    slow = spoken(["Now", "then,"], letter=0.105).samples
    rest = spoken([0.4, "comes", "the", "whole", "rest", "of", "it"]).samples
    clip = Clip(np.concatenate([slow, rest]))
    found = word_times("Now then, comes the whole rest of it", clip)
    after = len(slow) / clip.rate + 0.4
    assert found[2].start == pytest.approx(after, abs=0.03)
    assert found[1].end == pytest.approx(after - 0.4, abs=0.03)


def test_a_pause_within_a_phrase_is_laid_between_two_words_by_the_pace():
    words = ["some", "people", "hesitate", 0.4, "before", "they", "say", "it"]
    found = word_times("some people hesitate before they say it", spoken(words))
    assert found[3].start == pytest.approx(starts(words)[3], abs=0.03)


def test_figures_take_the_time_that_their_names_take():
    found = word_times("in 1987 already", spoken(["in", "nineteeneightyseven", "already"]))
    lengths = [word.end - word.start for word in found]
    assert lengths[1] > 1.5 * lengths[2]


def test_a_click_is_no_word():
    click = np.zeros(12_000, np.int16)
    click[100:140] = 20_000
    speech = spoken(["Hello", "there"])
    found = word_times("Hello there", Clip(np.concatenate([click, speech.samples])))
    assert found[0].start == pytest.approx(0.5, abs=0.03)


def test_silence_has_its_words_spread_over_it_and_no_text_has_none():
    found = word_times("one two", Clip(np.zeros(24_000, np.int16)))
    assert [word.start for word in found] == pytest.approx([0, 0.5])
    assert word_times("  ", spoken(["x"])) == ()
    assert [word.end for word in word_times("one", Clip(np.zeros(0, np.int16)))] == [0.0]


def test_languages_without_spaces_are_split_by_their_characters():
    assert split_words("你好,world 世界。") == ["你", "好", ",world", "世", "界。"]
    assert split_words("Well — it's “fine”.") == ["Well", "—", "it's", "“fine”."]


def test_a_very_long_text_is_placed_in_order_and_within_the_clip():
    words: list[str | float] = []
    for n in range(120):
        words += [f"word{n % 7}", "and", "another."] + ([0.3] if n % 3 == 0 else [])
    clip = spoken(words, letter=0.02)
    found = word_times(" ".join(word for word in words if isinstance(word, str)), clip)
    times = [time for word in found for time in (word.start, word.end)]
    assert times == sorted(times)
    assert times[-1] <= clip.seconds
    assert [word.start for word in found] == pytest.approx(starts(words, letter=0.02), abs=0.1)


@pytest.mark.parametrize("voice", ["alloy", "ballad", "verse"])
def test_beside_the_marks_of_a_synthesizer_half_of_the_words_are_found_to_a_tenth_of_a_second(
    voice,
):
    parts: list[np.ndarray] = []
    marks: dict[int, float] = {}
    chosen, library = ESPEAK_VOICES[voice], espeak_library()

    def sink(samples, words):
        parts.append(samples.copy())
        marks.update({word.position: word.seconds for word in words})
        return True

    library.synthesize(
        TEXT,
        chosen.file,
        words_per_minute=chosen.words_per_minute,
        volume=60,
        end_pause=False,
        sink=sink,
    )
    found = word_times(TEXT, Clip(np.concatenate(parts), library.rate))
    places = [match.start() for match in re.finditer(r"\S+", TEXT)]
    errors = [
        abs(word.start - marks[at]) for word, at in zip(found, places, strict=True) if at in marks
    ]
    assert len(errors) > 40
    assert np.median(errors) < 0.1
    assert max(errors) < 0.4
