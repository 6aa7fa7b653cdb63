"""The small parts by themselves."""

from __future__ import annotations

import re
from random import Random

import pytest

from realtime_lab.server.ids import Ids
from realtime_lab.server.sentences import SentenceBuffer
from realtime_lab.server.speech_record import SpeechRecord
from realtime_lab.server.usage import Ledger, Read, input_audio_tokens, output_audio_tokens
from realtime_lab.server.wire_audio import WireDecoder, in_deltas
from tests.scripted import MS, tone


def test_ids_look_like_those_of_the_services_and_follow_the_seed():
    ids = Ids(Random(3))
    made = [ids("item") for _ in range(100)]
    assert len(set(made)) == 100
    assert all(re.fullmatch(r"item_[0-9a-zA-Z]{21}", one) for one in made)
    assert Ids(Random(3))("item") == made[0]


def record(*stretches: tuple[str, float]) -> SpeechRecord:
    made = SpeechRecord()
    for text, seconds in stretches:
        made.add(text, seconds)
    return made


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, ""), (0.1, "One "), (0.2, "One "), (0.25, "One two "), (9, "One two three.")],
)
def test_short_stretches_are_heard_when_they_have_begun(seconds: float, text: str):
    speech = record(("One ", 0.2), ("two ", 0.2), ("three.", 0.2))
    speech.truncate(seconds)
    assert speech.text == text
    assert speech.seconds == pytest.approx(min(seconds, 0.6))


def test_of_a_long_stretch_only_the_words_up_to_the_cut_are_heard():
    speech = record(("One two three four five six seven eight nine ten.", 5.0))
    speech.truncate(2.0)
    assert speech.text == "One two three four"


def test_sentences_are_given_out_whole_and_nothing_is_lost():
    buffer = SentenceBuffer()
    pieces = ["Hel", "lo there", ". How ", "are you? Pi is 3.", "14 or so", "! Bye"]
    given = [buffer.feed(piece) for piece in pieces]
    assert given == ["", "", "Hello there. ", "How are you? ", "", "Pi is 3.14 or so! "]
    assert buffer.flush() == "Bye"
    assert buffer.flush() == ""


def test_appends_may_cut_a_sample_in_two():
    decoder = WireDecoder("audio/pcm")
    pcm = tone(20)
    got = b"".join(decoder.feed(pcm[n : n + 7]) for n in range(0, len(pcm), 7))
    assert got == pcm


@pytest.mark.parametrize("kind", ["audio/pcmu", "audio/pcma"])
def test_telephone_audio_keeps_its_length(kind: str):
    decoder = WireDecoder(kind)
    got = b"".join(decoder.feed(bytes(160)) for _ in range(50)) + decoder.finish()
    assert len(got) == 1000 * MS


def test_the_first_delta_is_small():
    sizes = [len(delta) // MS for delta in in_deltas(tone(500), first=True)]
    assert sizes == [60, 200, 200, 40][: len(sizes)]
    assert sum(sizes) == 500
    assert [len(delta) // MS for delta in in_deltas(tone(500), first=False)] == [200, 200, 100]


@pytest.mark.shows("usage")
def test_audio_tokens():
    assert input_audio_tokens(1.0) == 10
    assert input_audio_tokens(0.3) == 3
    assert output_audio_tokens(1.0) == 20
    assert output_audio_tokens(7.35) == 147, "as in a capture of the service"


def test_only_an_unchanged_beginning_comes_from_the_cache():
    ledger = Ledger()
    start = [Read("instructions", text=300), Read("a", text=10, audio=50)]
    ledger.usage(start, text=1, audio=1)
    details = ledger.usage([*start, Read("b", text=9)], text=1, audio=1).input_token_details
    assert details
    assert details.cached_tokens == 320, "the greatest multiple of 64 in 360"
    cached = details.cached_tokens_details
    assert cached
    assert cached.text_tokens + cached.audio_tokens == 320
    changed = ledger.usage([Read("instructions", text=299), *start[1:]], text=1, audio=1)
    assert changed.input_token_details
    assert changed.input_token_details.cached_tokens == 0
