from __future__ import annotations

import numpy as np
import pytest

from realtime_lab.audio import Resampler, resample


def tone(rate: int, seconds: float = 1.0, hertz: float = 440.0) -> np.ndarray:
    return (8000 * np.sin(2 * np.pi * hertz * np.arange(int(rate * seconds)) / rate)).astype(
        np.int16
    )


def loudest_hertz(samples: np.ndarray, rate: int) -> float:
    return float(np.argmax(np.abs(np.fft.rfft(samples))) * rate / samples.size)


@pytest.mark.parametrize("rate_out", [8_000, 16_000, 22_050, 48_000])
def test_pitch_and_length_stay(rate_out: int):
    out = resample(tone(24_000), 24_000, rate_out)
    assert out.dtype == np.int16
    assert abs(out.size - rate_out) <= 1
    assert loudest_hertz(out, rate_out) == pytest.approx(440, abs=2)


def test_a_stream_in_small_chunks_is_the_whole_recording():
    source, resampler = tone(24_000), Resampler(24_000, 16_000)
    pieces = [resampler.feed(source[i : i + 480]) for i in range(0, source.size, 480)]
    whole = np.concatenate([*pieces, resampler.finish()])
    assert abs(whole.size - 16_000) <= 1
    assert np.abs(whole[100:-100].astype(int) - tone(16_000)[100 : whole.size - 100]).max() < 300


def test_a_stream_holds_back_less_than_seven_milliseconds():
    resampler = Resampler(24_000, 16_000)
    given = sum(resampler.feed(tone(24_000, 0.02)).size for _ in range(50))
    assert given >= 16_000 - 0.007 * 16_000


def test_a_finished_stream_begins_anew():
    resampler = Resampler(24_000, 16_000)
    first = np.concatenate([resampler.feed(tone(24_000)), resampler.finish()])
    second = np.concatenate([resampler.feed(tone(24_000)), resampler.finish()])
    assert np.array_equal(first, second)


def test_chunks_make_no_difference():
    whole, pieces = Resampler(24_000, 16_000), Resampler(24_000, 16_000)
    source = tone(24_000)
    expected = np.concatenate([whole.feed(source), whole.finish()])
    cut = [pieces.feed(source[i : i + 480]) for i in range(0, source.size, 480)]
    assert np.array_equal(np.concatenate([*cut, pieces.finish()]), expected)


def test_the_same_rate_changes_nothing():
    assert np.array_equal(resample(tone(24_000), 24_000, 24_000), tone(24_000))
    assert np.array_equal(Resampler(24_000, 24_000).feed(tone(24_000)), tone(24_000))


def test_nothing_stays_nothing():
    assert resample(np.empty(0, np.int16), 24_000, 8_000).size == 0
