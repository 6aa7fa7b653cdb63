"""The inspector in the kernel, with no browser anywhere."""

import base64
import json
import re
from xml.etree import ElementTree

import pytest

from realtime_lab.protocol import ItemAdded, OutputAudioDelta
from tests.eventlog.made import PLACE, Recorder, conversation, user_message
from tests.eventlog.talks import spoken_turn

pytest.importorskip("anywidget")

FILTER = {
    "types": [], "directions": [], "turn": None, "response_id": "", "text": "", "folded": True,
}  # fmt: skip


@pytest.fixture
def inspector(monkeypatch):
    """Makes an inspector of a log, which notes what it posts."""
    from realtime_lab.widgets import Inspector

    made = []

    def make(log):
        widget = Inspector(log)
        # The thread that looks at the log would post between what a test expects.
        monkeypatch.setattr(widget._thread, "asked", lambda: None)
        widget.posted = []
        monkeypatch.setattr(
            widget, "send", lambda content, buffers: widget.posted.append((content, buffers))
        )
        made.append(widget)
        return widget

    yield make
    for widget in made:
        widget.close()


def ask(widget, question, **asks):
    message = {"type": "ask", "page": "p1", "id": 7, "question": question, "asks": asks}
    widget._receive(widget, message, [])
    return widget.posted[-1]


def test_a_page_that_asks_is_answered_by_name_and_number(inspector):
    widget = inspector(conversation().log)
    content, _ = ask(widget, "count", filter=FILTER)
    assert (content["type"], content["page"], content["id"]) == ("answer", "p1", 7)
    assert content["answer"]["total"] > 5


def test_what_cannot_be_answered_is_refused_with_a_reason(inspector):
    widget = inspector(conversation().log)
    content, _ = ask(widget, "event", seq=999)
    assert (content["type"], content["id"]) == ("refused", 7)
    assert "no event 999" in content["problem"]


def test_a_failure_of_our_own_is_told_too(inspector, monkeypatch, caplog):
    widget = inspector(conversation().log)
    monkeypatch.setattr(widget._answers, "to", lambda *_: 1 / 0)
    content, _ = ask(widget, "open")
    assert content["type"] == "refused"
    assert "ZeroDivisionError" in content["problem"]
    assert "could not answer" in caplog.text


def test_other_messages_are_none_of_its_business(inspector):
    widget = inspector(conversation().log)
    widget._receive(widget, {"type": "frames"}, [])
    widget._receive(widget, {}, [])
    assert widget.posted == []


def test_growth_is_posted_as_numbers(inspector):
    made = conversation()
    widget = inspector(made.log)
    made.at(5.0, "lab.closed")
    widget._watch.look(1.0)
    grown = [content for content, _ in widget.posted if content["type"] == "grown"]
    assert grown == [{"type": "grown", "events": len(made.log), "seconds": 5.0}]


def a_private_talk() -> Recorder:
    made = Recorder()
    made.at(0.1, ItemAdded(item=user_message("A secret word"), previous_item_id=None))
    made.at(0.2, OutputAudioDelta(**PLACE, delta=b"\x12\x34" * 500))
    made.at(0.9, ItemAdded(item=user_message("jane.doe@example.org"), previous_item_id=None))
    return made


def test_the_state_that_notebooks_save_holds_no_text_and_no_audio(inspector):
    widget = inspector(a_private_talk().log)
    ask(widget, "event", seq=0)
    ask(widget, "audio", start=0, seconds=1)
    state = widget.get_state()
    known = {"_esm", "_css", "layout", "tabbable", "tooltip", "_anywidget_id"}
    own = {name for name in state if name not in known and not name.startswith(("_model", "_view"))}
    own -= {"_dom_classes"}
    assert own == set()
    saved = json.dumps(state, default=str)
    assert "secret" not in saved
    assert base64.b64encode(b"\x12\x34" * 9).decode() not in saved


def test_without_a_browser_it_shows_the_timeline_and_the_events(inspector):
    bundle, _ = inspector(spoken_turn().log)._repr_mimebundle_()
    html = bundle["text/html"]
    (picture,) = re.findall(r'src="data:image/svg\+xml;base64,([^"]+)"', html)
    svg = base64.b64decode(picture).decode()
    assert svg.startswith("<svg")
    assert "What time is it?" in svg
    assert "response.done" in html
    assert re.search(r'alt="Timeline of 3\.\d s; spans: 1 in User speech', html)
    assert "events" in bundle["text/plain"]
    assert "application/vnd.jupyter.widget-view+json" in bundle


def test_the_static_form_is_redacted_and_has_no_audio(inspector):
    bundle, _ = inspector(a_private_talk().log)._repr_mimebundle_()
    pictures = re.findall(r"base64,([^\"]+)", bundle["text/html"])
    shown = bundle["text/html"] + "".join(base64.b64decode(p).decode() for p in pictures)
    assert "jane.doe" not in shown
    assert "‹e-mail›" in shown
    assert base64.b64encode(b"\x12\x34" * 9).decode() not in shown


def test_the_picture_escapes_what_was_said(inspector):
    made = Recorder()
    made.at(0.1, ItemAdded(item=user_message("<b>&</b>"), previous_item_id=None))
    made.at(9.0, "lab.closed")

    bundle, _ = inspector(made.log)._repr_mimebundle_()
    (picture,) = re.findall(r"base64,([^\"]+)", bundle["text/html"])
    ElementTree.fromstring(base64.b64decode(picture))


def test_an_empty_log_has_no_picture(inspector):
    bundle, _ = inspector(Recorder().log)._repr_mimebundle_()
    assert "<img" not in bundle["text/html"]
    assert "0 events" in bundle["text/plain"]


def test_the_static_form_follows_the_log_until_a_page_looks_and_again_when_it_is_closed(inspector):
    made = conversation()
    widget = inspector(made.log)
    updates = []

    class Handle:
        def update(self, data, **_):
            updates.append(data["text/plain"])

    widget._displays.append(Handle())
    widget._repr_mimebundle_()
    widget._refresh()
    assert updates == []
    made.at(2.0, ItemAdded(item=user_message("More"), previous_item_id=None))
    widget._refresh()
    assert len(updates) == 1
    ask(widget, "open")
    made.at(3.0, ItemAdded(item=user_message("Still more"), previous_item_id=None))
    widget._refresh()
    assert len(updates) == 1
    made.at(4.0, "lab.closed")
    widget._refresh()
    assert len(updates) == 2
    widget._refresh()
    assert len(updates) == 2
