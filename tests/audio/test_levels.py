from __future__ import annotations

import math

import numpy as np
import pytest

from realtime_lab.audio import RATE, Clip, peak_dbfs, rms_dbfs, voiced_span

NOISE = np.random.default_rng(1)


def tone(seconds: float, amplitude: float) -> np.ndarray:
    return amplitude * np.sin(2 * np.pi * 300 * np.arange(int(RATE * seconds)) / RATE)


def test_levels_are_relative_to_full_scale():
    assert rms_dbfs(tone(1, 1.0)) == pytest.approx(-3.01, abs=0.01)
    assert peak_dbfs(np.array([-32768], np.int16)) == 0.0
    assert peak_dbfs(np.array([3277, -3277], np.int16)) == pytest.approx(-20, abs=0.01)


@pytest.mark.parametrize("samples", [np.zeros(100, np.int16), np.empty(0, np.int16)])
def test_silence_has_no_level(samples: np.ndarray):
    assert rms_dbfs(samples) == peak_dbfs(samples) == -math.inf


@pytest.mark.parametrize("noise", [0.0, 0.001, 0.01])
def test_the_span_of_a_sound_in_quiet(noise: float):
    samples = np.concatenate([np.zeros(RATE), tone(0.5, 0.3), np.zeros(RATE // 2)])
    span = voiced_span(samples + noise * NOISE.standard_normal(samples.size))
    assert span == pytest.approx((1.0, 1.5), abs=0.011)


def test_silence_has_no_span():
    assert voiced_span(np.zeros(RATE, np.int16)) is None
    assert voiced_span(np.empty(0, np.int16)) is None


def test_a_sound_from_end_to_end_is_voiced_as_a_whole():
    assert voiced_span(tone(1, 0.3)) == (0.0, 1.0)


def test_a_click_is_no_voice():
    samples = np.zeros(RATE)
    samples[5000:5100] = 0.5
    assert voiced_span(samples) is None


def test_recorded_speech_ends_before_its_recording(speech):
    clip = Clip.read(speech("goforward"))
    span = voiced_span(clip.samples)
    assert span is not None
    assert 0.3 < span[0] < 0.7
    assert 2.2 < span[1] < clip.seconds - 0.2
