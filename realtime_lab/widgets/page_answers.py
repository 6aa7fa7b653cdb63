"""What pages ask, and what answers it (``frontend/src/kernel_link.ts``)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from ..errors import RealtimeLabError

__all__ = ["Answer", "PageAnswers", "Question", "part_asked"]

MOST_SAMPLES = 500_000
"""A megabyte in one message."""


class Answer(NamedTuple):
    """What is told to a page: a JSON object, and bytes beside it."""

    content: dict[str, Any]
    buffers: Sequence[bytes] = ()


Question = Callable[[dict[str, Any]], Answer]


def part_asked(asks: dict[str, Any]) -> slice:
    """The samples that a page asks for: ``count`` of them from ``first`` on, a megabyte at most.

    Raises:
        LookupError, TypeError, ValueError: if it does not say which, or says nonsense.
    """
    first, count = int(asks["first"]), min(int(asks["count"]), MOST_SAMPLES)
    if first < 0 or count < 0:
        raise ValueError(f"no audio from sample {first} on, {count} long")
    return slice(first, first + count)


class PageAnswers:
    """Answers the questions that ``asked`` knows, such as "a voice booth"; ``error`` refuses."""

    def __init__(
        self, asked: str, error: type[RealtimeLabError], questions: Mapping[str, Question]
    ) -> None:
        self._asked = asked
        self._error = error
        self._questions = questions

    def to(self, question: str, asks: dict[str, Any]) -> Answer:
        """The answer to a question.

        Raises:
            RealtimeLabError: for what cannot be asked, or has no answer.
        """
        answer = self._questions.get(question)
        if answer is None:
            raise self._error(f"{self._asked} cannot be asked {question!r}; update realtime-lab")
        try:
            return answer(asks)
        except (LookupError, TypeError, ValueError) as error:
            raise self._error(f"the question {question!r} is not complete: {error}") from error
