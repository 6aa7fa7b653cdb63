"""Frames between browser and kernel."""

import pytest

from realtime_lab.errors import ProtocolError
from realtime_lab.widgets.framing import Frame, decode_frame, encode_frame


@pytest.mark.parametrize("pcm", [b"", b"\x01\x02", bytes(range(256)) * 4])
def test_a_frame_comes_back_as_it_went(pcm):
    frame = Frame({"type": "mic", "seq": 7, "text": "ü"}, pcm)
    assert decode_frame(encode_frame(frame)) == frame


def test_the_bytes_are_those_that_the_front_end_writes():
    """The same example stands in frontend/tests/framing.test.ts."""
    assert encode_frame(Frame({"type": "a"}, b"\x02\x01")) == b'\x0c\x00{"type":"a"}\x02\x01'


@pytest.mark.parametrize(
    "data", [b"", b"\x01", b"\x05\x00{}", b"\x02\x00[]", b"\x02\x00{]", b'\x09\x00{"t":"\xff"}']
)
def test_what_is_no_frame_is_refused(data):
    with pytest.raises(ProtocolError, match="frame"):
        decode_frame(data)


def test_a_header_that_does_not_fit_is_refused():
    with pytest.raises(ProtocolError, match="send it in parts"):
        encode_frame(Frame({"type": "line", "text": "x" * 70_000}))


def test_a_frame_without_a_type_has_an_empty_one():
    assert decode_frame(encode_frame(Frame({"seq": 1}))).type == ""
