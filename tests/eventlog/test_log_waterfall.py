"""How the stages are distributed over the turns of a log."""

from __future__ import annotations

from xml.etree import ElementTree

import numpy as np
import pytest

from realtime_lab.eventlog import STAGES, LogWaterfall

from .made import Recorder, conversation


def waterfall(count: int, **stages: list[float]) -> LogWaterfall:
    """Turns that have these stages, and no others."""
    nothing = np.full(count, np.nan)
    columns = {stage.name: nothing for stage in STAGES}
    columns |= {name: np.array(values) for name, values in stages.items()}
    used = (np.full(count, 100), np.where(np.arange(count) == 1, np.nan, 0.25))
    return LogWaterfall(np.arange(1, count + 1), columns, lambda: used)


def test_percentiles_are_interpolated_between_the_nearest_turns():
    found = waterfall(100, total=[float(n) for n in range(1, 101)])["total"]
    assert (found.count, found.least, found.most) == (100, 1.0, 100.0)
    assert (found.p50, found.p95, found.p99) == pytest.approx((50.5, 95.05, 99.01))


@pytest.mark.parametrize(
    ("count", "told"),
    [
        (1, {"p50"}),
        (19, {"p50"}),
        (20, {"p50", "p95"}),
        (99, {"p50", "p95"}),
        (100, {"p50", "p95", "p99"}),
    ],
)
def test_a_percentile_that_no_turn_lies_beyond_is_not_told(count: int, told: set[str]):
    found = waterfall(count, total=[1.0] * count)["total"]
    assert {name for name in ("p50", "p95", "p99") if getattr(found, name) is not None} == told


def test_turns_that_lack_a_stage_do_not_count_in_it():
    found = waterfall(3, total=[1.0, float("nan"), 3.0])
    assert found["total"].count == 2
    assert found["created_to_first_text"].count == 0
    assert [one.stage.name for one in found.distributions] == ["total"]


def test_a_log_says_what_its_only_turn_says():
    log = conversation().log
    found = log.waterfall()
    assert found.turns.tolist() == [1]
    known = {one.stage.name: one.p50 for one in found.distributions}
    latency = log.turn(1).latency
    assert known == pytest.approx({name: getattr(latency, name) for name in known})
    assert len(known) == len(latency.as_ms())


def test_it_reads_as_lines_and_tells_what_is_too_little():
    text = repr(conversation().log.waterfall())
    assert text.startswith("Latency over 1 turn, in ms\n")
    [line] = [line for line in text.splitlines() if "committed → response created" in line]
    assert line.split()[-6:] == ["1", "90.0", "90.0", "–", "–", "90.0"]
    assert "p95 is told from 20 turns on" in text


@pytest.mark.parametrize("count", [1, 150, 1000])
def test_the_picture_is_valid_however_many_turns_there_are(count: int):
    chance = np.random.default_rng(1)
    values = chance.gamma(3.0, 0.1, count)
    whole = waterfall(
        count,
        speech_end_to_stopped=values.tolist(),
        speech_end_to_first_audio=(2 * values).tolist(),
    )
    svg = whole.svg()
    words = {text.text for text in ElementTree.fromstring(svg).iter() if text.text}
    assert {"speech end → VAD stop", f"{count:,}", "turn after turn"} <= words
    assert len(svg) < 300_000
    assert whole.figure().axes[0].texts
    assert "type 7 of Hyndman and Fan" in whole._repr_html_()


def test_a_cost_that_is_not_known_is_told():
    html = waterfall(3, total=[1.0, 2.0, 3.0])._repr_html_()
    assert "$0.5000 and 1 unknown" in html
    assert "300 in all" in html


def test_it_is_a_table():
    rows = waterfall(20, total=[float(n) for n in range(20)]).table().rows
    assert [(row["stage"], row["turns"], row["p50"]) for row in rows] == [("total", 20, 9.5)]
    assert rows[0]["p99"] is None


def test_a_log_without_turns_has_nothing_to_show():
    found = Recorder().log.waterfall()
    assert found.turns.tolist() == []
    assert found.distributions == []
    assert "no stage is known" in repr(found)
    ElementTree.fromstring(found.svg())
