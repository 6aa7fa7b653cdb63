"""One loudness for all voices."""

import math

import pytest

from realtime_lab.voices import matched_gain


def test_the_gain_leads_to_the_common_loudness():
    gain = matched_gain(-30.0, -12.0, target=-23.0)
    assert (gain.decibels, gain.limited) == (7.0, False)
    assert gain.factor == pytest.approx(2.239, abs=0.001)
    assert matched_gain(-18.0, -2.0).decibels == -5.0


def test_peaks_limit_it_so_that_nothing_clips():
    gain = matched_gain(-30.0, -4.0)
    assert (gain.decibels, gain.limited) == (3.0, True)
    over = matched_gain(-23.0, 0.5)
    assert over.decibels == -1.5, "a take that is loud enough, but too close to full scale"


def test_what_has_no_loudness_is_left_as_it_is():
    assert matched_gain(-math.inf, -math.inf).decibels == 0.0
