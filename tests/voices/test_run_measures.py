"""What a run tells of the sound of its takes is what the measures tell of each."""

from __future__ import annotations

import pytest

import realtime_lab as rl
from realtime_lab.errors import AudioError
from realtime_lab.voices import distances, measure, spread

TEXT = "The north wind and the sun disputed which of them was the stronger."


@pytest.fixture(scope="module")
def run() -> rl.VoiceRun:
    call = rl.compare_voices(TEXT, voices=["alloy", "echo"], repeats=2, progress=False)
    return rl.run(call, 60)


def test_each_take_is_measured_once(run):
    found = run.measures()
    assert [(m.voice, m.repeat) for m in found] == [(t.voice, t.repeat) for t in run.takes]
    assert found[0].values == measure(run.takes[0]).values
    assert run.measures() is found
    assert found[0]["first_audio"] == run.takes[0].first_audio


def test_a_recogniser_is_asked_for_each_take(run):
    heard = run.measures(recogniser=lambda clip: TEXT if clip is run.takes[0].clip else "nothing")
    assert heard[0]["word_error_rate"] == 0
    assert heard[1]["word_error_rate"] == 1
    assert run.measures()[0]["word_error_rate"] is None


def test_distances_and_spread_are_those_of_its_measures(run):
    assert (run.distances().matrix == distances(run.measures()).matrix).all()
    assert run.distances().between("alloy", "echo") > 0
    assert run.spread()["alloy"]["f0_median"] == spread(run.measures())["alloy"]["f0_median"]
    assert run.spread()["alloy"]["f0_median"].n == 2


def test_a_run_without_takes_has_nothing_to_measure(compare, go_wrong):
    go_wrong("fail_response")
    silent = compare(voices=["ash"])
    assert silent.measures() == ()
    with pytest.raises(AudioError, match="nothing was measured"):
        silent.spread()


def test_what_was_measured_is_a_table_to_read_and_one_to_work_with(run):
    found = run.measures()
    shown = repr(found)
    assert all(voice in shown for voice in run.voices)
    assert "f0 median (Hz)" in shown
    assert "<script" not in found._repr_html_()
    assert len(found.table()) == len(run.takes)
    assert found.table(["f0_median"])["f0_median"][0] == found[0]["f0_median"]
    assert "±" in repr(run.spread())
