"""What a session used: no response twice, none forgotten, every token of the right kind."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from realtime_lab.errors import SessionError
from realtime_lab.eventlog import current_prices, prices
from realtime_lab.protocol import (
    CachedTokens,
    Cost,
    InputTokens,
    InputTranscriptionCompleted,
    OutputTokens,
    Price,
    Response,
    ResponseCreated,
    ResponseDone,
    Tokens,
    Usage,
    tokens_of,
)
from realtime_lab.session.metering import Meter, Spent

MODEL = "gpt-realtime-2025-08-28"


@pytest.fixture(autouse=True)
def public_prices():
    yield
    prices(reset=True)


def usage(text=0, audio=0, text_cached=0, audio_cached=0, text_out=0, audio_out=0) -> Usage:
    return Usage(
        total_tokens=text + audio + text_out + audio_out,
        input_tokens=text + audio,
        output_tokens=text_out + audio_out,
        input_token_details=InputTokens(
            text_tokens=text,
            audio_tokens=audio,
            cached_tokens=text_cached + audio_cached,
            cached_tokens_details=CachedTokens(text_tokens=text_cached, audio_tokens=audio_cached),
        ),
        output_token_details=OutputTokens(text_tokens=text_out, audio_tokens=audio_out),
    )


def begun(name: str) -> ResponseCreated:
    return ResponseCreated(response=Response(id=name, status="in_progress"))


def ended(name: str, used: Usage | None, status: Any = "completed") -> ResponseDone:
    return ResponseDone(response=Response(id=name, status=status, usage=used))


def metered(*events: Any, model: str = MODEL) -> tuple[Spent, Meter]:
    total = [Spent()]
    meter = Meter(
        lambda: (model, "whisper-1"),
        current_prices,
        lambda charge: total.append(total.pop() + charge.spent),
    )
    for event in events:
        meter.apply(event)
    return total[0], meter


def test_a_response_is_charged_once_though_its_end_is_told_twice():
    done = ended("r1", usage(text=100, audio_out=50))
    spent, meter = metered(begun("r1"), done, done)
    assert (spent.responses, spent.tokens) == (1, Tokens(text_in=100, audio_out=50))
    assert spent.dollars == pytest.approx((100 * 4 + 50 * 64) / 1e6)
    assert [charge.id for charge in meter.charges] == ["r1"]


def test_a_cancelled_response_costs_what_it_used():
    spent, _ = metered(ended("r1", usage(text=10, audio_out=30), "cancelled"))
    assert spent.cancelled == 1
    assert spent.dollars == pytest.approx((10 * 4 + 30 * 64) / 1e6)


def test_a_failed_response_costs_nothing_and_is_counted():
    spent, _ = metered(ended("r1", usage(), "failed"), ended("r2", None, "failed"))
    assert (spent.responses, spent.failed, spent.untold, spent.dollars) == (2, 2, 0, 0.0)


def test_a_response_without_usage_is_told_of():
    spent, _ = metered(ended("r1", None))
    assert spent.untold == 1
    assert "1 response ended without telling what was used" in repr(spent)


def test_what_a_lost_connection_took_may_be_billed():
    spent, meter = metered(begun("r1"), begun("r2"), ended("r1", usage(text=1)))
    assert spent.untold == 0
    assert meter.lost() == ["r2"]
    assert meter.charges[-1].status == "lost"
    assert meter.lost() == []


def test_transcriptions_are_billed_beside():
    heard = InputTranscriptionCompleted(
        item_id="i1", transcript="hm", usage={"type": "duration", "seconds": 60}
    )
    spent, _ = metered(heard, heard)
    assert spent.transcriptions == 1
    assert spent.cost.dollars == 0.0
    assert spent.dollars == pytest.approx(0.006)


def test_an_unknown_model_has_no_cost_and_is_not_free():
    spent, _ = metered(ended("r1", usage(text=5)), model="mine")
    assert spent.dollars is None
    assert "no price is known for 'mine'" in spent._repr_html_().replace("&#x27;", "'")


def test_the_table_names_kinds_and_cache():
    spent, _ = metered(ended("r1", usage(100, 200, 64, 128, 7, 300)))
    lines = repr(spent).splitlines()
    assert lines[2].split() == ["text", "36", "64", "7"]
    assert lines[3].split() == ["audio", "72", "128", "300"]
    assert lines[4].split() == ["tokens", "108", "192", "307"]


KIND = st.integers(0, 3_000)
USAGES = st.builds(
    lambda text, audio, tc, ac, to, ao: usage(text, audio, min(tc, text), min(ac, audio), to, ao),
    *[KIND] * 6,
)
STATUS = st.sampled_from(["completed", "cancelled", "incomplete", "failed"])


@given(st.lists(st.tuples(USAGES, STATUS, st.booleans()), max_size=20))
def test_the_meter_is_the_sum_of_the_usages_by_kind(told):
    """In any order, with ends told twice, and with the price of each kind."""
    events: list[Any] = []
    for number, (used, status, twice) in enumerate(told):
        done = ended(f"r{number}", used, status)
        events += [begun(f"r{number}"), done, *([done] if twice else [])]
    spent, meter = metered(*events)
    assert spent.tokens == sum((tokens_of(used) for used, _, _ in told), Tokens())
    assert spent.tokens.total == sum(used.total_tokens for used, _, _ in told)
    expected = sum((current_prices().cost(used, MODEL) for used, _, _ in told), Cost(0.0, 0.0))
    assert spent.dollars == pytest.approx(expected.dollars)
    assert len(meter.charges) == len(told)


class TestPrices:
    PRICE: dict[str, float] = {
        "text_in": 1, "text_cached": 1, "text_out": 1,
        "audio_in": 1, "audio_cached": 1, "audio_out": 1,
    }  # fmt: skip

    def test_a_user_may_override_a_price_with_its_date_and_source(self):
        prices({"gpt-realtime": self.PRICE}, as_of="2027-01-01", source="our contract")
        entry = current_prices().entry(MODEL)
        assert entry is not None
        assert (entry.as_of, entry.source) == ("2027-01-01", "our contract")
        spent, _ = metered(ended("r1", usage(text=1_000_000)))
        assert spent.dollars == pytest.approx(1.0)
        assert prices(reset=True).price(MODEL) != entry.price

    def test_a_deployment_may_have_the_price_of_a_model(self):
        prices({"mine": "gpt-realtime"})
        assert current_prices().price("mine") == current_prices().price(MODEL)

    def test_a_file_holds_prices(self, tmp_path):
        path = tmp_path / "prices.toml"
        path.write_text(
            'as_of = "2027-02"\nsource = "invoice"\n["whisper-1"]\nper_minute = 0.01\n'
            "[mine]\ntext_in = 1\ntext_cached = 1\ntext_out = 1\naudio_in = 2\n"
            "audio_cached = 1\naudio_out = 3\n"
        )
        found = prices(path)
        entry = found.entry("mine")
        assert entry is not None
        assert entry.price == Price(1, 1, 1, 2, 1, 3)
        assert (entry.as_of, entry.source) == ("2027-02", "invoice")
        whisper = found.transcription_price("whisper-1")
        assert whisper is not None
        assert whisper.per_minute == 0.01

    @pytest.mark.parametrize(
        ("changes", "says"),
        [
            ({"m": {"text_in": 1}}, "m: the price of audio_cached, audio_in"),
            ({"m": {**PRICE, "smell_in": 1}}, "there is no price 'smell_in'"),
            ({"m": {**PRICE, "text_in": -1}}, "text_in is -1"),
            ({"m": "nobody"}, "'nobody', given for 'm', is not known"),
            ("missing.toml", "cannot read the prices"),
        ],
    )
    def test_a_price_that_makes_no_sense_changes_nothing(self, changes, says):
        before = current_prices()
        with pytest.raises(SessionError, match=says):
            prices(changes)
        assert current_prices() is before

    def test_a_file_that_is_no_table_is_named(self, tmp_path):
        path = tmp_path / "prices.toml"
        path.write_text("text_in = 4")
        with pytest.raises(SessionError, match="text_in is no table"):
            prices(path)
        path.write_text("[")
        with pytest.raises(SessionError, match="is no TOML"):
            prices(path)
