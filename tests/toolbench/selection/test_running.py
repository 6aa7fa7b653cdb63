"""The order, the pace and the bounds of a run; no socket, no time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from realtime_lab.errors import (
    BudgetExceeded,
    RateLimitedConnect,
    RateLimitedResponse,
    TransportLost,
    Unreachable,
)
from realtime_lab.protocol import Tokens
from realtime_lab.session import Account, Budget, Expected, Pace, Spent
from realtime_lab.toolbench import Utterance
from realtime_lab.toolbench.selection.answers import Answer, AnswerFile
from realtime_lab.toolbench.selection.asking import Asked, Question
from realtime_lab.toolbench.selection.definitions import definitions_of
from realtime_lab.toolbench.selection.running import LONGEST_WAIT, MOST_FAILURES, Runner


def get_time() -> str:
    """Tell the time."""
    return "noon"


(SET,) = definitions_of([get_time])
USED = Spent(tokens=Tokens(text_in=90, text_out=10))


class Time:
    """A clock that goes on when somebody sleeps."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.now += seconds


class Service:
    """In the place of `Asking`: what it answers is said by ``does``, question by question."""

    def __init__(
        self, does: Callable[[Question, int], Any] = lambda *_: None, rest: float = 0.0
    ) -> None:
        self.asked: list[str] = []
        self.open = self.most_open = 0
        self._does = does
        self._rest = rest

    async def ask(self, question: Question) -> Asked:
        self.asked.append(question.key)
        self.open += 1
        self.most_open = max(self.most_open, self.open)
        for _ in range(3):
            await asyncio.sleep(0)
        self.open -= 1
        error = self._does(question, self.asked.count(question.key))
        answer = Answer(
            key=question.key,
            definitions="tools",
            utterance=question.utterance.name,
            repeat=0,
            at="",
            failure=type(error).__name__ if error else "",
            told=str(error or ""),
        )
        spoke = not isinstance(error, Unreachable)
        return Asked(answer, USED, self._rest, came_to_speak=spoke, error=error)


def questions(number: int) -> list[Question]:
    return [Question(f"q{n}", SET, None, Utterance(f"number {n}"), 0) for n in range(number)]


class Run:
    """A run over ``number`` questions, already over."""

    def __init__(
        self,
        service: Service,
        number: int = 10,
        *,
        concurrency: int = 3,
        budget: Budget | None = None,
        seed: int = 0,
    ) -> None:
        self.time = Time()
        self.answers = AnswerFile()
        self.account = Account("this measurement", "budget={what}", budget)
        runner = Runner(
            service,  # type: ignore[arg-type]
            self.answers,
            self.account,
            Pace(self.time, self.time.sleep),
            lambda _: Expected(100, 0.001),
        )
        self.progress = runner.plan(questions(number), seed=seed)
        asyncio.run(runner.run(concurrency=concurrency))


@pytest.mark.parametrize("concurrency", [1, 3, 30])
def test_so_many_at_a_time_and_no_more(concurrency):
    service = Service()
    Run(service, concurrency=concurrency)
    assert service.most_open == min(concurrency, 10)
    assert sorted(service.asked) == sorted(q.key for q in questions(10))


def test_the_order_is_that_of_the_seed():
    orders = []
    for seed in (4, 4, 5):
        service = Service()
        Run(service, concurrency=1, seed=seed)
        orders.append(service.asked)
    assert orders[0] == orders[1] != orders[2]


def test_all_wait_while_the_service_has_no_room():
    def does(question: Question, time: int) -> Any:
        if question.key == "q3" and time < 3:
            return RateLimitedConnect("no room; retry in 20 s", retry_after=20.0)
        return None

    service = Service(does)
    run = Run(service)
    assert service.asked.count("q3") == 3
    assert run.time.now == 140.0
    assert run.answers.get("q3").tries == 3  # type: ignore[union-attr]
    assert str(run.progress) == "10 of 10 answered"


def test_no_session_begins_before_the_service_is_expected_to_have_room():
    run = Run(Service(rest=5.0), 4, concurrency=1)
    assert run.time.now == 115.0


def test_a_service_that_never_has_room_is_told_as_such():
    def does(question: Question, time: int) -> Any:
        return RateLimitedResponse("no room", retry_after=1.0) if question.key == "q3" else None

    service = Service(does)
    run = Run(service)
    assert service.asked.count("q3") == 9
    assert 0.5 * LONGEST_WAIT < run.time.now - 100.0 <= LONGEST_WAIT
    assert str(run.progress) == "9 of 10 answered, 1 failed"


@pytest.mark.parametrize("wait", [None, 86_400.0])
def test_room_that_does_not_come_in_time_is_not_waited_for(wait):
    service = Service(lambda *_: RateLimitedResponse("no quota", retry_after=wait))
    run = Run(service, 2)
    assert len(service.asked) == 2
    assert run.time.now == 100.0


def test_failures_one_after_the_other_end_the_run():
    service = Service(lambda *_: Unreachable("nobody answers"))
    run = Run(service, 30, concurrency=1)
    assert len(service.asked) == MOST_FAILURES
    assert "nobody answers" in run.progress.stopped


def test_failures_here_and_there_do_not():
    service = Service(
        lambda question, _: TransportLost("gone") if int(question.key[1:]) % 2 else None
    )
    run = Run(service, 40, concurrency=1)
    assert len(service.asked) == 40
    assert not run.progress.stopped


def test_no_question_is_asked_that_the_budget_has_no_room_for():
    service = Service()
    run = Run(service, budget=Budget(tokens=450))
    assert len(service.asked) == 4
    assert run.account.spent().tokens.total == 400
    assert "400 tokens of 450 tokens" in run.progress.stopped
    assert service.most_open == 3


def test_a_budget_of_the_whole_process_ends_the_run_and_is_no_answer():
    service = Service(lambda *_: BudgetExceeded("this kernel has used it up"))
    run = Run(service, concurrency=1)
    assert len(service.asked) == 1
    assert run.progress.stopped == "this kernel has used it up"
    assert len(run.answers) == 0
