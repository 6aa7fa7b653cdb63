"""One event in full."""

import base64
import json

import pytest

from realtime_lab.errors import LogError
from realtime_lab.widgets.event_detail import event_detail, readable
from tests.eventlog.made import conversation


@pytest.fixture(scope="module")
def index():
    return conversation().log.index


def test_the_json_is_indented_and_its_audio_told_by_length(index):
    detail = event_detail(index, 0)
    assert json.loads(detail["json"])["audio"] == "[960 bytes of audio]"
    assert detail["json"].startswith('{\n  "type": "input_audio_buffer.append"')


def test_it_says_when_and_where_it_belongs(index):
    detail = event_detail(index, 10)
    assert (detail["type"], detail["direction"]) == (
        "response.output_audio_transcript.delta",
        "received",
    )
    assert detail["at"] == pytest.approx(0.5)
    assert detail["wall"] == "2023-11-14T22:13:20.500000+00:00"
    assert (detail["response"], detail["item"]) == ("resp_1", "item_a")


@pytest.mark.parametrize(("seq", "piece"), [(0, (1, 5)), (3, (4, 5)), (5, (1, 1))])
def test_a_piece_says_which_of_how_many_it_is(index, seq, piece):
    detail = event_detail(index, seq)
    assert (detail["piece"], detail["pieces"]) == piece


def test_causes_and_consequences_are_events_to_go_to(index):
    detail = event_detail(index, 9)
    assert detail["type"] == "response.created"
    assert "response.done" in [event["type"] for event in detail["consequences"]]
    (done,) = [e for e in detail["consequences"] if e["type"] == "response.done"]
    back = event_detail(index, done["seq"])
    assert 9 in [event["seq"] for event in back["causes"]]


def test_an_event_that_is_not_there_is_refused(index):
    with pytest.raises(LogError, match="no event 999"):
        event_detail(index, 999)


def test_audio_within_an_item_is_told_by_its_length():
    part = {"type": "input_audio", "audio": base64.b64encode(bytes(1000)).decode()}
    text = json.dumps({"item": {"content": [part, {"type": "input_text", "text": "hi"}]}})
    content = json.loads(readable(text))["item"]["content"]
    assert content[0]["audio"] == "[1,000 bytes of audio]"
    assert content[1] == {"type": "input_text", "text": "hi"}


def test_the_settings_of_audio_are_no_audio():
    text = '{"session":{"audio":{"input":{"format":{"type":"audio/pcm"}}}}}'
    assert json.loads(readable(text)) == json.loads(text)


def test_numbers_keep_all_their_digits():
    assert "12345678901234567890" in readable('{"a":12345678901234567890,"b":0.1}')


def test_what_is_no_json_is_shown_as_it_is():
    assert readable("not JSON {") == "not JSON {"
