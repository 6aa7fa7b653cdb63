"""Streaming speech: text, timing, memory, cancelling."""

import asyncio
import os
import subprocess
import sys
import threading
from contextlib import aclosing

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from realtime_lab.audio import RATE, pcm_to_samples, voiced_span
from realtime_lab.engine import EspeakSynthesizer
from realtime_lab.engine.espeak_library import espeak_library
from realtime_lab.engine.espeak_voices import ESPEAK_VOICES
from realtime_lab.engine.sentences import SentenceBuffer, split_sentences
from realtime_lab.engine.stretch import TimeStretch
from realtime_lab.engine.threaded import stream_from_thread
from realtime_lab.errors import EngineError

STORY = "This is one sentence of a long story, and it goes on and on. " * 60


def chunks_of(text, voice="alloy", **options):
    async def collect():
        return [chunk async for chunk in EspeakSynthesizer().speak(text, voice, **options)]

    return asyncio.run(collect())


def samples_of(text, voice="alloy", **options):
    return pcm_to_samples(b"".join(c.pcm for c in chunks_of(text, voice, **options)))


@pytest.mark.parametrize(
    "text",
    [
        "Hello there, my friend. It costs 42 dollars!",
        "  leading and trailing space \n",
        "Dr. Smith said: “No.” (Really?) Yes… 3.5 % – ok;",
        "Ünïcode 你好 😀 עברית \u200b x",
        "x" * 700,
        "😀",
        "...",
        "",
        "a\0b",
        "<b>tags</b> &amp; [[phonemes]]",
    ],
)
def test_the_texts_of_the_chunks_join_to_the_text_spoken(text):
    assert "".join(chunk.text for chunk in chunks_of(text)) == text


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=80))
def test_no_text_is_lost_whatever_it_is(text):
    assert "".join(chunk.text for chunk in chunks_of(text)) == text


def test_words_come_with_the_audio_in_which_they_begin():
    chunks = chunks_of("one, two, three, four, five, six, seven, eight.")
    seconds = np.cumsum([len(c.pcm) / 2 / RATE for c in chunks])
    at = {c.text.strip(" ,."): end for c, end in zip(chunks, seconds, strict=True) if c.text}
    assert at["one"] < at["three"] < at["six"]
    # Eight words of one pace: the fifth begins about half way.
    assert 0.35 < at["five"] / seconds[-1] < 0.7


