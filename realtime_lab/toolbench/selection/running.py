"""Asks all questions of a measurement: side by side, in a seeded order, within what is allowed."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from random import Random

from ...errors import (
    ApiVersionRetired,
    AuthenticationError,
    BetaShapeDisabled,
    BudgetExceeded,
    ConsentMissing,
    DeploymentNotFound,
    InsecureTransport,
    ModelNotRealtime,
    NetworkBlocked,
    RealtimeLabError,
    RequestRejected,
    ServerError,
    SessionError,
)
from ...session import Account, Expected, Pace
from .answers import AnswerFile
from .asking import Asked, Asking, Question

__all__ = ["Progress", "Runner"]

_FOR_ALL = (
    ConsentMissing,
    AuthenticationError,
    InsecureTransport,
    NetworkBlocked,
    DeploymentNotFound,
    ApiVersionRetired,
    ModelNotRealtime,
    BetaShapeDisabled,
    ServerError,
)
"""No session was opened, and none would be: the address, the key, the consent."""
LONGEST_WAIT = 300.0
"""Seconds that an utterance is held, all in all, for a service that has no room for it."""
MOST_FAILURES = 8
"""So many sessions that fail one after the other end the run: whatever it is, it goes on."""


@dataclass
class Progress:
    """How far a run is."""

    questions: int
    known: int
    """Questions that were answered by an earlier run."""
    answered: int = 0
    failed: int = 0
    stopped: str = ""
    """Why it asks no more, though not all is answered."""

    def __str__(self) -> str:
        parts = [f"{self.known + self.answered} of {self.questions} answered"]
        parts += [f"{self.known} of them earlier"] if self.known else []
        parts += [f"{self.failed} failed"] if self.failed else []
        return ", ".join([*parts, *([self.stopped] if self.stopped else [])])


class Runner:
    """One run over the questions that have no final answer yet.

    ``expected`` tells what a question is expected to use; ``account`` is what the run may use. A
    failure of one session is the answer of its question. One that would be that of all sessions is
    raised. What was answered is in ``answers`` whatever happens.
    """

    def __init__(
        self,
        asking: Asking,
        answers: AnswerFile,
        account: Account,
        pace: Pace,
        expected: Callable[[Question], Expected],
    ) -> None:
        self._asking = asking
        self._answers = answers
        self._account = account
        self._pace = pace
        self._expected = expected
        self._waiting: deque[Question] = deque()
        self._under_way = 0
        self._in_a_row = 0
        self.progress = Progress(0, 0)

    def plan(self, questions: Iterable[Question], *, seed: int) -> Progress:
        """Take the questions in an order that the seed settles; those with an answer are done."""
        listed = list(questions)
        Random(seed).shuffle(listed)
        known = {q.key for q in listed if (a := self._answers.get(q.key)) and a.is_final}
        self._waiting = deque(q for q in listed if q.key not in known)
        self.progress = Progress(len(listed), len(known))
        return self.progress

    async def run(self, *, concurrency: int) -> None:
        """Ask them, so many at a time.

        Raises:
            RealtimeLabError: the first failure that concerns all sessions.
        """
        try:
            async with asyncio.TaskGroup() as tasks:
                for _ in range(min(concurrency, len(self._waiting))):
                    tasks.create_task(self._work())
        except BaseExceptionGroup as group:
            raise group.exceptions[0] from None

    async def _work(self) -> None:
        while self._waiting and not self.progress.stopped:
            question = self._waiting.popleft()
            refusal = self._account.set_aside(question.key, self._expected(question))
            if refusal:
                self._waiting.appendleft(question)
                if not self._under_way:
                    self.progress.stopped = refusal
                # Whoever is under way comes back, and may find room then.
                return
            self._under_way += 1
            try:
                await self._take(await self._answered(question))
            finally:
                self._under_way -= 1
                self._account.give_back(question.key)

    async def _answered(self, question: Question) -> Asked:
        tries, waited = 0, 0.0
        while True:
            tries += 1
            await self._pace.room()
            asked = await self._asking.ask(question)
            self._account.charge(asked.spent)
            self._pace.hold(min(asked.rest, LONGEST_WAIT))
            if asked.retry_after is None:
                break
            # What the service names is when one fits; others want that room, too.
            wait = max(asked.retry_after, 2.0 ** (tries - 1))
            waited += wait
            if waited > LONGEST_WAIT:
                break
            self._pace.hold(wait)
        return asked if tries == 1 else asked.after(tries)

    async def _take(self, asked: Asked) -> None:
        if _is_for_all(asked):
            assert asked.error is not None
            raise asked.error
        if isinstance(asked.error, BudgetExceeded):
            self.progress.stopped = asked.error.told
            return
        await asyncio.to_thread(self._answers.append, asked.answer)
        if asked.answer.is_final:
            self.progress.answered += 1
            self._in_a_row = 0
            return
        self.progress.failed += 1
        self._in_a_row += 1
        if self._in_a_row >= MOST_FAILURES and self._waiting:
            self.progress.stopped = (
                f"{self._in_a_row} sessions failed one after the other, the last with: "
                f"{asked.answer.told.rstrip('.')}; run it again when that is mended"
            )


def _is_for_all(asked: Asked) -> bool:
    error: RealtimeLabError | None = asked.error
    if error is None or asked.came_to_speak:
        return False
    of_settings = isinstance(error, RequestRejected) or type(error) is SessionError
    return of_settings or isinstance(error, _FOR_ALL)
