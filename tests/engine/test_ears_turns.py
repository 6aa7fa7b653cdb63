"""Where turns begin and end, judged with a scripted voice activity and with recorded speech."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from realtime_lab.audio import RATE, Clip
from realtime_lab.engine import (
    SileroVoiceActivity,
    SpeechPaused,
    SpeechStarted,
    SpeechStopped,
    TurnDetector,
    TurnSettings,
)

FRAME = 0.032
FRAME_BYTES = round(RATE * FRAME) * 2


class Scripted:
    """Voice activity that says what the script says, one probability per 32 ms."""

    frame_seconds = FRAME

    def __init__(self, probabilities: list[float]) -> None:
        self._probabilities = iter(probabilities)
        self._bytes = 0

    def feed(self, pcm: bytes) -> list[float]:
        self._bytes += len(pcm)
        frames, self._bytes = divmod(self._bytes, FRAME_BYTES)
        return [next(self._probabilities) for _ in range(frames)]

    def reset(self) -> None:
        self._bytes = 0


def script(*spans: tuple[float, int]) -> list[float]:
    """``(probability, frames)`` one after the other."""
    return [probability for probability, count in spans for _ in range(count)]


def sound(probabilities: list[float]) -> bytes:
    """Loud where the script says speech, quiet elsewhere."""
    noise = np.random.default_rng(0)
    level = np.repeat([3000 if p >= 0.5 else 3 for p in probabilities], round(RATE * FRAME))
    return (noise.standard_normal(level.size) * level).clip(-30000, 30000).astype("<i2").tobytes()


def facts(probabilities: list[float], pcm: bytes | None = None, **fields: int | float) -> list:
    detector = TurnDetector(Scripted(probabilities), TurnSettings(**fields))  # pyright: ignore
    return detector.feed(sound(probabilities) if pcm is None else pcm)


ONE_TURN = script((0.0, 40), (0.9, 30), (0.0, 40))
ONSET_MS, END_MS = 40 * 32, 70 * 32


def test_a_turn_starts_before_its_speech_and_stops_after_its_silence():
    started, paused, stopped = facts(ONE_TURN)
    assert started == SpeechStarted(audio_start_ms=ONSET_MS - 300)
    assert paused == SpeechPaused()
    assert isinstance(stopped, SpeechStopped)
    assert stopped.audio_end_ms == pytest.approx(END_MS + 200, abs=11)


@pytest.mark.parametrize("silence_ms", [200, 500, 1000])
def test_the_end_lies_one_silence_behind_the_last_voice(silence_ms: int):
    stopped = facts(ONE_TURN, silence_duration_ms=silence_ms)[-1]
    assert stopped.audio_end_ms == pytest.approx(END_MS + silence_ms, abs=11)


def test_a_model_that_is_late_does_not_make_the_end_late():
    late = script((0.0, 40), (0.9, 34), (0.0, 40))  # 128 ms after the sound ended
    stopped = facts(late, sound(ONE_TURN) + bytes(4 * FRAME_BYTES), silence_duration_ms=500)[-1]
    assert stopped.audio_end_ms == pytest.approx(END_MS + 500, abs=11)


def test_in_loud_surroundings_the_model_alone_decides():
    noise = np.random.default_rng(0).normal(0, 3000, len(sound(ONE_TURN)) // 2)
    stopped = facts(ONE_TURN, noise.astype("<i2").tobytes(), silence_duration_ms=500)[-1]
    assert stopped.audio_end_ms == pytest.approx(END_MS + 500, abs=33)


def test_the_padding_does_not_reach_before_the_beginning():
    assert facts(script((0.9, 10)))[0] == SpeechStarted(audio_start_ms=0)


def test_the_padding_does_not_reach_into_the_turn_before():
    two = script((0.9, 20), (0.0, 8), (0.9, 20), (0.0, 20))
    first, second = [f for f in facts(two) if not isinstance(f, SpeechPaused)][1:3]
    assert isinstance(first, SpeechStopped)
    assert second == SpeechStarted(audio_start_ms=first.audio_end_ms)


def test_one_frame_is_no_speech():
    assert facts(script((0.0, 20), (0.9, 1), (0.0, 20), (0.9, 1), (0.0, 20))) == []


def test_a_short_dip_splits_no_turn():
    dip = script((0.0, 20), (0.9, 20), (0.1, 4), (0.9, 20), (0.0, 30))
    kinds = [type(f) for f in facts(dip) if not isinstance(f, SpeechPaused)]
    assert kinds == [SpeechStarted, SpeechStopped]


def test_a_pause_is_told_again_after_speech_went_on():
    two = script((0.9, 20), (0.0, 10), (0.9, 20), (0.0, 40))
    kinds = [type(f) for f in facts(two, silence_duration_ms=800)]
    assert kinds == [SpeechStarted, SpeechPaused, SpeechPaused, SpeechStopped]


@pytest.mark.parametrize(("threshold", "starts"), [(0.5, True), (0.7, False)])
def test_the_threshold_decides_what_speech_is(threshold: float, starts: bool):
    assert bool(facts(script((0.6, 20)), threshold=threshold)) is starts


def test_a_probability_just_below_the_threshold_does_not_end_a_turn():
    assert SpeechPaused() not in facts(script((0.9, 20), (0.4, 60)))


def test_settings_change_while_somebody_speaks():
    detector = TurnDetector(Scripted(ONE_TURN), TurnSettings(silence_duration_ms=10_000))
    pcm = sound(ONE_TURN)
    heard = detector.feed(pcm[: 80 * FRAME_BYTES])
    assert SpeechPaused() in heard
    assert detector.speaking
    detector.settings = TurnSettings(silence_duration_ms=500)
    assert isinstance(detector.feed(pcm[80 * FRAME_BYTES :])[-1], SpeechStopped)
    assert not detector.speaking


def test_a_reset_forgets_the_turn_and_keeps_the_position():
    detector = TurnDetector(Scripted(script((0.9, 60))))
    detector.feed(sound(script((0.9, 20))))
    detector.reset()
    position = detector.position_ms
    assert detector.feed(sound(script((0.9, 20))))[0] == SpeechStarted(audio_start_ms=position)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.integers(2, 20_000), min_size=1))
def test_the_facts_do_not_depend_on_the_chunks(sizes: list[int]):
    pcm, detector, heard, start = sound(ONE_TURN), TurnDetector(Scripted(ONE_TURN)), [], 0
    for size in [*sizes, len(pcm)]:
        heard += detector.feed(pcm[start : start + size // 2 * 2])
        start += size // 2 * 2
    assert heard == facts(ONE_TURN)


RECORDINGS = ["cards-001", "cards-002", "cards-003", "goforward"] + [
    f"librivox-{n}" for n in ("0880", "0890", "0930")
]


@pytest.mark.parametrize("silence_ms", [200, 500])
@pytest.mark.parametrize("name", RECORDINGS)
def test_each_recording_is_one_turn(speech: Callable, name: str, silence_ms: int):
    samples = Clip.read(speech(name)).samples
    room = np.concatenate([samples[-1920:], samples[-1920::-1][:1920]])
    pcm = np.concatenate([np.zeros(RATE, np.int16), samples, np.tile(room, 8)]).tobytes()
    detector = TurnDetector(SileroVoiceActivity(), TurnSettings(silence_duration_ms=silence_ms))
    kinds = [type(f) for f in detector.feed(pcm) if not isinstance(f, SpeechPaused)]
    assert kinds == [SpeechStarted, SpeechStopped]


@pytest.mark.parametrize("level", [0, 5, 100, 3000])
def test_noise_starts_no_turn(level: int):
    noise = np.random.default_rng(0).normal(0, level, 10 * RATE).clip(-32768, 32767)
    assert TurnDetector(SileroVoiceActivity()).feed(noise.astype(np.int16).tobytes()) == []


def test_voice_activity_gives_one_probability_per_frame_and_forgets_on_reset(speech: Callable):
    pcm, voice = Clip.read(speech("goforward")).pcm, SileroVoiceActivity()
    first = voice.feed(pcm)
    assert len(first) == pytest.approx(len(pcm) / 2 / RATE / voice.frame_seconds, abs=1.5)
    assert max(first) > 0.9 > 0.1 > min(first)
    voice.reset()
    assert voice.feed(pcm) == pytest.approx(first, abs=0.01)


def test_speech_that_was_broken_off_does_not_make_speech_of_the_silence_after_it(speech):
    pcm = Clip.read(speech("librivox-0880")).pcm
    detector = TurnDetector(SileroVoiceActivity())
    begun = detector.feed(pcm[: RATE * 2 * 17 // 10])
    assert isinstance(begun[0], SpeechStarted)
    detector.reset()
    quiet = np.random.default_rng(0).standard_normal(RATE) * 5
    assert detector.feed(quiet.astype("<i2").tobytes()) == []
    assert detector.position_ms == 2700
    started = detector.feed(Clip.read(speech("goforward")).pcm)[0]
    assert isinstance(started, SpeechStarted)
    assert 2700 <= started.audio_start_ms <= 3600
