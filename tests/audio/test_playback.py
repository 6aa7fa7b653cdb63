from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from realtime_lab.audio import PlaybackTracker

SECOND = 48_000


def test_heard_is_what_the_player_reports():
    tracker = PlaybackTracker()
    tracker.queued("a", 0, SECOND)
    tracker.played("a", 0.4)
    assert tracker.heard_ms("a") == 400
    assert tracker.received_ms("a") == 1000


def test_no_more_is_heard_than_was_received():
    tracker = PlaybackTracker()
    tracker.queued("a", 0, SECOND)
    tracker.played("a", 7.0)
    assert tracker.heard_ms("a") == 1000


def test_a_late_report_does_not_turn_back():
    tracker = PlaybackTracker()
    tracker.queued("a", 0, SECOND)
    tracker.played("a", 0.5)
    tracker.played("a", 0.2)
    tracker.played("a", -1.0)
    assert tracker.heard_ms("a") == 500


def test_the_current_item_moves_on_when_it_was_heard():
    tracker = PlaybackTracker()
    assert tracker.current is None
    tracker.queued("a", 0, SECOND)
    tracker.queued("b", 1, SECOND)
    assert tracker.current == "a"
    tracker.played("a", 1.0)
    assert tracker.current == "b"
    assert tracker.heard_until("b") == (1, 0)
    tracker.played("b", 1.0)
    assert tracker.current is None


def test_after_a_flush_nothing_is_current_and_what_was_heard_stays():
    tracker = PlaybackTracker()
    tracker.queued("a", 0, SECOND)
    tracker.played("a", 0.3)
    tracker.flushed()
    assert tracker.current is None
    assert tracker.heard_ms("a") == 300


def test_audio_that_arrives_after_a_flush_does_not_revive_the_item():
    tracker = PlaybackTracker()
    tracker.queued("a", 0, SECOND)
    tracker.flushed()
    tracker.queued("a", 0, SECOND)
    tracker.queued("b", 0, SECOND)
    assert tracker.current == "b"


def test_unknown_items_were_not_heard():
    tracker = PlaybackTracker()
    tracker.played("x", 1.0)
    assert tracker.heard_ms("x") == tracker.received_ms("x") == 0
    assert tracker.current is None


@given(
    st.lists(
        st.one_of(
            st.tuples(st.just("queued"), st.integers(0, 10_000)),
            st.tuples(st.just("played"), st.floats(-1, 5)),
            st.tuples(st.just("flushed"), st.none()),
        )
    )
)
def test_heard_never_falls_and_never_passes_received(history):
    tracker, before = PlaybackTracker(), 0
    for name, value in history:
        match name:
            case "queued":
                tracker.queued("a", 0, value)
            case "played":
                tracker.played("a", value)
            case "flushed":
                tracker.flushed()
        heard = tracker.heard_ms("a")
        assert before <= heard <= tracker.received_ms("a")
        before = heard
