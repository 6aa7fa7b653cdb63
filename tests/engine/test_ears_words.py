from __future__ import annotations

import pytest

from realtime_lab.engine import semantic_silence_ms
from realtime_lab.engine.readable import readable


@pytest.mark.parametrize(
    ("words", "text"),
    [
        ("go forward ten meters", "Go forward ten meters."),
        ("<s> i think i'm [NOISE] here(2) ++UM++ </s>", "I think I'm here."),
        ("what is it", "What is it?"),
        ("is it raining", "Is it raining?"),
        ("however it is", "However it is."),
        ("<sil> [SPEECH]", ""),
        ("", ""),
    ],
)
def test_words_become_a_sentence(words: str, text: str):
    assert readable(words) == text


def test_words_that_may_still_change_get_no_full_stop():
    assert readable("what is", final=False) == "What is"


@pytest.mark.parametrize(
    ("eagerness", "longest"), [("low", 8000), ("medium", 4000), ("auto", 4000), ("high", 2000)]
)
def test_the_longest_wait_is_for_words_that_want_another(eagerness, longest: int):
    assert semantic_silence_ms(eagerness, "") == longest
    assert semantic_silence_ms(eagerness, "I would like to") == longest
    assert semantic_silence_ms(eagerness, "turn the") == longest
    assert semantic_silence_ms(eagerness, "I would like a coffee") < longest / 3


def test_the_eager_answer_sooner():
    waits = [semantic_silence_ms(e, "turn on the light") for e in ("high", "medium", "low")]
    assert waits == sorted(set(waits))
