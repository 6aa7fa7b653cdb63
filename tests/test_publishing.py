"""From a session to what is published of it: files, a report, a copy to give away."""

from __future__ import annotations

import json
from collections.abc import Iterator

import numpy as np
import pytest
import soundfile

import realtime_lab as rl
from realtime_lab.audio import RATE, Clip
from realtime_lab.eventlog import EventLog, import_events, lint, scan, timeline

SECRET = "My number is 415-555-0123 and my mail is ada@lab.org."
FORMATS = ("srt", "vtt", "TextGrid", "eaf", "txt", "wav", "csv", "html", "jsonl")


def weather(city: str) -> dict:
    """Tell the weather in a city.

    Args:
        city: The name of the city, such as Oslo.
    """
    return {"city": city, "sky": "clear"}


@pytest.fixture(scope="module")
def log(tmp_path_factory) -> Iterator[EventLog]:
    """Something typed, something spoken, a tool, on the embedded server; kept on disk."""
    path = tmp_path_factory.mktemp("talk") / "talk.jsonl"
    lab = rl.run(rl.connect(tools=[weather], log=path))
    rl.run(lab.say(SECRET))
    question = rl.run(lab.say("Repeat after me: what is your name?"))
    rl.run(lab.speak(question.audio))
    rl.run(lab.say("What is the weather in Oslo?"))
    rl.run(lab.close())
    yield EventLog.load(path)


def test_the_timeline_of_a_session_tells_all_that_happened(log):
    line = timeline(log)
    assert [s.turn for s in line.lane("user")] == [1, 2, 3, 4]
    assert [bool(s.seconds) for s in line.lane("user")] == [False, False, True, False]
    (spoken,) = [s for s in line.lane("user") if s.seconds]
    (heard,) = line.lane("vad")
    assert heard.start - 0.5 < spoken.start <= heard.start
    assert heard.end - 1.0 < spoken.end <= heard.end
    assert [s.text for s in line.lane("response")] == ["completed"] * 5
    (called,) = line.lane("tools")
    assert called.text.startswith("weather(")
    assert called.seconds < 5
    assert len(line.lane("sent")) == 4
    assert line.lane("played") == []


def test_every_format_can_be_written(log, tmp_path):
    for suffix in FORMATS:
        path = log.export(tmp_path / f"talk.{suffix}")
        assert path.stat().st_size > 500, suffix
        if suffix != "wav":
            text = path.read_text()
            assert "555-0123" not in text, suffix
            assert "ada@lab" not in text, suffix


def test_the_sound_file_has_the_voices_where_the_timeline_says(log, tmp_path):
    samples, rate = soundfile.read(log.export(tmp_path / "talk.wav"), dtype="int16")
    assert rate == RATE
    line = timeline(log)
    (spoken,) = [s for s in line.lane("user") if s.seconds]
    within = samples[round(spoken.start * RATE) : round(spoken.end * RATE), 0]
    before = samples[: max(round((spoken.start - 0.5) * RATE), 0), 0]
    assert np.abs(within).max() > 3000
    assert np.abs(before).max(initial=0) == 0
    said = sum(item.sent_ms for item in line.spoken.values())
    assert np.count_nonzero(samples[:, 1]) > 0.5 * said * RATE / 1000


def test_subtitles_follow_the_conversation(log, tmp_path):
    text = log.export(tmp_path / "talk.srt").read_text()
    order = [text.index(f"User: {words}") for words in ("My number", "Repeat", "what", "What is")]
    assert order == sorted(order)
    assert text.count("Model: ") >= 4


def test_wire_events_make_the_same_log_again(log, tmp_path):
    back = import_events(log.export(tmp_path / "wire.jsonl", marks=True))
    assert [(e.direction, e.type) for e in back] == [(e.direction, e.type) for e in log]
    assert back.dialect == log.dialect
    assert [s.text for s in timeline(back).lane("sent")] == [
        s.text for s in timeline(log).lane("sent")
    ]
    assert [f.rule for f in lint(back)] == [f.rule for f in lint(log)]


def test_the_report_holds_no_voice_and_nothing_personal(log, tmp_path):
    path = log.export(tmp_path / "talk.html")
    assert scan([path]).findings == ()
    text = path.read_text()
    assert "the embedded realtime server of realtime_lab, which emulates it" in text
    assert "weather(" in text


def test_the_methods_tell_that_the_model_itself_did_not_answer(log):
    methods = log.methods()
    assert methods.facts["connections"][0]["service"] == "embedded"
    assert methods.facts["turns"] == {"total": 4, "spoken": 1, "interrupted": 0, "with_tools": 1}
    assert "that model itself did not answer" in methods.text
    assert "127.0.0.1" not in methods.json()


def test_a_copy_can_be_given_away_and_used(log, tmp_path):
    shared = log.share(tmp_path / "shared.jsonl")
    assert shared.replaced.keys() == set()  # it was redacted when it was recorded
    copy = EventLog.load(tmp_path / "shared.jsonl")
    assert len(copy) == len(log)
    assert copy.turn_numbers == log.turn_numbers
    assert copy.turn(1).transcript_user == "My number is ‹phone› and my mail is ‹e-mail›."
    text = "".join(p.read_bytes().decode(errors="replace") for p in tmp_path.iterdir())
    assert "555-0123" not in text


def test_a_session_in_memory_is_shared_without_what_was_said_there(tmp_path):
    lab = rl.run(rl.connect(redact=False, turn_detection=None))
    rl.run(lab.say(SECRET))
    rl.run(lab.close())
    shared = lab.log.share(tmp_path / "shared.jsonl")
    assert shared.replaced["phone"] >= 2
    assert shared.replaced["e-mail"] >= 2
    text = "".join(p.read_bytes().decode(errors="replace") for p in tmp_path.iterdir())
    assert "555-0123" not in text
    assert "ada@lab" not in text
    assert "555-0123" in json.dumps([e.data.decode() for e in lab.log])


def test_what_a_cell_shows_holds_no_voice_unless_it_was_asked_for(log):
    turn = log.turn(2)
    assert turn.audio.seconds > 0.3
    shown = turn._repr_html_() + log._repr_html_() + timeline(log)._repr_html_()
    shown += log.methods()._repr_html_() + repr(turn)
    assert "data:audio" not in shown
    assert "<audio" not in shown
    assert isinstance(turn.audio, Clip)
    assert "data:audio" in turn.audio._repr_html_()
