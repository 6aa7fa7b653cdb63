"""What the page of a listener is told, and what it is not."""

import json
from pathlib import Path

import numpy as np
import pytest

from realtime_lab.audio import Clip
from realtime_lab.errors import ListeningError
from realtime_lab.voices import ListeningTest, Take
from realtime_lab.widgets.listening_answers import ListeningAnswers
from tests.voices.listening.listeners import VOICES, takes


def tone(amplitude: float) -> Clip:
    wave = amplitude * np.sin(2 * np.pi * 997 * np.arange(24_000) / 24_000)
    return Clip(np.round(32767 * wave).astype(np.int16))


def loud_and_quiet() -> list[Take]:
    return [
        Take("embedded", voice, 0, 0, "Ah.", "Ah.", tone(amplitude), (0,), 0.2, 5, 9, None)
        for voice, amplitude in (("alloy", 0.5), ("echo", 0.02))
    ]


class Asked:
    """A test and what the page of a listener hears about it."""

    def __init__(self, test: ListeningTest, listener: str = "L01"):
        self.test = test
        self.answers = ListeningAnswers(test, listener)

    def ask(self, question, **asks):
        content, buffers = self.answers.to(question, asks)
        return json.loads(json.dumps(content)), buffers

    def give(self, trial, given):
        return self.ask("give", trial=trial, given=given, comment="", seconds=2.5, plays=[1, 1])[0]


def test_the_first_trial_without_an_answer_is_next_and_at_the_end_there_is_none():
    asked = Asked(ListeningTest(takes()))
    trials = asked.ask("open")[0]["trials"]
    for number in range(trials):
        assert asked.ask("open")[0]["next"] == number
        asked.give(number, [1])
    assert asked.ask("open")[0]["next"] is None
    kept = asked.test.answered("L01")[0]
    assert (kept.given, kept.seconds, kept.plays) == ((1.0,), 2.5, (1, 1))


def test_who_comes_back_to_a_trial_is_told_what_was_answered_and_how_often_it_was_played():
    asked = Asked(ListeningTest(takes()))
    assert [asked.ask("trial", trial=0)[0][name] for name in ("given", "plays")] == [None, None]
    asked.give(0, [1])
    assert [asked.ask("trial", trial=0)[0][name] for name in ("given", "plays")] == [[1.0], [1, 1]]


def test_a_page_knows_whether_answers_outlive_the_kernel(tmp_path: Path):
    assert Asked(ListeningTest(takes())).ask("open")[0]["kept"] is False
    kept = ListeningTest(takes(), path=tmp_path / "answers.jsonl")
    assert Asked(kept).ask("open")[0]["kept"] is True


@pytest.mark.parametrize("scale", ["preference", "continuous"])
def test_nothing_that_a_page_is_told_names_a_voice_or_an_attention_check(scale):
    test = ListeningTest(takes(lines=2), scale=scale, repeated=1.0, targets=1)
    asked = Asked(test)
    told = [asked.ask("open")[0]]
    told += [asked.ask("trial", trial=n)[0] for n in range(told[0]["trials"])]
    written = json.dumps(told)
    assert not any(voice in written for voice in VOICES)
    assert not any(stimulus.id in written for stimulus in test.design.stimuli)
    assert "repeat" not in written
    again = [t.number for t in test.begin("L01") if t.kind == "repeat"]
    first = next(t.number for t in test.begin("L01") if t.kind == "judged")
    assert told[1 + again[0]].keys() == told[1 + first].keys()


def test_stimuli_are_played_at_one_loudness_and_as_they_are_where_asked():
    for loudness, ratio in ((-23.0, 1.0), (None, 25.0)):
        asked = Asked(ListeningTest(loud_and_quiet(), loudness=loudness, targets=0, training=0))
        rms = []
        for letter in (0, 1):
            _, (pcm,) = asked.ask("audio", trial=0, letter=letter, first=0, count=24_000)
            rms.append(np.frombuffer(pcm, "<i2").astype(float).std())
        assert max(rms) / min(rms) == pytest.approx(ratio, rel=0.01)


def test_audio_comes_in_the_pieces_that_are_asked_for():
    asked = Asked(ListeningTest(loud_and_quiet(), loudness=None))
    clips = asked.ask("trial", trial=0)[0]["clips"]
    assert clips == [{"samples": 24_000, "rate": 24_000}] * 2
    _, (piece,) = asked.ask("audio", trial=0, letter=0, first=23_000, count=5_000)
    assert len(piece) == 2 * 1_000


def test_an_answer_given_before_is_shown_again():
    asked = Asked(ListeningTest(takes()))
    asked.ask("give", trial=0, given=[-1], comment="warmer", seconds=1.0, plays=[2, 1])
    told = asked.ask("trial", trial=0)[0]
    assert (told["given"], told["comment"]) == ([-1.0], "warmer")


@pytest.mark.parametrize(
    ("question", "asks", "told"),
    [
        ("voices", {}, "cannot be asked 'voices'"),
        ("trial", {}, "not complete"),
        ("trial", {"trial": 99}, "no trial 99"),
        ("audio", {"trial": 0, "letter": 5, "first": 0, "count": 1}, "not complete"),
        ("audio", {"trial": 0, "letter": 0, "first": -1, "count": 1}, "no audio from sample -1"),
        ("give", {"trial": 0, "given": [9], "seconds": 1, "plays": []}, "not on the scale"),
    ],
)
def test_what_cannot_be_asked_is_refused_in_a_sentence(question, asks, told):
    with pytest.raises(ListeningError, match=told):
        Asked(ListeningTest(takes())).ask(question, **asks)


def test_a_page_of_what_is_no_test_is_refused_in_a_sentence():
    from realtime_lab.widgets import ListeningView

    with pytest.raises(
        ListeningError, match=r"list is no listening test; give rl\.ListeningTest\("
    ):
        ListeningView(takes(), "L01")  # type: ignore[arg-type]


def test_without_a_browser_it_is_told_how_far_the_listener_is(tmp_path: Path):
    from realtime_lab.widgets import ListeningView

    test = ListeningTest(takes(), question="Which is <i>warmer</i>?", path=tmp_path / "a.jsonl")
    test.answer("L01", 0, 1)
    view = ListeningView(test, "L01")
    data, _ = view._repr_mimebundle_()
    assert "1 of 9 trials answered" in data["text/plain"]
    assert "&lt;i&gt;warmer" in data["text/html"]
    saved = json.dumps([data, view.get_state()], default=str)
    assert not any(f'"{voice}"' in saved or f">{voice}<" in saved for voice in VOICES)
