"""Waveforms in buckets, measured bit by bit."""

import itertools

import numpy as np
import pytest

from realtime_lab.audio import RATE
from realtime_lab.widgets.peaks import BLOCK_SECONDS, Peaks


class Track:
    """Samples that grow; counts what is read of them."""

    def __init__(self, seconds):
        noise = np.random.default_rng(7).integers(-30_000, 30_000, round(600 * RATE))
        self.samples = noise.astype(np.int16)
        self.seconds = seconds
        self.longest_read = 0.0

    def read(self, start, end):
        self.longest_read = max(self.longest_read, end - start)
        end = min(end, self.seconds)
        return self.samples[round(start * RATE) : max(0, round(end * RATE))]


def measured(track):
    peaks = Peaks(track.read)
    while peaks.measure(track.seconds):
        pass
    return peaks


def plain(track, start, end, buckets):
    edges = np.linspace(start, end, buckets + 1)
    parts = [track.read(a, b) for a, b in itertools.pairwise(edges)]
    return np.array([(part.min() / 258, part.max() / 258) for part in parts]).astype(np.int8)


@pytest.mark.parametrize(("start", "end"), [(0.0, 2.0), (3.21, 7.9), (100.0, 119.0)])
def test_a_close_up_is_exact_to_the_sample(track_of_two_minutes, start, end):
    found = Peaks(track_of_two_minutes.read).between(start, end, 50)
    assert found.shape == (50, 2)
    assert np.array_equal(found, plain(track_of_two_minutes, start, end, 50))


def test_a_long_part_is_shown_from_what_was_measured(track_of_two_minutes):
    peaks = measured(track_of_two_minutes)
    expected = plain(track_of_two_minutes, 0, 120, 600)
    track_of_two_minutes.longest_read = 0
    assert np.array_equal(peaks.between(0, 120, 600), expected)
    assert track_of_two_minutes.longest_read == 0


def test_it_is_measured_in_small_steps_and_shows_what_is_known_by_then():
    track = Track(600.0)
    peaks = Peaks(track.read)
    for _ in range(3):
        assert peaks.measure(600)
    assert track.longest_read <= BLOCK_SECONDS + 0.001
    found = peaks.between(0, 600, 600)
    known = round(3 * BLOCK_SECONDS)
    assert found[:known].any(axis=1).all()
    assert not found[known + 10 :].any()


def test_beyond_the_end_is_silence():
    peaks = measured(Track(30.0))
    assert not peaks.between(40, 50, 10).any()
    assert not peaks.between(31, 90, 10).any()
    found = peaks.between(0, 60, 60)
    assert found[:30].any(axis=1).all()
    assert not found[30:].any()


def test_the_end_of_a_log_that_grows_shows_before_it_is_measured():
    track = Track(60.0)
    peaks = measured(track)
    track.seconds = 63.0
    assert not peaks.measure(track.seconds)
    assert peaks.between(0, 63, 63)[60:].any(axis=1).all()


def test_audio_near_the_end_that_is_placed_elsewhere_later_is_measured_again():
    track = Track(60.0)
    peaks = measured(track)
    track.samples[round(50 * RATE) : round(60 * RATE)] = 0
    track.seconds = 70.0
    while peaks.measure(track.seconds):
        pass
    found = peaks.between(0, 70, 70)
    assert not found[50:60].any()
    assert found[60:].any(axis=1).all()


def test_silence_and_a_log_without_audio_have_no_peaks():
    peaks = Peaks(lambda start, end: np.zeros(0, np.int16))
    while peaks.measure(100):
        pass
    assert not peaks.between(0, 100, 10).any()
    assert not peaks.between(0, 1, 10).any()


def test_noise_of_a_few_bits_does_not_thicken_the_line():
    peaks = Peaks(lambda start, end: np.full(round((end - start) * RATE), -3, np.int16))
    assert not peaks.between(0, 1, 10).any()


def test_full_scale_is_the_whole_range():
    samples = np.array([-32_768, 32_767] * RATE, np.int16)
    found = Peaks(lambda start, end: samples[: round((end - start) * RATE)]).between(0, 1, 4)
    assert found.tolist() == [[-127, 127]] * 4


@pytest.fixture
def track_of_two_minutes():
    return Track(120.0)
