from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from realtime_lab.audio import RATE, pcm_seconds, pcm_to_samples, samples_to_pcm
from realtime_lab.errors import AudioError


def test_bytes_are_little_endian():
    assert samples_to_pcm(np.array([1, -2], np.int16)) == b"\x01\x00\xfe\xff"
    assert pcm_to_samples(b"\x01\x00\xfe\xff").tolist() == [1, -2]


@given(st.lists(st.integers(-32768, 32767)))
def test_samples_survive_the_way_through_bytes(values: list[int]):
    assert pcm_to_samples(samples_to_pcm(np.array(values, np.int16))).tolist() == values


def test_floats_are_scaled_and_clipped():
    samples = np.array([0.0, 1.0, -1.0, 2.0, -2.0, np.nan, np.inf], np.float32)
    clipped = pcm_to_samples(samples_to_pcm(samples)).tolist()
    assert clipped == [0, 32767, -32767, 32767, -32768, 0, 32767]


def test_wider_integers_are_clipped():
    assert pcm_to_samples(samples_to_pcm(np.array([40_000, -40_000]))).tolist() == [32767, -32768]


def test_half_a_sample_is_refused():
    with pytest.raises(AudioError, match="3 bytes"):
        pcm_to_samples(b"\x00\x01\x02")


def test_a_second_is_48000_bytes():
    assert pcm_seconds(bytes(2 * RATE)) == 1.0
    assert pcm_seconds(bytes(16_000), rate=8_000) == 1.0


def test_importing_the_room_loads_no_codec_library():
    code = "import sys, realtime_lab.audio; print({'soxr', 'soundfile'} & set(sys.modules))"
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert out.stdout.strip() == "set()"
