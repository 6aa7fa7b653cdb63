"""A log as a table that shows anywhere."""

import base64
import html.parser
import re

from realtime_lab.eventlog import EventLog
from realtime_lab.protocol import InputAudioBufferCommit, ItemDeleted, UnknownEvent

from .made import conversation

VOID = {"br", "img", "hr", "input", "meta"}


class Checker(html.parser.HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: set[str] = set()

    def handle_starttag(self, tag, attrs):
        self.seen.add(tag)
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def table(log: EventLog) -> str:
    text = log._repr_html_()
    checker = Checker()
    checker.feed(text)
    assert checker.open == []
    assert "script" not in checker.seen
    return text


def test_a_stream_is_one_row():
    text = table(conversation().log)
    assert text.count("<tr") == 1 + 12
    assert text.count("response.output_audio.delta</code>") == 1
    assert "× 2 in 80 ms" in text
    assert "3,840 bytes of audio" in text
    assert "× 5 in 80 ms" in text
    assert "4,800 bytes of audio" in text


def test_words_and_errors_can_be_read():
    text = table(conversation().log)
    assert "Hi &lt;you&gt;" in text
    assert "<you>" not in text
    assert "That was wrong." in text
    assert "resp_1 completed" in text


def test_times_are_since_the_start():
    cells = re.findall(r"top\">([\d.,]+)</td><td title", table(conversation().log))
    assert cells[:3] == ["0.0", "100.0", "300.0"]
    assert cells[-1] == "900.0"


def test_no_audio_is_embedded():
    assert base64.b64encode(bytes(60)).decode() not in table(conversation().log)


def test_a_huge_log_makes_a_small_table():
    log = EventLog(clock=lambda: 0.0)
    for number in range(20_000):
        event = ItemDeleted(item_id=f"item_{number}")
        log.record("received", event, b'{"type":"conversation.item.deleted","x":"%d"}' % number)
    text = table(log)
    assert len(text) < 60_000
    assert "19,940 events not shown" in text
    assert "&quot;x&quot;:&quot;0&quot;" in text
    assert "&quot;x&quot;:&quot;19999&quot;" in text


def test_a_huge_event_is_cut():
    log = EventLog()
    log.record("received", UnknownEvent(type="x", body={}), b'"' + b"y" * 10**6 + b'"')
    assert len(table(log)) < 5_000


def test_an_empty_log_and_its_notes():
    log = EventLog()
    log._notes.append("line 3 is <torn>")
    text = table(log)
    assert "0 events" in text
    assert "line 3 is &lt;torn&gt;" in text


def test_marks_and_unknown_events_explain_themselves():
    log = EventLog()
    log.mark("lab.note", why="because")
    log.record("received", UnknownEvent(type="new", body={}, problem="no such event"), b"{}")
    log.record("sent", InputAudioBufferCommit(), b"{}")
    text = table(log)
    assert "why=because" in text
    assert "not understood: no such event" in text
