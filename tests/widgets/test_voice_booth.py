"""The voice booth in the kernel, with no browser anywhere."""

import base64
import json
import re
from xml.etree import ElementTree

import numpy as np
import pytest

from realtime_lab.audio import Clip
from realtime_lab.errors import AudioError
from realtime_lab.voices import MEASURES, Design, Gap, VoiceRun, measure
from tests.voices.speech import spoken, take

pytest.importorskip("anywidget")
pytest.importorskip("parselmouth")
pytest.importorskip("pyloudnorm")

TEXT = "A short text, for all."


@pytest.fixture
def booth(monkeypatch):
    """Makes a booth of takes, which notes what it posts."""
    from realtime_lab.widgets import VoiceBooth

    made = []

    def make(takes, *args, **options):
        widget = VoiceBooth(takes, *args, **options)
        widget.posted = []
        monkeypatch.setattr(
            widget, "send", lambda content, buffers: widget.posted.append((content, buffers))
        )
        made.append(widget)
        return widget

    yield make
    for widget in made:
        widget.close()


def voices(*names, **of):
    return [take(TEXT, voice=name, **of) for name in names]


def ask(widget, question, **asks):
    message = {"type": "ask", "page": "p1", "id": 7, "question": question, "asks": asks}
    widget._receive(widget, message, [])
    content, buffers = widget.posted[-1]
    assert (content["page"], content["id"]) == ("p1", 7)
    return content, buffers


def told(widget, question, **asks):
    content, _ = ask(widget, question, **asks)
    assert content["type"] == "answer", content
    return content["answer"]


def test_a_page_is_told_the_texts_and_where_their_words_are_in_each_take(booth):
    widget = booth([take(TEXT), take(TEXT, "A text, for all.", voice="ash", repeat=1)])
    answer = told(widget, "open")
    assert answer["texts"] == [["A", "short", "text,", "for", "all."]]
    alloy, ash = answer["takes"]
    assert (alloy["voice"], alloy["repeat"], alloy["text"]) == ("alloy", 0, 0)
    assert (ash["voice"], ash["repeat"]) == ("ash", 1)
    assert [word[0] for word in ash["said"]] == ["A", "text,", "for", "all."]
    assert [word[3] for word in ash["said"]] == [0, 2, 3, 4]
    assert len(ash["times"]) == 10
    assert ash["times"] == sorted(ash["times"])
    assert answer["target"] == -23.0
    assert json.loads(json.dumps(answer)) == answer


def test_lines_of_a_dialogue_are_texts_of_their_own_even_where_they_are_the_same(booth):
    widget = booth([take("Yes."), take("No.", line=1), take("Yes.", line=2)])
    answer = told(widget, "open")
    assert answer["texts"] == [["Yes."], ["No."], ["Yes."]]
    assert [facts["text"] for facts in answer["takes"]] == [0, 1, 2]


def test_every_measure_is_a_column_with_its_definition(booth):
    columns = told(booth(voices("alloy")), "open")["columns"]
    assert [column["name"] for column in columns] == [one.name for one in MEASURES]
    median = next(column for column in columns if column["name"] == "f0_median")
    assert (median["label"], median["unit"], median["shown"]) == ("F0 median", "Hz", True)
    assert "Median" in median["about"]


