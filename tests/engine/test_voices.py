"""The voices: clearly different, equally loud, never clipped."""

import asyncio

import numpy as np
import pytest
from voice_measures import RATE, loudness, peak, pitches, spectrum_in_bands

from realtime_lab.audio import pcm_to_samples
from realtime_lab.engine import EspeakSynthesizer

EIGHT = ("alloy", "ash", "ballad", "coral", "echo", "sage", "shimmer", "verse")
LEARNED = (
    "Please tell me what the weather will be like tomorrow.",
    "She had a little house near the river.",
    "We can start the meeting at half past nine.",
)
HELD_OUT = (
    "The quick brown fox jumps over the lazy dog.",
    "My favorite color is green, and I live in a small town.",
    "Turn off the lights before you go to bed.",
)


def speak(voice, text):
    async def collect():
        return b"".join([c.pcm async for c in EspeakSynthesizer().speak(text, voice)])

    return pcm_to_samples(asyncio.run(collect()))


@pytest.fixture(scope="module")
def spoken():
    voices = EspeakSynthesizer().voices
    return {v: {t: speak(v, t) for t in (*LEARNED, *HELD_OUT)} for v in voices}


def features(samples):
    f0 = 12 * np.log2(pitches(samples) / 100)
    low, middle, high = np.percentile(f0, [10, 50, 90])
    return np.concatenate([[middle, high - low], spectrum_in_bands(samples)])


def test_the_eight_names_are_there_and_the_two_newer_ones():
    assert set(EspeakSynthesizer().voices) == {*EIGHT, "marin", "cedar"}


def test_a_listener_who_learned_the_voices_knows_them_by_a_new_sentence(spoken):
    known = {v: np.array([features(spoken[v][t]) for t in LEARNED]) for v in spoken}
    spread = np.concatenate([f - f.mean(axis=0) for f in known.values()]).std(axis=0)
    centres = {v: f.mean(axis=0) for v, f in known.items()}

    def identified(samples):
        new = features(samples)
        return min(centres, key=lambda v: float((((new - centres[v]) / spread) ** 2).sum()))

    guesses = {(v, t): identified(spoken[v][t]) for v in spoken for t in HELD_OUT}
    wrong = {key: guess for key, guess in guesses.items() if guess != key[0]}
    assert len(wrong) <= 1, wrong


def test_every_voice_differs_from_every_other_in_pitch_or_pace_or_colour(spoken):
    together = {v: np.concatenate(list(spoken[v].values())) for v in EIGHT}
    middle = {v: float(np.median(pitches(s))) for v, s in together.items()}
    assert max(middle.values()) / min(middle.values()) > 3
    for one in EIGHT:
        for other in EIGHT:
            if one < other:
                semitones = abs(12 * np.log2(middle[one] / middle[other]))
                colour = np.abs(
                    spectrum_in_bands(together[one]) - spectrum_in_bands(together[other])
                ).mean()
                pace = abs(np.log(len(together[one]) / len(together[other])))
                assert semitones / 2 + colour / 2 + pace / 0.1 > 1, (one, other)


def test_all_voices_are_equally_loud(spoken):
    levels = {v: loudness(np.concatenate(list(spoken[v].values()))) for v in spoken}
    assert max(levels.values()) - min(levels.values()) < 1.5, levels


def test_no_voice_comes_near_full_scale(spoken):
    for voice, sentences in spoken.items():
        for samples in sentences.values():
            assert peak(samples) < -1, voice


def test_no_voice_clicks_at_its_edges(spoken):
    for voice, sentences in spoken.items():
        for samples in sentences.values():
            edge = RATE // 1000
            assert max(np.abs(samples[:edge]).max(), np.abs(samples[-edge:]).max()) < 400, voice


def test_the_measure_of_loudness_is_the_standard_one():
    tone = np.sin(2 * np.pi * 997 * np.arange(5 * RATE) / RATE)
    # BS.1770: a full-scale 997 Hz sine in one channel measures -3.01 LUFS.
    assert loudness((tone * 32767).astype(np.int16)) == pytest.approx(-3.01, abs=0.1)


def test_the_measure_of_pitch_finds_the_fundamental():
    time = np.arange(RATE) / RATE
    voice = sum(np.sin(2 * np.pi * 140 * n * time) / n for n in range(1, 12))
    assert np.median(pitches((voice * 6000).astype(np.int16))) == pytest.approx(140, rel=0.02)
