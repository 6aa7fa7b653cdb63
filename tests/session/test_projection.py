"""What a run is expected to use."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from realtime_lab.errors import SessionError
from realtime_lab.session.projection import project

FIRST = "gpt-4o-realtime-preview-2024-10-01"


def test_audio_is_read_again_by_every_turn():
    """The example worked by hand: 10 turns, 5 s said and 8 s answered, without a cache."""
    found = project(turns=10, model=FIRST, instructions=300, caching=False, transcription=None)
    assert found.tokens.audio_in == 10 * 5 * 55 + 20 * 8 * 45 == 9_950
    assert found.tokens.audio_out == 1_600
    audio = (9_950 * 100 + 1_600 * 200) / 1e6
    text = (found.tokens.text_in * 5 + found.tokens.text_out * 20) / 1e6
    assert found.dollars == pytest.approx(audio + text)


@given(st.integers(1, 30), st.integers(0, 20), st.integers(0, 20), st.integers(0, 500))
def test_the_closed_form_holds(turns: int, said: int, answered: int, preface: int):
    found = project(
        turns=turns,
        seconds_in=said,
        seconds_out=answered,
        model=FIRST,
        instructions=preface,
        caching=False,
    )
    n = turns
    assert found.tokens.audio_in == 10 * said * n * (n + 1) // 2 + 20 * answered * n * (n - 1) // 2
    assert found.tokens.audio_out == 20 * answered * n


@given(st.integers(1, 40), st.integers(0, 400))
def test_a_cache_changes_the_price_and_not_the_tokens(turns: int, preface: int):
    with_cache = project(turns=turns, instructions=preface)
    without = project(turns=turns, instructions=preface, caching=False)
    assert with_cache.tokens.total == without.tokens.total
    assert with_cache.dollars is not None
    assert without.dollars is not None
    assert with_cache.dollars <= without.dollars + 1e-12
    assert with_cache.cost_uncached.dollars == pytest.approx(without.dollars)
    for before, turn in zip(with_cache.turns, with_cache.turns[1:], strict=False):
        assert turn.tokens.cached <= before.tokens.read
        assert turn.tokens.cached % 64 == 0


def test_beyond_the_window_the_oldest_turns_are_left_out():
    found = project(turns=60, seconds_in=20, seconds_out=30, model="gpt-realtime")
    late = found.turns[-1]
    assert late.left_out > 0
    assert late.tokens.read <= 32_000 - 4_096
    assert "the oldest turns are left out" in repr(found)


def test_it_tells_of_limits_that_would_be_reached():
    many = project(turns=400, seconds_in=5, seconds_out=8, model=FIRST)
    assert any("lasts 30 min at most" in note for note in many.notes)
    assert any("set aside" in note for note in many.notes)
    assert project(turns=2, model=FIRST).notes == (
        "prices as of 2026-11: list prices of OpenAI: its model pages and the price map of "
        "litellm 1.109",
    )


def test_sessions_and_transcription_are_counted():
    one = project(turns=3, seconds_in=10)
    many = project(turns=3, seconds_in=10, sessions=50)
    assert one.dollars is not None
    assert many.dollars == pytest.approx(50 * one.dollars)
    assert many.minutes == pytest.approx(50 * one.minutes)
    assert one.transcription.dollars == pytest.approx(0.5 * 0.006)
    by_tokens = project(turns=3, seconds_in=10, transcription="gpt-4o-transcribe")
    assert by_tokens.transcription.dollars == pytest.approx(3 * (100 * 6 + 30 * 10) / 1e6)


def test_an_unknown_model_has_tokens_and_no_cost():
    found = project(turns=2, model="mine")
    assert found.tokens.total > 0
    assert found.dollars is None
    assert "no price is known for 'mine'" in repr(found)


def test_a_long_run_is_shown_in_few_rows():
    assert len(repr(project(turns=500)).splitlines()) < 25
    assert "<table" in project(turns=3)._repr_html_()


def test_figures_that_make_no_sense_are_refused():
    with pytest.raises(SessionError):
        project(turns=0)
    with pytest.raises(SessionError):
        project(turns=1, seconds_in=-1)