def test_measures_come_with_the_pitch_in_hertz_and_the_gain(booth):
    quiet = Clip((spoken(TEXT.split()).samples // 8).astype(np.int16))
    widget = booth([take(TEXT, clip=quiet)], target=-26.0)
    content, buffers = ask(widget, "measures", take=0)
    answer = content["answer"]
    times, hertz = (np.frombuffer(buffer, np.float32) for buffer in buffers)
    assert len(times) == len(hertz) > 20
    assert np.nanmedian(hertz) == pytest.approx(150, abs=1)
    assert answer["values"]["f0_median"] == pytest.approx(150, abs=1)
    assert answer["gain"]["decibels"] == pytest.approx(-26.0 - answer["values"]["loudness"])
    assert answer["gain"]["limited"] is False
    assert answer["values"]["word_error_rate"] is None
    assert answer["reasons"]["word_error_rate"]


def test_what_is_known_is_not_measured_again(booth, monkeypatch):
    takes = voices("alloy", "ash")
    known = [measure(one) for one in takes]

    def fail(_):
        raise AssertionError("measured again")

    monkeypatch.setattr("realtime_lab.widgets.voice_booth_takes.measure", fail)
    widget = booth(takes, known)
    assert told(widget, "measures", take=1)["values"] == dict(known[1].values)


def test_silence_has_no_gain_and_says_why_it_has_no_values(booth):
    widget = booth([take(TEXT, clip=Clip(np.zeros(24_000, np.int16)))])
    answer = told(widget, "measures", take=0)
    assert answer["gain"] is None
    assert answer["values"]["f0_median"] is None
    assert answer["reasons"]["f0_median"]


def test_audio_comes_in_pieces_as_it_was_recorded(booth):
    one = take(TEXT)
    widget = booth([one])
    count = one.clip.samples.size
    assert told(widget, "open")["takes"][0]["samples"] == count
    pieces = []
    for first in range(0, count, 10_000):
        _, (pcm,) = ask(widget, "audio", take=0, first=first, count=10_000)
        pieces.append(np.frombuffer(pcm, "<i2"))
    assert np.array_equal(np.concatenate(pieces), one.clip.samples)


def test_a_message_is_never_much_more_than_a_megabyte(booth):
    long = Clip(np.zeros(2_000_000, np.int16))
    _, (pcm,) = ask(booth([take(TEXT, clip=long)]), "audio", take=0, first=0, count=2_000_000)
    assert len(pcm) == 1_000_000


@pytest.mark.parametrize(
    ("question", "asks", "reason"),
    [
        ("audio", {"take": 9, "first": 0, "count": 1}, "there is no take 9"),
        ("audio", {"take": -1, "first": 0, "count": 1}, "there is no take -1"),
        ("audio", {"take": 0}, "'first'"),
        ("audio", {"take": 0, "first": -5, "count": 1}, "from sample -5"),
        ("measures", {"take": "x"}, "'x'"),
        ("spectrum", {}, "update realtime-lab"),
    ],
)
def test_what_cannot_be_answered_is_refused_with_a_reason(booth, question, asks, reason):
    content, _ = ask(booth(voices("alloy")), question, **asks)
    assert content["type"] == "refused"
    assert reason in content["problem"]


def test_a_library_that_is_missing_is_told_and_the_rest_works(booth, monkeypatch):
    def missing(_):
        raise AudioError("praat-parselmouth is not installed; pip install it")

    monkeypatch.setattr("realtime_lab.widgets.voice_booth_takes.measure", missing)
    widget = booth(voices("alloy"))
    content, _ = ask(widget, "measures", take=0)
    assert (content["type"], "pip install" in content["problem"]) == ("refused", True)
    _, (pcm,) = ask(widget, "audio", take=0, first=0, count=10)
    assert len(pcm) == 20
    html = widget._repr_mimebundle_()[0]["text/html"]
    assert "pip install" in html
    assert "<img" in html


@pytest.mark.parametrize("given", [None, "voices", take(TEXT).clip, [take(TEXT).clip]])
def test_what_are_no_takes_is_told_when_the_booth_is_made(booth, given):
    with pytest.raises(AudioError, match=r"is no take; give a run .*rl\.VoiceRun\.load\(folder\)"):
        booth(given)


def test_one_take_is_a_booth_of_one(booth):
    assert "1 take" in booth(take(TEXT))._static()[1]


def test_a_loudness_that_is_no_number_is_told(booth):
    with pytest.raises(AudioError, match="target is 'loud'; give a loudness in LUFS"):
        booth(voices("ash"), target="loud")


def test_without_takes_there_is_no_booth(booth):
    with pytest.raises(AudioError, match="give a voice booth a run"):
        booth([])


def test_a_run_is_measured_once_for_all_and_its_gaps_are_told(booth):
    gap = Gap("gpt-realtime", "coral", 0, 0, TEXT, "ResponseFailed", "the service refused <it>")
    run = VoiceRun(Design((TEXT,)), tuple(voices("alloy", "ash")), (gap,))
    widget = booth(run)
    assert told(widget, "open")["notes"] == ["coral (gpt-realtime): the service refused <it>"]
    assert "refused &lt;it&gt;" in widget._repr_mimebundle_()[0]["text/html"]
    values = told(widget, "measures", take=1)["values"]
    assert values == dict(run.measures()[1].values)


def pictures(html):
    found = re.findall(r'src="data:image/svg\+xml;base64,([^"]+)"', html)
    return [ElementTree.fromstring(base64.b64decode(picture)) for picture in found]


def test_without_a_browser_it_shows_a_table_with_waveform_pitch_and_figures(booth):
    bundle, _ = booth(voices("alloy", "ash"))._repr_mimebundle_()
    html = bundle["text/html"]
    assert len(pictures(html)) == 2
    alloy = pictures(html)[0]
    paths = [path for path in alloy.iter() if path.tag.endswith("path")]
    assert any(path.get("fill") == "none" and "L" in path.get("d", "") for path in paths)
    assert [text.text for text in alloy.iter() if text.tag.endswith("text")] == [
        "100",
        "200",
        "400",
    ]
    assert "F0 median" in html
    assert re.search(r">15\d<", html)
    assert TEXT in html
    assert "alloy: " in bundle["text/plain"]
    assert "application/vnd.jupyter.widget-view+json" in bundle
    assert "<script" not in html
    assert "<audio" not in html


def test_a_shorter_take_has_a_shorter_picture(booth):
    short, long = (spoken(TEXT.split(), letter=letter) for letter in (0.05, 0.1))
    widget = booth([take(TEXT, clip=short), take(TEXT, clip=long, voice="ash")])
    strokes = [
        next(p.get("d") for p in picture.iter() if p.get("stroke") == "#768390").count("M")
        for picture in pictures(widget._repr_mimebundle_()[0]["text/html"])
    ]
    assert strokes[0] == pytest.approx(strokes[1] / 2, rel=0.02)
    assert strokes[1] == 450


def test_what_was_said_is_escaped_and_shown_where_it_is_not_the_text(booth):
    widget = booth([take(TEXT, "<b>No</b> & never")])
    html = widget._repr_mimebundle_()[0]["text/html"]
    assert "“&lt;b&gt;No&lt;/b&gt; &amp; never”" in html


def test_players_are_there_only_where_they_are_asked_for(booth, capsys):
    widget = booth(voices("alloy", "ash"))
    widget.show(players=True)
    html = widget._repr_mimebundle_()[0]["text/html"]
    assert html.count("<audio controls") == 2
    assert "data:audio/mpeg;base64," in html


def test_the_state_that_notebooks_save_holds_no_text_and_no_audio(booth):
    one = take("A secret word")
    widget = booth([one])
    ask(widget, "open")
    ask(widget, "audio", take=0, first=0, count=9000)
    widget._repr_mimebundle_()
    state = json.dumps(widget.get_state(), default=str)
    assert "secret" not in state
    assert base64.b64encode(one.clip.pcm[3000:3060]).decode() not in state


def test_the_static_form_of_many_takes_is_bounded_and_says_so(booth):
    one = take(TEXT)
    many = [take(TEXT, clip=one.clip, voice=f"v{n}") for n in range(43)]
    html = booth(many, [])._repr_mimebundle_()[0]["text/html"]
    assert len(pictures(html)) == 40
    assert "3 more takes are not shown" in html


def test_an_empty_take_is_a_row_without_a_picture_of_anything(booth):
    widget = booth([take(TEXT, clip=Clip(np.zeros(0, np.int16)))])
    assert told(widget, "open")["takes"][0]["samples"] == 0
    (picture,) = pictures(widget._repr_mimebundle_()[0]["text/html"])
    assert picture.tag.endswith("svg")


def test_it_is_reached_by_its_short_name():
    import realtime_lab as rl
    from realtime_lab.widgets import VoiceBooth

    assert rl.VoiceBooth is VoiceBooth
