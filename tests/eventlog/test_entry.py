"""Samples are kept once, and the text of the wire can be had again, byte by byte."""

import json
from base64 import b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from realtime_lab.eventlog import EventLog, LogEntry
from realtime_lab.protocol import (
    GA,
    PREVIEW,
    InputAudioBufferAppend,
    OutputAudioDelta,
    UnknownEvent,
)

from .made import PLACE, Recorder

PCM = bytes(range(240)) * 4
DIALECTS = {"ga": GA, "preview": PREVIEW}


def delta(audio: str, *, before: str = "", after: str = "", colon: str = ":") -> bytes:
    """An audio delta as a service may spell it."""
    place = '"response_id":"r","item_id":"i","output_index":0,"content_index":0'
    text = (
        f'{{{before}"type":"response.output_audio.delta",{place},"delta"{colon}"{audio}"{after}}}'
    )
    return text.encode()


def entry_of(text: bytes) -> LogEntry:
    return EventLog().record("received", GA.decode_server(text), text)


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize(
    "event", [InputAudioBufferAppend(audio=PCM), OutputAudioDelta(**PLACE, delta=PCM)]
)
def test_samples_are_not_in_the_text_and_the_wire_text_is_as_it_was(event, dialect):
    made = Recorder(dialect)
    made.at(0.1, event)
    [entry] = made.log
    assert entry.audio == PCM
    assert len(entry.text) < 300
    assert b64encode(PCM) in entry.data
    spelt = DIALECTS[dialect].encode_client if entry.direction == "sent" else None
    assert entry.data == (spelt or DIALECTS[dialect].encode_server)(event)
    assert entry.size == len(entry.data)


def test_what_is_no_audio_has_no_samples():
    entry = entry_of(b'{"type":"response.done","response":{"id":"r","status":"completed"}}')
    assert entry.audio == b""
    assert entry.data == entry.text
    mark = EventLog().mark("response.output_audio.delta", delta="AAAA")
    assert (mark.audio, mark.data) == (b"", mark.text)


AUDIO = b64encode(PCM).decode()


@pytest.mark.parametrize(
    "text",
    [
        delta(AUDIO),
        delta(AUDIO, colon=" :\t"),
        delta(AUDIO, after=', "more": [1, 2]'),
        delta(AUDIO, before='"x": "delta", '),
        delta(AUDIO, before='"x": {"delta": "AAAA"}, '),
        delta(AUDIO, after=', "x": {"delta": "AAAA"}'),
        delta("AAAA", after=', "\\u0064elta": "BBBB"'),
        delta("AAAA", after=', "delta": "BBBB"'),
        delta("AAAA", before='"x": {"delta": "BBBB"}, '),
        delta("AAB="),
        delta("AA=="),
        delta("AP8="),
        delta("\\/\\/\\/\\/"),
        delta("\\u0041AAA"),
        delta(""),
        delta("no base64"),
        delta("AAA"),
    ],
)
def test_any_spelling_of_base64_and_json_is_given_back(text):
    entry = entry_of(text)
    assert entry.data == text
    assert entry.size == len(text)
    if not isinstance(entry.event, UnknownEvent):
        assert entry.audio == entry.event.delta  # type: ignore[union-attr]


@given(st.binary(max_size=9), st.text('AZaz09+/= "\\u', max_size=3), st.integers(0, 12))
def test_base64_with_faults_in_it_is_given_back(pcm, fault, place):
    spelt = b64encode(pcm).decode()
    text = delta(spelt[:place] + fault + spelt[place:])
    assert entry_of(text).data == text


def test_an_odd_number_of_bytes_is_given_back():
    for count in range(1, 7):
        text = delta(b64encode(PCM[:count]).decode())
        entry = entry_of(text)
        assert (entry.data, entry.audio) == (text, PCM[:count])
        assert json.loads(entry.text)["delta"] == ""
