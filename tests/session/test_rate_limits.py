"""What is left of the rate limits on this side, and what a refusal says."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from realtime_lab.errors import RateLimitedConnect
from realtime_lab.protocol import (
    RateLimit,
    RateLimitsUpdated,
    Response,
    ResponseCreated,
    ResponseError,
    StatusDetails,
)
from realtime_lab.session.rate_limits import RateWatch, rate_limit_failure
from realtime_lab.session.waiting import connected_within_limits


class Watch:
    """A watch on a clock that the test sets."""

    def __init__(self, needs: int = 1_000) -> None:
        self.now = 100.0
        self.needs = needs
        self.marks: list[str] = []
        self.watch = RateWatch(
            lambda: self.needs,
            lambda name, **data: self.marks.append(f"{name}: {data['told']}"),
            lambda: self.now,
        )

    def told(self, name: str, limit: int, remaining: int, reset: float) -> None:
        left = RateLimit(name=name, limit=limit, remaining=remaining, reset_seconds=reset)
        self.watch.apply(RateLimitsUpdated(rate_limits=[left]))

    def left(self, name: str) -> float:
        return self.watch.left()[name].remaining


def test_what_was_used_comes_back_evenly_until_the_reset():
    watch = Watch()
    watch.told("tokens", 6_000, 3_000, 30.0)
    assert watch.left("tokens") == 3_000
    watch.now += 10
    assert watch.left("tokens") == pytest.approx(4_000)
    watch.now += 1_000
    assert watch.left("tokens") == 6_000


def test_a_response_that_begins_takes_its_share_before_the_service_says_so():
    watch = Watch(needs=1_000)
    watch.told("tokens", 6_000, 3_000, 30.0)
    watch.told("requests", 60, 60, 0.0)
    watch.watch.apply(ResponseCreated(response=Response(id="r", status="in_progress")))
    assert watch.left("tokens") == 2_000
    assert watch.left("requests") == 59
    watch.told("tokens", 6_000, 2_900, 31.0)
    assert watch.left("tokens") == 2_900, "the service knows better"


def test_it_warns_before_the_next_response_does_not_fit_and_once():
    watch = Watch(needs=4_500)
    watch.told("tokens", 6_000, 5_000, 10.0)
    assert watch.marks == []
    watch.told("tokens", 6_000, 3_000, 30.0)
    watch.told("tokens", 6_000, 2_900, 31.0)
    assert watch.marks == [
        "lab.rate_limit_near: 3,000 of 6,000 tokens a minute are left, and the next response sets "
        "4,500 aside; it fits in 15.0 s"
    ]
    watch.told("tokens", 6_000, 6_000, 0.0)
    watch.told("tokens", 6_000, 1_000, 50.0)
    assert len(watch.marks) == 2, "there was room in between"


def test_it_says_when_a_response_never_fits():
    watch = Watch(needs=4_100)
    watch.told("tokens", 4_000, 4_000, 0.0)
    assert "never fits; set a lower max_output_tokens" in watch.marks[0]


def test_nothing_is_held_while_something_is_left():
    watch = Watch()
    assert watch.watch.wait() == 0.0
    watch.told("requests", 60, 1, 59.0)
    assert watch.watch.wait() == 0.0
    watch.told("requests", 60, 0, 60.0)
    assert watch.watch.wait() == pytest.approx(1.0)
    watch.now += 1.0
    assert watch.watch.wait() == pytest.approx(0.0)


def test_limits_that_lack_figures_are_left_out():
    watch = Watch()
    watch.watch.apply(RateLimitsUpdated(rate_limits=[RateLimit(), RateLimit(name="tokens")]))
    assert list(watch.watch.left()) == []
    assert "has told none yet" in repr(watch.watch.left())


def test_the_table_shows_what_is_left():
    watch = Watch()
    watch.told("tokens", 6_000, 300, 57.0)
    assert repr(watch.watch.left()).splitlines()[2].split() == [
        "!", "tokens", "6,000", "300", "57.0", "s", "0.0", "s", "ago",
    ]  # fmt: skip
    assert "<table" in watch.watch.left()._repr_html_()


def failed(code: str, message: str) -> Response:
    error = ResponseError(type=code, code=code, message=message)
    return Response(
        id="r", status="failed", status_details=StatusDetails(type="failed", error=error)
    )


@pytest.mark.parametrize(
    ("message", "seconds"),
    [
        ("Rate limit reached: Limit 6000, Used 5000. Please try again in 6.2s.", 6.2),
        ("Please try again in 350ms.", 0.35),
        ("Please retry after 7 seconds.", 7.0),
        ("Too much.", 3.0),
    ],
)
def test_a_refused_response_says_when_to_come_back(message: str, seconds: float):
    failure = rate_limit_failure(failed("rate_limit_exceeded", message), expected=3.0)
    assert failure is not None
    assert failure.retry_after == pytest.approx(seconds)
    assert f"retry in {seconds:g} s" in str(failure)
    assert failure.code == "rate_limit_exceeded"


def test_what_is_too_large_or_out_of_quota_never_fits():
    for code, message in [
        ("rate_limit_exceeded", "Request too large for gpt-realtime."),
        ("insufficient_quota", "You exceeded your quota."),
    ]:
        failure = rate_limit_failure(failed(code, message))
        assert failure is not None
        assert failure.retry_after is None
        assert "will not fit later either" in str(failure)


def test_other_failures_are_none_of_it():
    assert rate_limit_failure(failed("server_error", "Sorry.")) is None
    assert rate_limit_failure(Response(id="r", status="completed")) is None


class TestHandshake:
    def connected(self, *answers: Any, longest: float = 30.0) -> tuple[Any, list[float], list]:
        left, slept, marks = list(answers), [], []

        async def connect() -> Any:
            answer = left.pop(0)
            if isinstance(answer, Exception):
                raise answer
            return answer

        async def sleep(seconds: float) -> None:
            slept.append(seconds)

        async def run() -> Any:
            return await connected_within_limits(
                connect,
                longest=longest,
                mark=lambda name, **data: marks.append((name, data["seconds"])),
                sleep=sleep,
            )

        try:
            return asyncio.run(run()), slept, marks
        except RateLimitedConnect as error:
            return error, slept, marks

    def test_it_waits_as_long_as_the_service_says_and_tries_once_more(self):
        refused = RateLimitedConnect("full", retry_after=2.5)
        found, slept, marks = self.connected(refused, "open")
        assert (found, slept, marks) == ("open", [2.5], [("lab.rate_limit_wait", 2.5)])

    def test_a_second_refusal_is_told(self):
        refused, again = (RateLimitedConnect("full", retry_after=1.0) for _ in range(2))
        found, slept, _ = self.connected(refused, again, "never")
        assert found is again
        assert slept == [1.0]

    @pytest.mark.parametrize("seconds", [None, 31.0])
    def test_it_does_not_wait_too_long_nor_at_random(self, seconds: float | None):
        refused = RateLimitedConnect("full", retry_after=seconds)
        assert self.connected(refused, "never") == (refused, [], [])