def test_the_first_chunk_is_short_and_the_others_are_even():
    sizes = [len(c.pcm) // 2 for c in chunks_of("A sentence that is long enough for some chunks.")]
    assert sizes[0] == RATE * 60 // 1000
    assert set(sizes[1:-1]) == {RATE // 5}


def test_the_same_text_gives_the_same_chunks_whatever_was_said_between():
    first = chunks_of("Say it again, please.", "verse")
    chunks_of("Something else altogether?", "echo", speed=1.4)
    assert chunks_of("Say it again, please.", "verse") == first


@pytest.mark.parametrize("voice", EspeakSynthesizer().voices)
@pytest.mark.parametrize("text", ["Seven of clubs.", "What can I do for you?"])
def test_the_same_text_gives_the_same_samples_whatever_was_said_or_broken_off_before(voice, text):
    library = espeak_library()

    def said(text, voice, most=10_000):
        """The samples of a text, or so many stretches of it."""
        heard = []

        def sink(samples, words):
            heard.append(samples.tobytes())
            return len(heard) < most

        file = ESPEAK_VOICES[voice].file
        library.synthesize(text, file, words_per_minute=180, volume=80, end_pause=False, sink=sink)
        return b"".join(heard)

    first = said(text, voice)
    for other in ESPEAK_VOICES:
        for stretches in (1, 2, 3, 5, 10_000):
            said("Go forward ten meters, please.", other, stretches)
            assert said(text, voice) == first
        said("x", other)
        assert said(text, voice) == first


def test_speed_changes_the_length_and_not_the_words():
    text = "The quick brown fox jumps over the lazy dog."
    normal = len(samples_of(text))
    for speed in (0.25, 0.5, 0.75, 1.5):
        chunks = chunks_of(text, speed=speed)
        length = sum(len(c.pcm) for c in chunks) / 2
        assert length / normal == pytest.approx(1 / speed, rel=0.2)
        assert "".join(c.text for c in chunks) == text


def test_speed_has_limits():
    with pytest.raises(EngineError, match="speed of 2 is outside"):
        chunks_of("hello", speed=2)


def test_an_unknown_voice_is_refused_with_the_known_names():
    with pytest.raises(EngineError, match=r"no voice 'bob'.*alloy, ash"):
        chunks_of("hello", "bob")


def test_text_that_ends_in_space_ends_with_a_pause():
    followed, last = samples_of("It is done. "), samples_of("It is done.")
    assert len(followed) - len(last) > RATE // 10
    assert voiced_span(followed)[1] == pytest.approx(voiced_span(last)[1], abs=0.1)


def test_speech_begins_and_ends_softly():
    samples = samples_of("Apples, oranges and eggs")
    assert np.abs(samples[:24]).max() < 300
    assert np.abs(samples[-24:]).max() < 300


def test_a_reader_that_stops_lets_only_one_sentence_be_made(monkeypatch):
    made = []
    library = sys.modules[EspeakSynthesizer.__module__].espeak_library()
    synthesize = library.synthesize

    def counted(sentence, *args, **options):
        made.append(sentence)
        return synthesize(sentence, *args, **options)

    monkeypatch.setattr(library, "synthesize", counted)

    async def read_one():
        async with aclosing(EspeakSynthesizer().speak(STORY, "ash")) as chunks:
            await anext(chunks)
            return len(made)

    assert asyncio.run(read_one()) == 1
    assert len(made) == 1


def test_closing_stops_the_producer_and_the_thread_serves_the_next():
    from concurrent.futures import ThreadPoolExecutor

    from realtime_lab.engine import SpeechChunk

    answers, closed = [], threading.Event()

    def work(emit):
        emit([SpeechChunk(b"12")])
        closed.wait(10)
        answers.append(emit([SpeechChunk(b"34")]))

    async def close_early():
        thread = ThreadPoolExecutor(1)
        async with aclosing(stream_from_thread(thread, work)) as chunks:
            assert (await anext(chunks)).pcm == b"12"
        closed.set()
        return [c async for c in stream_from_thread(thread, lambda emit: emit([SpeechChunk(b"5")]))]

    assert [c.pcm for c in asyncio.run(close_early())] == [b"5"]
    assert answers == [False]


def test_many_sessions_can_speak_at_once_and_each_gets_its_own_words():
    texts = [f"This is session number {n}, and it says {n * 7}." for n in range(12)]
    alone = [chunks_of(text, "coral") for text in texts]

    async def together():
        async def one(text):
            return [c async for c in EspeakSynthesizer().speak(text, "coral")]

        return await asyncio.gather(*map(one, texts))

    assert asyncio.run(together()) == alone


@pytest.mark.skipif(os.name == "nt", reason="long paths need links")
def test_a_long_path_to_the_data_still_speaks(tmp_path):
    import espeakng_loader

    deep = tmp_path / ("d" * 100) / ("e" * 100)
    deep.mkdir(parents=True)
    (deep / "espeak-ng-data").symlink_to(espeakng_loader.get_data_path())
    (deep / "voices").mkdir()
    from realtime_lab.engine.espeak_voices import ESPEAK_VOICES

    (deep / "voices" / "alloy").write_text(ESPEAK_VOICES["alloy"].file.read_text())
    program = f"""
import espeakng_loader, pathlib
espeakng_loader.get_data_path = lambda: {str(deep / "espeak-ng-data")!r}
from realtime_lab.engine.espeak_library import espeak_library
made = []
espeak_library().synthesize("hello", pathlib.Path({str(deep / "voices" / "alloy")!r}),
    words_per_minute=180, volume=60, end_pause=False,
    sink=lambda samples, words: (made.append(len(samples)), True)[1])
print(sum(made))
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) > 5000


def test_sentences_join_to_the_text_and_none_is_too_long():
    text = "One. Two? “Three!” Four, " + "word " * 200 + "\n\nEnd"
    pieces = list(split_sentences(text))
    assert "".join(pieces) == text
    assert pieces[:3] == ["One. ", "Two? ", "“Three!” "]
    assert max(map(len, pieces)) <= 240


def test_a_title_or_a_decimal_point_ends_no_sentence():
    assert list(split_sentences("Dr. Smith paid 3.5 dollars.")) == ["Dr. Smith paid 3.5 dollars."]


def test_fragments_are_joined_to_sentences():
    buffer = SentenceBuffer()
    given = ["Hel", "lo. How ", "are", " you? I", " am"]
    assert [buffer.feed(fragment) for fragment in given] == [
        [], ["Hello. "], [], ["How are you? "], [],
    ]  # fmt: skip
    assert buffer.finish() == "I am"
    assert buffer.finish() == ""


def test_stretching_keeps_the_pitch():
    tone = (8000 * np.sin(2 * np.pi * 200 * np.arange(RATE) / RATE)).astype(np.int16)
    stretch = TimeStretch(2.0, RATE)
    parts = [stretch.feed(part) for part in np.array_split(tone, 17)]
    slow = np.concatenate([*parts, stretch.finish()])
    assert len(slow) == pytest.approx(2 * RATE, rel=0.05)
    spectrum = np.abs(np.fft.rfft(slow[: 2 * RATE - 2000]))
    assert np.argmax(spectrum) * RATE / (2 * RATE - 2000) == pytest.approx(200, abs=3)
