from __future__ import annotations

import warnings

import numpy as np
import pytest

from realtime_lab.audio import decode_alaw, decode_ulaw, encode_alaw, encode_ulaw

CODECS = {"ulaw": (encode_ulaw, decode_ulaw), "alaw": (encode_alaw, decode_alaw)}
EVERY_SAMPLE = np.arange(-32768, 32768).astype(np.int16)
EVERY_CODE = bytes(range(256))


@pytest.mark.parametrize("law", CODECS)
def test_every_value_agrees_with_the_standard_library(law: str):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        audioop = pytest.importorskip("audioop", reason="left the standard library in 3.13")
    encode, decode = CODECS[law]
    assert encode(EVERY_SAMPLE) == getattr(audioop, f"lin2{law}")(EVERY_SAMPLE.tobytes(), 2)
    assert decode(EVERY_CODE).tobytes() == getattr(audioop, f"{law}2lin")(EVERY_CODE, 2)


@pytest.mark.parametrize("law", CODECS)
def test_what_was_decoded_encodes_to_the_same_values(law: str):
    encode, decode = CODECS[law]
    values = decode(EVERY_CODE)
    assert np.array_equal(decode(encode(values)), values)


@pytest.mark.parametrize("law", CODECS)
def test_the_error_is_a_small_part_of_the_sample(law: str):
    encode, decode = CODECS[law]
    error = np.abs(decode(encode(EVERY_SAMPLE)).astype(int) - EVERY_SAMPLE)
    assert np.all(error <= np.maximum(np.abs(EVERY_SAMPLE.astype(int)) * 0.05, 20))


def test_known_codes():
    assert encode_ulaw(np.array([0], np.int16)) == b"\xff"
    assert encode_alaw(np.array([0], np.int16)) == b"\xd5"
