"""Piper and Kokoro, with stand-ins for their models."""

import asyncio
import sys
from types import ModuleType, SimpleNamespace

import numpy as np
import pytest

from realtime_lab.audio import RATE
from realtime_lab.engine import KokoroSynthesizer, PiperSynthesizer
from realtime_lab.errors import EngineError

TEXT = "The first sentence is here. And a second one, “quoted”!  "


def tone(seconds, rate):
    return np.sin(2 * np.pi * 220 * np.arange(round(seconds * rate)) / rate)


class PiperModel:
    config = SimpleNamespace(num_speakers=3)

    def __init__(self):
        self.asked = []

    def synthesize(self, text, settings):
        self.asked.append((text, settings))
        for _ in range(2):
            samples = (tone(0.5, 22_050) * 9000).astype(np.int16)
            yield SimpleNamespace(audio_int16_array=samples, sample_rate=22_050)


class KokoroModel:
    def __init__(self):
        self.asked = []

    def get_voices(self):
        return ["af_alloy", "bm_george"]

    def create(self, text, *, voice, speed, lang):
        self.asked.append((text, voice, speed, lang))
        return tone(1.0, 24_000).astype(np.float32) * 0.3, 24_000


@pytest.fixture
def piper(monkeypatch):
    module = ModuleType("piper")
    module.SynthesisConfig = SimpleNamespace
    monkeypatch.setitem(sys.modules, "piper", module)
    return PiperModel()


def speak(synthesizer, text, voice, **options):
    async def collect():
        return [c async for c in synthesizer.speak(text, voice, **options)]

    return asyncio.run(collect())


def seconds(chunks):
    return sum(len(c.pcm) for c in chunks) / 2 / RATE


def test_piper_speaks_sentence_by_sentence_at_24_khz(piper):
    chunks = speak(PiperSynthesizer("", model=piper), TEXT, "ash", speed=0.5)
    assert "".join(c.text for c in chunks) == TEXT
    assert seconds(chunks) == pytest.approx(2.0, abs=0.02)
    assert [text for text, _ in piper.asked] == [TEXT[:28], TEXT[28:]]
    assert {s.length_scale for _, s in piper.asked} == {2.0}
    assert {s.speaker_id for _, s in piper.asked} == {1}


def test_kokoro_takes_the_session_s_names_and_its_own():
    model = KokoroModel()
    synthesizer = KokoroSynthesizer("", "", model=model)
    chunks = speak(synthesizer, TEXT, "alloy", speed=0.25)
    assert "".join(c.text for c in chunks) == TEXT
    assert seconds(chunks) == pytest.approx(2.0, abs=0.02)
    speak(synthesizer, "Hi.", "bm_george")
    speak(synthesizer, "Hi.", "cedar")
    assert [(voice, speed, lang) for _, voice, speed, lang in model.asked[1:3]] == [
        ("af_alloy", 0.5, "en-us"),
        ("bm_george", 1.0, "en-gb"),
    ]
    assert model.asked[3][1] in model.get_voices()


def test_words_are_spread_over_the_sentence():
    text = "one two three four five six seven eight"
    chunks = speak(KokoroSynthesizer("", "", model=KokoroModel()), text, "alloy")
    assert "one" in chunks[0].text
    assert "eight" in chunks[-1].text or "eight" in chunks[-2].text


def test_the_level_is_kept():
    chunks = speak(KokoroSynthesizer("", "", model=KokoroModel()), "Hi.", "alloy")
    samples = np.frombuffer(b"".join(c.pcm for c in chunks), "<i2")
    assert np.abs(samples).max() == pytest.approx(0.3 * 32767, rel=0.02)


def test_a_failing_model_is_heard_of_by_the_reader():
    class Broken(KokoroModel):
        def create(self, *_, **__):
            raise RuntimeError("out of memory")

    with pytest.raises(RuntimeError, match="out of memory"):
        speak(KokoroSynthesizer("", "", model=Broken()), "Hi.", "alloy")


def test_an_unknown_voice_is_refused(piper):
    for synthesizer in (
        PiperSynthesizer("", model=piper),
        KokoroSynthesizer("", "", model=KokoroModel()),
    ):
        with pytest.raises(EngineError, match="no voice 'bob'"):
            speak(synthesizer, "Hi.", "bob")


def test_missing_weights_and_packages_are_told(tmp_path, monkeypatch):
    voice = tmp_path / "voice.onnx"
    voice.write_bytes(b"")
    with pytest.raises(EngineError, match=r"no Piper voice file .*voice\.onnx\.json"):
        PiperSynthesizer(voice)
    (tmp_path / "voice.onnx.json").write_text("{}")
    monkeypatch.setitem(sys.modules, "piper", None)
    monkeypatch.setitem(sys.modules, "kokoro_onnx", None)
    with pytest.raises(EngineError, match=r"realtime-lab\[piper\]"):
        PiperSynthesizer(voice)
    with pytest.raises(EngineError, match=r"realtime-lab\[kokoro\]"):
        KokoroSynthesizer(voice, voice)
