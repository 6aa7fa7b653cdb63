"""The report: one HTML file that stands alone."""

import html.parser
import re

import pytest

from realtime_lab.eventlog import EventLog, scan, timeline
from realtime_lab.protocol import ErrorDetails, ErrorEvent, ItemCreate

from .made import Recorder, user_message
from .talks import created, done, spoken_turn

VOID = {"br", "img", "hr", "input", "meta", "link"}


class Checker(html.parser.HTMLParser):
    """Checks that tags close, and gathers what would be loaded."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: set[str] = set()
        self.loaded: list[str] = []

    def handle_starttag(self, tag, attrs):
        self.seen.add(tag)
        named = dict(attrs)
        self.loaded += [named[n] or "" for n in ("src", "href", "data", "action") if n in named]
        assert not [name for name in named if name.startswith("on")]
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.seen.add(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def checked(text: str) -> Checker:
    checker = Checker()
    checker.feed(text)
    assert checker.open == []
    return checker


def report(log: EventLog, path, **options) -> str:
    text = log.export(path / "report.html", overwrite=True, **options).read_text()
    found = checked(text)
    assert "script" not in found.seen
    assert [url for url in found.loaded if not url.startswith("data:")] == []
    assert not re.search(r"url\(|@import|https?:(?!//www.w3.org/2000/svg)", text)
    return text


def test_it_tells_everything_and_loads_nothing(tmp_path):
    made = spoken_turn()
    made.at(3.5, ErrorEvent(error=ErrorDetails(message="no", code="rate_limit_exceeded")))
    made.log.note("the log was found in a drawer")
    text = report(made.log, tmp_path, title="A talk", authors=["Ada"])
    headings = re.findall(r"<h2>(.*?)</h2>", text)
    assert headings == [
        *("Timeline", "Turns", "Latency", "Usage and cost", "Settings", "Problems", "Methods")
    ]
    for told in (
        "<title>A talk</title>",
        "What time is it?",
        "word0 word1 word2 word3",
        "response created → first audio",
        "audio.input.turn_detection.silence_duration_ms",
        "1 × error <code>rate_limit_exceeded</code>",
        "the log was found in a drawer",
        made.log.methods().facts["sha256"]["log"],
    ):
        assert told in text


def test_voices_are_in_it_only_if_asked_for(tmp_path):
    log = spoken_turn().log
    assert "audio/mpeg" not in report(log, tmp_path)
    assert scan([tmp_path / "report.html"]).findings == ()
    text = report(log, tmp_path, audio=True)
    assert text.count('src="data:audio/mpeg;base64,') == 2
    assert {f.kind for f in scan([tmp_path / "report.html"]).findings} == {"audio"}


def test_what_was_said_cannot_become_a_part_of_the_page(tmp_path):
    made = spoken_turn()
    made.at(4.0, ItemCreate(item=user_message("<script>alert(1)</script> & <b onclick=x>")))
    text = report(made.log, tmp_path, title="<i>title", authors=["<u>me"])
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; &lt;b onclick=x&gt;" in text


def test_what_nobody_heard_is_struck_out(tmp_path):
    made = spoken_turn()
    data = {"item_id": "item_a", "response_id": "resp_1", "heard_ms": 390, "received_ms": 800}
    made.at(3.0, "lab.interrupted", **data)
    assert '<s title="not heard">word2 word3</s>' in report(made.log, tmp_path)


def test_an_empty_log_makes_a_report(tmp_path):
    text = report(EventLog(), tmp_path)
    assert "There are no turns." in text
    assert "No stage of any turn could be measured." in text


def test_a_long_log_makes_a_report_of_bounded_size(tmp_path):
    made = Recorder()
    for number in range(3000):
        made.at(number, ItemCreate(item=user_message(f"question {number}")))
        made.at(number + 0.1, created(f"resp_{number}"))
        made.at(number + 0.2, done(f"resp_{number}"))
    text = report(made.log, tmp_path)
    assert "more turns are not shown" in text
    assert len(text) < 1_500_000


def test_a_timeline_shows_itself_redacted():
    made = spoken_turn()
    made.at(4.0, ItemCreate(item=user_message("Call 415-555-0123 <now>")))
    text = timeline(made.log)._repr_html_()
    checked(text)
    assert "What time is it?" in text
    assert "‹phone› &lt;now&gt;" in text
    assert "555-0123" not in text


@pytest.mark.parametrize("seconds", [0.0, 5.0, 10_000.0])
def test_a_timeline_of_any_length_is_a_picture(seconds):
    made = Recorder()
    made.at(0.0, created())
    made.at(seconds, "lab.note")
    text = timeline(made.log)._repr_html_()
    checked(text)
    assert "response · 0.00 s on" in text
