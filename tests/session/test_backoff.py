"""When a lost connection is made again: the table, the waits, the plan."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from realtime_lab.errors import (
    AuthDenied,
    ConnectError,
    ConsentMissing,
    DeploymentNotFound,
    InsecureTransport,
    RateLimitedConnect,
    RequestRejected,
    ServiceFailedConnect,
    SessionClosed,
    SessionError,
    Unreachable,
)
from realtime_lab.session.backoff import (
    CLOSE_CODES,
    HANDSHAKE_STATUSES,
    JITTER,
    Backoff,
    Reconnect,
    worth_retrying,
)

plans = st.builds(
    lambda first, more: Reconnect(first=first, longest=first + more),
    st.floats(0, 100),
    st.floats(0, 1000),
)


@given(plans, st.integers(1, 10_000), st.integers())
def test_a_wait_doubles_up_to_the_longest_and_is_shortened_by_a_quarter_at_most(plan, attempt, n):
    wait = Backoff(plan, Random(n)).wait(attempt)
    full = min(plan.longest, plan.first * 2.0 ** min(attempt - 1, 60))
    assert (1 - JITTER) * full <= wait <= full


@given(plans, st.integers(1, 50), st.floats(0, 1e4), st.integers())
def test_what_the_service_asks_for_is_a_lower_bound(plan, attempt, asked, seed):
    plain = Backoff(plan, Random(seed)).wait(attempt)
    assert Backoff(plan, Random(seed)).wait(attempt, asked) == max(plain, asked)


@given(plans, st.integers())
def test_the_same_seed_gives_the_same_waits(plan, seed):
    one, other = (Backoff(plan, Random(seed)) for _ in range(2))
    assert [one.wait(n) for n in range(1, 9)] == [other.wait(n) for n in range(1, 9)]


def test_many_clients_do_not_come_back_at_once():
    waits = {Backoff(Reconnect(), Random(seed)).wait(3) for seed in range(100)}
    assert len(waits) == 100


@pytest.mark.parametrize("code", [1001, 1005, 1006, 1011, 1012, 1013, 1015])
def test_close_codes_that_the_sdk_calls_recoverable_are_retried(code):
    assert worth_retrying(SessionClosed("gone", code=code))


@pytest.mark.parametrize("code", [1000, 1008, 1009, 3000, 4000, 4004, 4999])
def test_other_close_codes_are_not(code):
    assert not worth_retrying(SessionClosed("gone", code=code))


def test_a_connection_that_broke_off_without_a_code_is_retried():
    assert worth_retrying(SessionClosed("gone"))


@pytest.mark.parametrize(
    "error, again",
    [
        (Unreachable("no answer"), True),
        (Unreachable("a certificate", stage="tls"), False),
        (RateLimitedConnect("full", status=429), True),
        (ServiceFailedConnect("broken", status=503), True),
        (ConnectError("odd", status=418), False),
        (DeploymentNotFound("none", status=404), False),
        (AuthDenied("no", status=401), False),
        (InsecureTransport("ws://"), False),
        (ConsentMissing("nobody agreed"), False),
        (RequestRejected("no such voice"), False),
    ],
)
def test_what_may_be_gone_at_the_next_try(error, again):
    assert worth_retrying(error) is again


def test_each_row_of_the_tables_has_its_source():
    for row in (*CLOSE_CODES.values(), *HANDSHAKE_STATUSES.values()):
        assert row.meaning
        assert row.source


@pytest.mark.parametrize(
    "wrong",
    [
        {"tries": 0},
        {"first": -1.0},
        {"within": float("inf")},
        {"notice": 0.0},
        {"first": 9.0},
        {"microphone": float("nan")},
    ],
)
def test_a_plan_that_makes_no_sense_is_refused(wrong):
    with pytest.raises(SessionError, match="Reconnect"):
        Reconnect(**wrong)
