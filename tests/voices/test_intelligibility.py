"""What a recogniser hears, against what was said."""

import asyncio

import numpy as np
import pytest

import realtime_lab as rl
from realtime_lab.audio import Clip
from realtime_lab.errors import ConnectError, SessionClosed, SessionError
from realtime_lab.voices import measure, session_recogniser
from realtime_lab.voices.measures import plain_words, word_error_rate
from realtime_lab.voices.measures.syllables import syllables

from .signals import silence, take, tone


def heard(words, *, said="Turn off the lights.", asked="", signal=None):
    signal = tone(140, 1.0) if signal is None else signal
    return measure(take(signal, said=said, asked=asked), recogniser=lambda clip: words)


@pytest.mark.parametrize(
    ("words", "rate"),
    [
        ("turn off the lights", 0.0),
        ("Turn off THE lights!", 0.0),
        ("turn off lights", 1 / 4),
        ("turn of the lights", 1 / 4),
        ("turn off all the lights", 1 / 4),
        ("", 1.0),
        ("a b c d e f g h", 2.0),
    ],
)
def test_the_word_error_rate_counts_words_per_word_said(words, rate):
    found = heard(words)
    assert found["word_error_rate"] == pytest.approx(rate)
    assert found.heard == words


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("Turn—off; the “lights”!", "turn off the lights"),
        ("It’s 'half-past' NINE…", "it's half past nine"),
        ("ﬁne  \n café_bar", "fine café bar"),
        ("Straße 12", "strasse 12"),
        ("?!", ""),
        ("नमस्ते, दुनिया!", "नमस्ते दुनिया"),
        ("สวัสดี", "สวัสดี"),
        ("co\N{SOFT HYPHEN}operate", "cooperate"),
        ("你好，世界。", "你 好 世 界"),
        ("カタカナ", "カ タ カ ナ"),
    ],
)
def test_texts_are_compared_as_plain_words(text, plain):
    assert plain_words(text) == plain


def test_what_was_said_is_compared_and_what_was_asked_for_where_nothing_is_known():
    assert heard("good night", said="Good night", asked="Good morning")["word_error_rate"] == 0
    assert heard("good night", said="", asked="Good night")["word_error_rate"] == 0
    nothing = heard("good night", said="", asked="")
    assert nothing.told("word_error_rate") == "no words were said"


def test_without_a_recogniser_or_a_sound_nothing_is_heard():
    found = measure(take(tone(140, 1.0), said="Good night"))
    assert found.heard is None
    assert found.told("word_error_rate") == "no recogniser was given"

    def never(clip):
        raise AssertionError("silence is not worth a recogniser")

    quiet = measure(take(silence(1.0), said="Good night"), recogniser=never)
    assert quiet.told("word_error_rate") == "the audio is silent"


def test_a_rate_of_no_words_is_not_a_number():
    assert "no words" in word_error_rate("…", "hello").reason


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("one more banana", 5),
        ("The quick brown fox jumps over the lazy dog.", 11),
        ("it's", 1),
        ("table, little, asked, wanted, houses, hoped", 2 + 2 + 1 + 2 + 2 + 1),
        ("zorbled", 2),  # in no dictionary
        ("blorfs", 1),
        ("Café Müller", 4),
        ("Zoe\N{COMBINING DIAERESIS}'s", 1),  # "Zoë's", in two characters, in no dictionary
    ],
)
def test_syllables_of_a_text_are_counted(text, count):
    assert syllables(text) == count


@pytest.mark.parametrize(("text", "why"), [("", "no text"), ("at 9", "digits"), ("你好", "Latin")])
def test_a_text_that_cannot_be_counted_says_why(text, why):
    assert why in syllables(text).reason


def test_a_session_of_the_embedded_server_serves_as_a_recogniser(speech):
    forward = Clip.read(speech("goforward"))
    with session_recogniser() as recogniser:
        found = [
            measure(take(forward, said="go forward ten meters"), recogniser=recogniser)
            for _ in range(2)
        ]
    assert [one["word_error_rate"] for one in found] == [0, 0]
    assert found[0].heard.lower().startswith("go forward")


def test_a_recogniser_asks_for_no_answer_and_keeps_no_history():
    async def spoken():
        async with await rl.connect() as lab:
            return (await lab.say("Good evening")).audio

    clip = asyncio.run(spoken())
    with session_recogniser() as recogniser:
        assert recogniser(clip)
        session = recogniser._opened.session
        types = {entry.type for entry in session.log}
    assert "conversation.item.delete" in types
    assert not {name for name in types if name.startswith("response.")}


def test_a_recogniser_whose_session_is_over_says_so():
    recogniser = session_recogniser()
    recogniser.close()
    with pytest.raises(SessionClosed):
        recogniser(Clip(np.zeros(2400, np.int16)))


def test_a_clip_that_could_not_be_heard_is_an_error():
    broken = rl.embedded(faults=["fail_transcription"])
    with (
        session_recogniser(broken) as recogniser,
        pytest.raises(SessionError, match="could not be written down"),
    ):
        recogniser(Clip((3000 * np.sin(np.arange(24000) / 25)).astype(np.int16)))


def test_a_recogniser_that_cannot_be_opened_says_so():
    with pytest.raises(ConnectError):
        session_recogniser(rl.endpoint("ws://127.0.0.1:9/v1/realtime", api_key="none"))
