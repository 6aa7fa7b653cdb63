"""Spans at any scale."""

from realtime_lab.eventlog import Span
from realtime_lab.widgets.lane_spans import LaneSpans


def spans(*times):
    return [Span("vad", start, end, text=f"{n}") for n, (start, end) in enumerate(times)]


def shown(lane, *part):
    return [(span.text, span.start, end, count) for span, end, count in lane.shown(*part)]


def test_a_part_has_the_spans_that_reach_into_it():
    lane = LaneSpans(spans((0, 1), (2, 30), (5, 6), (40, 41)), now=50)
    assert [text for text, *_ in shown(lane, 5.5, 39, 0.01)] == ["1", "2"]


def test_spans_too_short_to_be_told_apart_are_one():
    lane = LaneSpans(spans((0, 0.01), (0.02, 0.03), (0.5, 0.51), (3, 9), (9.5, 9.51)), now=10)
    assert shown(lane, 0, 10, 1) == [("0", 0, 0.51, 3), ("3", 3, 9, 1), ("4", 9.5, 9.51, 1)]


def test_from_near_they_are_apart_again():
    lane = LaneSpans(spans((0, 0.01), (0.02, 0.03)), now=1)
    assert [count for *_, count in shown(lane, 0, 0.1, 0.001)] == [1, 1]


def test_there_are_never_more_than_fit():
    many = [(n / 100, n / 100 + 0.005) for n in range(100_000)]
    found = LaneSpans(spans(*many), now=1000).shown(0, 1000, 1)
    assert len(found) <= 335
    assert sum(shown.merged for shown in found) == 100_000


def test_one_under_way_reaches_up_to_now():
    lane = LaneSpans([Span("response", 3, None, text="r")], now=8)
    assert shown(lane, 7, 9, 0.01) == [("r", 3, 8, 1)]


def test_a_lane_may_be_empty():
    assert LaneSpans([], now=0).shown(0, 1, 0.1) == []
