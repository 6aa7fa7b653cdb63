"""What a usage costs."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from realtime_lab.protocol import (
    LIST_PRICES,
    PROFILES,
    CachedTokens,
    Cost,
    InputTokens,
    OutputTokens,
    Price,
    PricedModel,
    PriceList,
    Tokens,
    TranscriptionPrice,
    Usage,
    cost,
    tokens_of,
    transcription_cost,
)

SECOND = Price(5, 2.5, 20, 40, 2.5, 80)
"""gpt-4o-realtime-preview-2024-12-17."""


def usage(
    text: int = 0,
    audio: int = 0,
    *,
    cached: int = 0,
    split: tuple[int, int] | None = None,
    out: tuple[int, int] = (0, 0),
) -> Usage:
    details = CachedTokens(text_tokens=split[0], audio_tokens=split[1]) if split else None
    read = InputTokens(text_tokens=text, audio_tokens=audio, cached_tokens=cached)
    read.cached_tokens_details = details
    return Usage(
        total_tokens=text + audio + sum(out),
        input_tokens=text + audio,
        output_tokens=sum(out),
        input_token_details=read,
        output_token_details=OutputTokens(text_tokens=out[0], audio_tokens=out[1]),
    )


def test_each_kind_has_its_price_and_cached_tokens_are_a_part_of_the_input():
    told = usage(1_000, 2_000, cached=1_300, split=(300, 1_000), out=(50, 400))
    expected = (700 * 5 + 300 * 2.5 + 1_000 * 40 + 1_000 * 2.5 + 50 * 20 + 400 * 80) / 1e6
    found = cost(told, SECOND)
    assert found.dollars == pytest.approx(expected)
    assert found.is_exact


def test_a_minute_costs_what_the_first_announcement_said():
    first = LIST_PRICES.price("gpt-4o-realtime-preview-2024-10-01")
    assert cost(usage(audio=600), first).dollars == pytest.approx(0.06)
    assert cost(usage(out=(0, 1_200)), first).dollars == pytest.approx(0.24)


def test_where_the_kind_of_cached_tokens_was_not_told_the_cost_is_a_range():
    found = cost(usage(1_000, 500, cached=600), SECOND)
    dearest = (600 * 2.5 + 400 * 5 + 500 * 40) / 1e6
    cheapest = (500 * 2.5 + 100 * 2.5 + 900 * 5) / 1e6
    assert found.dollars == pytest.approx(dearest)
    assert found.at_least == pytest.approx(cheapest)
    assert not found.is_exact
    assert str(found) == "$0.0060 to $0.0235"


def test_tokens_of_no_told_kind_cost_between_the_kinds():
    found = cost(Usage(total_tokens=30, input_tokens=20, output_tokens=10), SECOND)
    assert found.dollars == pytest.approx((20 * 40 + 10 * 80) / 1e6)
    assert found.at_least == pytest.approx((20 * 5 + 10 * 20) / 1e6)


def test_an_unknown_model_has_no_cost_and_a_sentence():
    found = LIST_PRICES.cost(usage(100), "gpt-of-tomorrow")
    assert found.dollars is None
    assert "gpt-of-tomorrow" in found.note
    assert "rl.prices" in found.note
    both = found + Cost(1.5, 1.5)
    assert both.dollars is None
    assert str(both) == "more than $1.50"


def test_images_of_a_model_without_a_price_for_them_count_as_text():
    told = Usage(input_tokens=10, input_token_details=InputTokens(image_tokens=10))
    assert cost(told, SECOND).dollars == pytest.approx(10 * 5 / 1e6)


@given(
    text=st.integers(0, 5_000),
    audio=st.integers(0, 5_000),
    share=st.tuples(st.floats(0, 1), st.floats(0, 1)),
    out=st.tuples(st.integers(0, 999), st.integers(0, 999)),
)
def test_a_told_split_lies_within_the_range_of_an_untold_one(text, audio, share, out):
    split = (int(text * share[0]), int(audio * share[1]))
    told = cost(usage(text, audio, cached=sum(split), split=split, out=out), SECOND)
    untold = cost(usage(text, audio, cached=sum(split), out=out), SECOND)
    assert told.dollars is not None
    assert untold.dollars is not None
    assert untold.at_least is not None
    assert untold.at_least - 1e-12 <= told.dollars <= untold.dollars + 1e-12


@given(
    text=st.integers(0, 500),
    audio=st.integers(0, 500),
    cached=st.integers(0, 2_000),
    split=st.none() | st.tuples(st.integers(0, 1_000), st.integers(0, 1_000)),
)
def test_every_token_is_counted_once_whatever_the_details_say(text, audio, cached, split):
    tokens = tokens_of(usage(text, audio, cached=cached, split=split, out=(3, 4)))
    assert tokens.total == text + audio + 7
    assert min(tokens.text_in, tokens.audio_in, tokens.cached_somewhere) >= 0
    assert tokens.cached <= text + audio


def test_transcription_is_billed_by_seconds_or_by_tokens():
    whisper = LIST_PRICES.transcription_price("whisper-1")
    assert transcription_cost({"type": "duration", "seconds": 30}, whisper).dollars == (
        pytest.approx(0.003)
    )
    tokens = {
        "type": "tokens",
        "input_tokens": 100,
        "output_tokens": 20,
        "input_token_details": {"text_tokens": 0, "audio_tokens": 100},
    }
    found = LIST_PRICES.transcription(tokens, "gpt-4o-transcribe")
    assert found.dollars == pytest.approx((100 * 6 + 20 * 10) / 1e6)
    assert LIST_PRICES.transcription(tokens, "whisper-1").dollars is None
    assert LIST_PRICES.transcription(None, "whisper-1").dollars is None
    assert "my-ears" in LIST_PRICES.transcription(tokens, "my-ears").note


def test_every_profile_has_a_price_with_date_and_source():
    for profile in PROFILES.values():
        entry = LIST_PRICES.entry(profile.snapshot)
        assert entry is not None
        assert entry.as_of
        assert entry.source


def test_a_price_under_the_name_of_a_model_goes_before_the_listed_ones_of_its_snapshots():
    mine = PricedModel(Price(1, 1, 1, 1, 1, 1), "2026-11-01", "contract")
    prices = PriceList({"gpt-realtime": mine}, beneath=LIST_PRICES)
    assert prices.entry("gpt-realtime-2025-08-28") == mine
    assert prices.entry("gpt-realtime") == mine
    assert prices.price("gpt-realtime-mini") == LIST_PRICES.price("gpt-realtime-mini")
    assert isinstance(prices.transcription_price("whisper-1"), TranscriptionPrice)


def test_tokens_can_be_added():
    assert Tokens(text_in=1, audio_out=2) + Tokens(text_in=3) == Tokens(text_in=4, audio_out=2)
