"""The widget in the kernel, with no browser anywhere."""

import asyncio
import json
import queue
import re

import pytest

from realtime_lab.session import SessionThread
from realtime_lab.widgets.console_feed import Status
from realtime_lab.widgets.console_html import console_html, console_text
from realtime_lab.widgets.framing import Frame, decode_frame, encode_frame
from realtime_lab.widgets.transcript import Line

from .echo_session import EchoSession, tone

pytest.importorskip("anywidget")


class Posted(queue.SimpleQueue):
    """The custom messages that the widget sent."""

    def __call__(self, content, buffers):
        self.put((content, buffers))

    def all(self):
        return [self.get() for _ in range(self.qsize())]


@pytest.fixture(scope="module")
def thread():
    return SessionThread("test session")


@pytest.fixture
def posted():
    return Posted()


@pytest.fixture
def console(thread, posted, monkeypatch):
    from realtime_lab.widgets import Console

    monkeypatch.setattr(Console, "_post", lambda _, *message: posted(*message))
    made = Console(EchoSession(), thread.loop)
    yield made
    made.close()
    settle(thread)


def settle(thread):
    """Let the session's loop do what it has been given."""

    async def turns():
        for _ in range(10):
            await asyncio.sleep(0)

    thread.call(turns(), "settle").result(10)


def ask(console, posted):
    message = {"type": "connect", "client": "page", "origin": "http://localhost:8888"}
    console._receive(console, message, [])
    offer, _ = posted.get(timeout=10)
    return offer


def test_the_bridge_is_offered_only_to_the_page_that_asks(console, posted):
    offer = ask(console, posted)
    assert offer["type"] == "offer"
    assert offer["client"] == "page"
    assert offer["port"] > 0
    assert len(offer["token"]) > 30


def test_neither_port_nor_token_is_ever_in_the_state_that_notebooks_save(console, posted):
    offer = ask(console, posted)
    saved = json.dumps(console.get_state(), default=str)
    bundle, _ = console._repr_mimebundle_()
    for text in (saved, json.dumps(bundle)):
        assert offer["token"] not in text
        assert not re.search(rf"\b{offer['port']}\b", text)


def test_the_channel_of_the_notebook_works_when_nothing_else_does(console, thread, posted):
    def send(*frames):
        buffers = [memoryview(encode_frame(frame)) for frame in frames]
        console._receive(console, {"type": "frames", "client": "page"}, buffers)

    send(Frame({"type": "hello"}))
    send(*(Frame({"type": "mic", "seq": n}, tone(0.1)) for n in range(10)))
    settle(thread)
    messages = posted.all()
    assert {content["client"] for content, _ in messages} == {"page"}
    frames = [decode_frame(data) for _, buffers in messages for data in buffers]
    assert frames[0].type == "welcome"
    assert b"".join(frame.pcm for frame in frames) == tone(2.0)
    send(Frame({"type": "bye"}))
    settle(thread)
    assert len(console._host.links) == 0


def test_a_page_that_never_said_hello_is_ignored(console, thread, posted):
    buffer = encode_frame(Frame({"type": "mic"}, tone(1)))
    console._receive(console, {"type": "frames", "client": "page"}, [buffer])
    settle(thread)
    assert posted.empty()


def test_without_a_browser_it_shows_what_was_said(console, thread):
    session = console._host.links._session
    thread.call(session.say("Hello <there>"), "say").result(10)
    bundle, _ = console._repr_mimebundle_()
    assert "Hello &lt;there&gt;" in bundle["text/html"]
    assert "You: Hello <there>" in bundle["text/plain"]
    assert "application/vnd.jupyter.widget-view+json" in bundle


def test_the_static_form_strikes_out_what_nobody_heard():
    line = Line("m", "assistant", "one two three", "interrupted", heard=7)
    html = console_html(Status(model="echo"), [line])
    assert re.search(r"one two<s [^>]*> three</s>.*interrupted", html)


def test_the_static_form_names_state_and_latency():
    status = Status(model="echo", voice="coral", session="closed", latency_ms=412.4)
    assert console_text(status, []) == "echo · coral · session closed · 412 ms to first audio"
    assert "Nothing has been said yet" in console_html(status, [])
