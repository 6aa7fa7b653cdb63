"""How the waterfall of a turn is shown."""

from __future__ import annotations

from itertools import pairwise
from xml.etree import ElementTree

import pytest

from realtime_lab.eventlog import Turn, Waterfall
from realtime_lab.protocol import (
    InputAudioBufferAppend,
    InputTranscriptionCompleted,
    OutputAudioDelta,
    OutputTranscriptDelta,
    Response,
    ResponseCreated,
    ResponseDone,
    SpeechStopped,
    Usage,
)

from .made import PLACE, Recorder, conversation

SECRET = "4111 1111 1111 1111"


def turn_of(made: Recorder, **known: object) -> Turn:
    return Turn(index=1, entries=list(made.log), **known)  # type: ignore[arg-type]


def personal() -> Turn:
    """A turn in which everything that is said is personal, with two seconds of an answer."""
    made = Recorder()
    made.at(0.00, InputAudioBufferAppend(audio=b"\x10\x00" * 480))
    made.at(0.10, "lab.speech_end")
    made.at(0.60, SpeechStopped(item_id="item_u", audio_end_ms=600))
    made.at(0.70, ResponseCreated(response=Response(id="resp_1", status="in_progress")))
    made.at(0.80, InputTranscriptionCompleted(item_id="item_u", transcript=f"My card {SECRET}"))
    made.at(0.90, OutputTranscriptDelta(**PLACE, delta=f"Your card {SECRET}"))
    for step in range(20):
        made.at(1.0 + step / 20, OutputAudioDelta(**PLACE, delta=b"\x10\x00" * 2400))
    done = Response(id="resp_1", status="completed", usage=Usage(total_tokens=123))
    made.at(2.00, ResponseDone(response=done))
    return turn_of(made, model="gpt-realtime")


def test_each_step_begins_where_the_one_before_it_ended():
    steps = turn_of(conversation()).waterfall.steps
    assert [step.label for step in steps] == [
        "VAD stop",
        "committed",
        "response created",
        "first text",
        "first audio",
        "first played",
    ]
    assert sum(step.seconds for step in steps) == pytest.approx(steps[-1].at)
    for before, step in pairwise(steps):
        assert step.at - step.seconds == pytest.approx(before.at)


def test_what_was_used_adds_up_to_what_the_turn_used():
    turn = personal()
    waterfall = turn.waterfall
    assert waterfall.tokens == turn.usage.total_tokens == 123
    assert waterfall.cost == turn.cost
    assert waterfall.received[-1] == (pytest.approx(1.85), pytest.approx(2.0))


def test_it_reads_as_lines():
    lines = repr(turn_of(conversation()).waterfall).splitlines()
    assert lines[0].startswith("Waterfall of turn 1: first audio 420 ms after end of speech")
    assert [line.split()[:2] for line in lines[1:3]] == [["speech", "end"], ["VAD", "stop"]]
    assert "200.0 ms" in lines[2]


def test_the_picture_is_valid_and_says_the_figures():
    svg = turn_of(conversation()).waterfall.svg()
    words = [text.text for text in ElementTree.fromstring(svg).iter() if text.text]
    assert {"VAD stop", "200.0 ms", "first played", "500.0 ms", "the whole turn"} <= {*words}


def test_nothing_that_was_said_is_shown_and_nothing_runs():
    waterfall = personal().waterfall
    for shown in (waterfall._repr_html_(), waterfall.svg(), repr(waterfall)):
        assert "4111" not in shown
        assert "card" not in shown
        assert "<script" not in shown


def test_the_definitions_stand_below():
    html = turn_of(conversation()).waterfall._repr_html_()
    assert "The service told that the user had stopped speaking." in html
    assert "not measured" in html


def test_a_derived_end_of_speech_is_told_as_such():
    made = Recorder()
    made.at(1.0, SpeechStopped(item_id="item_u", audio_end_ms=1000))
    made.at(1.1, ResponseCreated(response=Response(id="resp_1", status="in_progress")))
    waterfall = turn_of(made, silence_ms=500).waterfall
    assert waterfall.zero_label == "speech end, derived"
    assert waterfall.steps[0].seconds == pytest.approx(0.5)


def test_it_is_a_table_and_a_figure():
    waterfall = turn_of(conversation()).waterfall
    rows = waterfall.table().rows
    assert [row["waited_for"] for row in rows][:2] == ["detection", "service"]
    assert rows[-1]["at"] == pytest.approx(0.5)
    assert waterfall.figure().axes[0].texts


def test_a_turn_of_nothing_has_an_empty_waterfall():
    waterfall = Turn(index=3).waterfall
    assert isinstance(waterfall, Waterfall)
    assert (waterfall.steps, waterfall.seconds, waterfall.tokens) == ((), 0.0, 0)
    assert "Waterfall of turn 3" in waterfall._repr_html_()
    assert repr(waterfall).startswith("Waterfall of turn 3")
