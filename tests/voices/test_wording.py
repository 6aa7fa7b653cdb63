"""Whether a voice said what it was asked to say, word by word."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from realtime_lab.voices.runs.wording import changes, is_exact, spoken_form, told_changes

WORDS = ["The", "wind", "wind,", "—", "sun!", "don’t", "ﬁne"]
TEXTS = st.lists(st.sampled_from(WORDS)).map(" ".join)


def spoken(text: str) -> list[str]:
    return [form for word in text.split() if (form := spoken_form(word))]


@given(TEXTS, TEXTS)
def test_changes_lead_from_one_text_to_the_other(asked, said):
    found = changes(asked, said)
    assert spoken(" ".join(words for sign, words in found if sign != "+")) == spoken(asked)
    assert spoken(" ".join(words for sign, words in found if sign != "-")) == spoken(said)
    assert is_exact(asked, said) == (spoken(asked) == spoken(said))


@pytest.mark.parametrize(
    ("asked", "said", "told"),
    [
        ("One two.", "one two", "One two."),
        ("One two.", "One three.", "One [-two.-] {+three.+}"),
        ("One", "", "[-One-]"),
        ("", "One", "{+One+}"),
        ("a b c d e f g", "a b c d e f h", "… f [-g-] {+h+}"),
        ("a b c d e f g", "z b c d e f g", "[-a-] {+z+} b …"),
        ("x a b c d e y", "a b c d e", "[-x-] a … e [-y-]"),
    ],
)
def test_what_differs_is_told_with_a_word_around_it(asked, said, told):
    assert told_changes(asked, said) == told


@pytest.mark.parametrize(
    ("word", "form"),
    [
        ("“Don’t!”", "don't"),
        ("ﬁne", "fine"),
        ("STRASSE", "strasse"),
        ("—", ""),
        ("3.5", "3.5"),
        ("नमस्ते।", "नमस्ते"),
    ],
)
def test_a_word_is_what_it_sounds_like(word, form):
    assert spoken_form(word) == form
