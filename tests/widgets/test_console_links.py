"""Between pages and session."""

import asyncio

from realtime_lab.errors import SessionError
from realtime_lab.widgets.console_links import ConsoleLinks
from realtime_lab.widgets.framing import Frame

from .echo_session import SECOND, EchoSession, tone


class Page:
    """A link that remembers what it was sent."""

    def __init__(self):
        self.frames = []
        self.drops = 0

    def send(self, frame):
        self.frames.append(frame)

    def drop_audio(self):
        self.drops += 1

    def types(self):
        return [frame.type for frame in self.frames]

    def last(self, kind):
        return [frame for frame in self.frames if frame.type == kind][-1]


def scene(pages=1, **options):
    session = EchoSession(**options)
    links = ConsoleLinks(session)
    opened = [Page() for _ in range(pages)]
    for page in opened:
        links.opened(page)
    return session, links, *opened


def speak(links, page, seconds):
    pcm = tone(seconds)
    for n, start in enumerate(range(0, len(pcm), 960)):
        links.received(page, Frame({"type": "mic", "seq": n}, pcm[start : start + 960]))


def test_a_page_is_welcomed_with_what_there_is():
    _, _, page = scene()
    assert page.types() == ["welcome"]
    assert page.frames[0].header["status"]["model"] == "echo"


def test_microphone_frames_reach_the_session_in_order():
    session, links, page = scene()
    speak(links, page, 0.2)
    assert b"".join(session.frames) == tone(0.2)


def test_an_answer_reaches_the_page_whole_and_is_finished():
    _, links, page = scene(answer_seconds=0.5)
    speak(links, page, 1)
    sound = [frame for frame in page.frames if frame.type == "audio"]
    assert b"".join(frame.pcm for frame in sound) == tone(0.5)
    assert page.last("finish").header["item"] == sound[0].header["item"]


def test_positions_reach_the_account_of_what_was_heard():
    session, links, page = scene(answer_seconds=1)
    speak(links, page, 1)
    item = page.last("audio").header["item"]
    links.received(page, Frame({"type": "played", "item": item, "seconds": 0.25}))
    assert session.playback.heard_ms(item) == 250


def test_speaking_over_the_model_stops_the_page_and_marks_the_rest():
    _, links, page = scene(answer_seconds=1)
    speak(links, page, 1)
    item = page.last("audio").header["item"]
    links.received(page, Frame({"type": "played", "item": item, "seconds": 0.5}))
    speak(links, page, 0.1)
    assert page.drops == 1
    assert "stop" in page.types()
    line = page.last("line").header
    assert (line["state"], line["heard"] < len(line["text"])) == ("interrupted", True)


def test_the_newest_page_plays_and_all_show():
    session, links, old, new = scene(pages=2)
    speak(links, old, 1)
    assert "audio" not in old.types()
    assert "audio" in new.types()
    assert old.last("line").header == new.last("line").header
    item = new.last("audio").header["item"]
    links.received(old, Frame({"type": "played", "item": item, "seconds": 1}))
    assert session.playback.heard_ms(item) == 0


def test_a_page_that_opens_silences_the_one_before():
    _, _, old, _ = scene(pages=2)
    assert old.types()[-1] == "stop"


def test_the_page_before_plays_again_when_the_newest_is_gone():
    _, links, old, new = scene(pages=2)
    links.closed(new)
    speak(links, old, 1)
    assert "audio" in old.types()


def test_without_a_page_the_session_has_no_player():
    session, links, page = scene()
    links.closed(page)
    assert session._players == []
    assert len(links) == 0


def test_buttons_do_what_they_say():
    session, links, page = scene(answer_seconds=1)
    links.received(page, Frame({"type": "hands_free", "on": False}))
    assert page.last("status").header["hands_free"] is False
    links.received(page, Frame({"type": "mic"}, tone(0.3)))
    assert session.frames[-1] == tone(0.3)
    links.received(page, Frame({"type": "commit"}))
    assert "0.3 s of sound" in [f.header.get("text") for f in page.frames]
    links.received(page, Frame({"type": "interrupt"}))
    assert "stop" in page.types()


def test_typed_text_is_said():
    async def scenario():
        _, links, page = scene()
        links.received(page, Frame({"type": "say", "text": "Hello"}))
        await asyncio.gather(*links._typing)
        assert "Hello" in [f.header.get("text") for f in page.frames]

    asyncio.run(scenario())


def test_what_the_session_refuses_is_told_to_the_page():
    session, links, page = scene()

    def refuse():
        raise SessionError("there is nothing to commit")

    session.commit_turn = refuse
    links.received(page, Frame({"type": "commit"}))
    assert page.frames[-1].header == {"type": "status", "problem": "there is nothing to commit"}
    speak(links, page, 1)
    problems = [f.header["problem"] for f in page.frames if f.header.get("problem") is not None]
    assert problems[-1] == ""


def test_a_ping_is_answered_to_the_one_who_asked():
    _, links, old, new = scene(pages=2)
    links.received(old, Frame({"type": "ping", "sent": 5}))
    assert old.frames[-1].header["sent"] == 5
    assert "pong" not in new.types()


def test_an_unknown_message_is_ignored():
    _, links, page = scene()
    links.received(page, Frame({"type": "from a later version"}))
    assert page.types() == ["welcome"]


def test_after_closing_nothing_more_is_told():
    session, links, page = scene()
    links.close()
    session.feed_microphone(tone(1)[:SECOND])
    assert page.types() == ["welcome"]
