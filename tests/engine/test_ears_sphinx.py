"""The recogniser itself, on recorded speech."""

from __future__ import annotations

import asyncio
import io
import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from realtime_lab.audio import Clip
from realtime_lab.engine import Hints, PocketSphinxTranscriber
from realtime_lab.engine.sphinx_decoding import SphinxDecoder
from realtime_lab.engine.sphinx_frames import HEADER, Kind, pack, pack_json, unpack_header
from realtime_lab.engine.sphinx_vocabulary import usual_words
from realtime_lab.engine.sphinx_worker import serve


@pytest.fixture(scope="module")
def decoder() -> SphinxDecoder:
    return SphinxDecoder()


def words(decoder: SphinxDecoder, pcm: bytes, *phrases: str) -> tuple[str, float, bool]:
    decoder.start(phrases)
    for start in range(0, len(pcm), 960):
        decoder.feed(pcm[start : start + 960])
    return decoder.result()


def test_plain_speech_is_understood(decoder: SphinxDecoder, speech: Callable):
    text, confidence, phrase = words(decoder, Clip.read(speech("goforward")).pcm)
    assert text == "go forward ten meters"
    assert 0.0 < confidence <= 1.0
    assert not phrase


def test_doubtful_words_have_less_confidence(decoder: SphinxDecoder, speech: Callable):
    clear = words(decoder, Clip.read(speech("goforward")).pcm)[1]
    doubtful = words(decoder, Clip.read(speech("cards-001")).pcm)[1]
    assert 0.1 < doubtful < clear < 1.0


def test_words_come_while_somebody_speaks(decoder: SphinxDecoder, speech: Callable):
    pcm = Clip.read(speech("goforward")).pcm
    decoder.start()
    decoder.feed(pcm[: len(pcm) // 8 * 6])
    assert decoder.partial.startswith("go")


def test_the_same_audio_gives_the_same_words(decoder: SphinxDecoder, speech: Callable):
    pcm = Clip.read(speech("librivox-0880")).pcm
    first = words(decoder, pcm)
    words(decoder, Clip.read(speech("cards-001")).pcm, "ten of clubs")
    assert words(decoder, pcm) == first


def test_a_phrase_hinted_at_is_found(decoder: SphinxDecoder, speech: Callable):
    pcm = Clip.read(speech("librivox-0880")).pcm
    hints = ("He was not an ill-disposed young man", "turn on the light")
    assert words(decoder, pcm, *hints) == (hints[0], 0.95, True)


def test_no_phrase_is_heard_where_none_was_said(decoder: SphinxDecoder, speech: Callable):
    text, _, phrase = words(
        decoder, Clip.read(speech("goforward")).pcm, "turn on the light", "stop"
    )
    assert (text, phrase) == ("go forward ten meters", False)


def test_a_phrase_with_a_word_nobody_knows_does_no_harm(decoder: SphinxDecoder, speech: Callable):
    pcm = Clip.read(speech("goforward")).pcm
    text, _, phrase = words(decoder, pcm, "zxqv brrgl", "", "go forward ten meters")
    assert (text, phrase) == ("go forward ten meters", True)


def test_an_utterance_goes_on_after_its_result(decoder: SphinxDecoder, speech: Callable):
    first, second = (Clip.read(speech(n)).pcm for n in ("goforward", "cards-003"))
    decoder.start()
    decoder.feed(first)
    assert decoder.result()[0] == "go forward ten meters"
    decoder.feed(second)
    assert decoder.result()[0].startswith("go forward ten meters seven")


def test_a_phrase_may_contain_a_pause(decoder: SphinxDecoder, speech: Callable):
    pcm = Clip.read(speech("goforward")).pcm
    decoder.start(["go forward ten meters"])
    decoder.feed(pcm[: len(pcm) // 2])
    decoder.result()
    decoder.feed(pcm[len(pcm) // 2 :])
    assert decoder.result() == ("go forward ten meters", 0.95, True)


@pytest.mark.parametrize("pcm", [b"", bytes(200), bytes(96_000)])
def test_silence_has_no_words(decoder: SphinxDecoder, pcm: bytes):
    decoder.start(["go forward"])
    decoder.feed(pcm)
    assert decoder.result() == ("", 0.0, False)


def test_quiet_speech_is_understood(decoder: SphinxDecoder, speech: Callable):
    quiet = (Clip.read(speech("cards-001")).samples // 4).astype(np.int16).tobytes()
    assert words(decoder, quiet)[0].startswith("ten")


def test_a_quick_decoder_knows_usual_words_and_every_phrase(speech: Callable):
    quick = SphinxDecoder(quick=True)
    assert words(quick, Clip.read(speech("goforward")).pcm)[0] == "go forward ten meters"
    pcm = Clip.read(speech("librivox-0930")).pcm
    rare = "he might even have been made amiable himself"
    assert "amiable" not in words(quick, pcm)[0]
    assert words(quick, pcm, rare) == (rare, 0.95, True)


def test_usual_words_keep_their_pronunciations(tmp_path: Path):
    dictionary = tmp_path / "all.dict"
    dictionary.write_text("a AH\na(2) EY\nrare R EH R\nthe DH AH\nodd AA D\n")
    likelihood = {"the": -1, "a": -2, "odd": -3, "rare": -4}

    class Model:
        def prob(self, words: list[str]) -> int:
            return likelihood[words[0]]

    with usual_words(dictionary, Model(), 2) as path:
        assert path.read_text() == "the DH AH\na AH\na(2) EY\n"
    assert not path.exists()


def test_a_worker_answers_message_by_message(speech: Callable):
    pcm = Clip.read(speech("goforward")).pcm
    asked = [
        pack_json(Kind.OPEN, 7, []),
        *(pack(Kind.AUDIO, 7, pcm[at : at + 9600]) for at in range(0, len(pcm), 9600)),
        pack(Kind.RESULT, 3),
    ]
    answers = io.BytesIO()
    serve(io.BytesIO(b"".join(asked)), answers)
    answers.seek(0)
    got = []
    while header := answers.read(HEADER.size):
        kind, number, length = unpack_header(header)
        got.append((kind, number, answers.read(length)))
    assert got[0][0] is Kind.READY
    assert [number for kind, number, _ in got[1:-1] if kind is Kind.PARTIAL] == [7] * (
        len(asked) - 2
    )
    assert got[-2][2].decode().startswith("go forward")
    assert got[-1][:2] == (Kind.RESULT, 3)
    assert json.loads(got[-1][2])["text"] == "go forward ten meters"


def test_the_transcriber_runs_real_workers(speech: Callable):
    async def story() -> str:
        transcriber = PocketSphinxTranscriber(workers=1)
        await transcriber.start()
        utterance = transcriber.open(Hints())
        utterance.feed(Clip.read(speech("goforward")).pcm)
        try:
            return (await utterance.finish()).text
        finally:
            await transcriber.close()

    assert asyncio.run(story()) == "Go forward ten meters."
