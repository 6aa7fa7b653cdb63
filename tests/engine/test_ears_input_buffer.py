from __future__ import annotations

from realtime_lab.engine import InputBuffer

MS = 48
"""Bytes per millisecond."""


def numbered(milliseconds: int, first: int = 0) -> bytes:
    """Each millisecond holds its own number."""
    return b"".join(bytes([(first + n) % 256]) * MS for n in range(milliseconds))


def test_a_cut_is_addressed_from_the_start_of_the_session():
    buffer = InputBuffer()
    buffer.append(numbered(100))
    buffer.append(numbered(100, 100))
    assert buffer.cut(90, 110) == numbered(20, 90)
    assert buffer.cut(190) == numbered(10, 190)
    assert (buffer.start_ms, buffer.end_ms) == (0, 200)


def test_positions_stay_when_the_oldest_audio_goes():
    buffer = InputBuffer(keep_seconds=0.1)
    for first in range(0, 300, 50):
        buffer.append(numbered(50, first))
    assert (buffer.start_ms, buffer.end_ms) == (200, 300)
    assert buffer.cut(210, 220) == numbered(10, 210)
    assert buffer.cut(0, 210) == numbered(10, 200)


def test_a_cut_leaves_out_what_is_not_there():
    buffer = InputBuffer()
    buffer.append(numbered(100))
    assert buffer.cut(90, 500) == numbered(10, 90)
    assert buffer.cut(200, 300) == b""
    assert buffer.cut(50, 40) == b""


def test_dropped_audio_is_gone_and_the_rest_keeps_its_place():
    buffer = InputBuffer()
    buffer.append(numbered(100))
    buffer.drop_before(60)
    assert buffer.cut(0) == numbered(40, 60)
    buffer.drop_before(10)
    buffer.drop_before(500)
    assert (buffer.start_ms, buffer.end_ms) == (100, 100)
    buffer.append(numbered(10))
    assert buffer.cut(100) == numbered(10)
