"""Puts an utterance to a model, in a session of its own, and takes down what it did.

A session of its own, not a new conversation in an open one: nothing that was said before can have
an influence, no dialect but the newest can empty a conversation, and sessions run side by side.
"""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any

import msgspec

from ...errors import (
    RateLimitedConnect,
    RateLimitedResponse,
    RealtimeLabError,
    SessionError,
)
from ...eventlog import EventLog, Redaction, Turn, moments
from ...protocol import FunctionCall, shortfall
from ...session import (
    EndpointSource,
    RealtimeSession,
    Settings,
    Spent,
    log_for,
    merged,
    open_session,
)
from ...tools import ToolRegistry
from .answers import Answer, Called
from .definitions import Definitions
from .utterances import Utterance

__all__ = ["Asked", "Asking", "Question"]

_PLAIN = re.compile(r"[^\w]+")


@dataclass(frozen=True, slots=True)
class Question:
    """One utterance that is put once to a model which was told of one set of definitions.

    ``key`` is the same only where all of it is the same, settings and endpoint included.
    """

    key: str
    definitions: Definitions
    answering: ToolRegistry | None
    utterance: Utterance
    repeat: int


@dataclass(frozen=True, slots=True)
class Asked:
    """An answer, what it used, and how long the service wants to be left alone.

    ``came_to_speak`` says that a session was opened. ``error`` is what the session ended with.
    """

    answer: Answer
    spent: Spent
    rest: float = 0.0
    came_to_speak: bool = True
    error: RealtimeLabError | None = None

    @property
    def retry_after(self) -> float | None:
        """In how many seconds the service expects to have room, if that is what it lacked."""
        if isinstance(self.error, RateLimitedConnect | RateLimitedResponse):
            return self.error.retry_after
        return None

    def after(self, tries: int) -> Asked:
        """The same, of so many tries."""
        return replace(self, answer=msgspec.structs.replace(self.answer, tries=tries))


@dataclass(frozen=True, slots=True)
class Asking:
    """How all utterances of a measurement are put to the model."""

    source: EndpointSource
    settings: Settings
    agree: bool | None = None
    timeout: float = 60.0
    kernel_loop: asyncio.AbstractEventLoop | None = None
    logs: Path | None = None
    """Where the log of each session is kept; nowhere, by default."""

    def told(self, definitions: Definitions) -> Settings:
        """The settings of a session with these tools."""
        tools = {"tools": definitions.tools.specs()}
        return replace(self.settings, extra=merged(self.settings.extra, tools))

    def config(self, definitions: Definitions) -> dict[str, Any]:
        """All that a model is told of before the utterance, as plain values."""
        return msgspec.to_builtins(self.told(definitions).config([]))

    async def ask(self, question: Question) -> Asked:
        """Put it to the model.

        What goes wrong in this one session is told in the answer. Whoever calls decides whether
        that concerns the others, too: no session was opened where ``came_to_speak`` is false.
        """
        blank = _blank(question)
        log = self._log(question)
        try:
            opened = await open_session(
                self.source,
                self.told(question.definitions),
                log=log,
                tools=question.answering,
                kernel_loop=self.kernel_loop,
                agree=self.agree,
                # A session that came back in the middle would not be a new one.
                reconnect=None,
                retry_rate_limited=True,
            )
        except BaseException as refusal:
            log.discard_journal()
            if not isinstance(refusal, RealtimeLabError):
                raise
            return Asked(_failed(blank, refusal), Spent(), came_to_speak=False, error=refusal)
        if log.path is not None:
            blank = msgspec.structs.replace(blank, log=log.path.name)
        session: RealtimeSession = opened.session
        turn: Turn | None = None
        error: RealtimeLabError | None = None
        try:
            turn = await self._put(session, question.utterance)
        except RealtimeLabError as found:
            error = found
            turn = session.turns[-1] if session.turns else None
        finally:
            rest = session.limits.rates.retry_seconds()
            await opened.close()
        spent = session.limits.spending.spent
        answer = _with_usage(_heard(blank, turn, question.utterance), session.model, spent)
        if error is None and turn is not None:
            error = _shortfall(turn)
        return Asked(answer if error is None else _failed(answer, error), spent, rest, error=error)

    def _log(self, question: Question) -> EventLog:
        """The log of one session, which writes to a file of its own where logs are kept."""
        log = log_for(self.source)
        if self.logs is not None:
            said = Redaction().redacted(question.utterance.name)[:40]
            parts = (question.definitions.name, said)
            name = "-".join(_PLAIN.sub("-", part).strip("-") for part in parts)
            name = f"{name}-{question.repeat + 1}-{question.key[:6]}"
            tries = (f"{name}{f'-{n}' if n > 1 else ''}.jsonl" for n in count(1))
            log.journal(next(p for one in tries if not (p := self.logs / one).exists()))
        return log

    async def _put(self, session: RealtimeSession, utterance: Utterance) -> Turn:
        said = (
            session.say(utterance.words, timeout=self.timeout)
            if utterance.clip is None
            else session.speak(utterance.clip, timeout=self.timeout)
        )
        return await session.in_step(said)


def _blank(question: Question) -> Answer:
    """The answer to a question that was not put yet."""
    return Answer(
        key=question.key,
        definitions=question.definitions.name,
        utterance=question.utterance.name,
        repeat=question.repeat,
        at=datetime.now(UTC).isoformat(timespec="seconds"),
    )


def _heard(answer: Answer, turn: Turn | None, utterance: Utterance) -> Answer:
    """The answer with what is in the turn."""
    if turn is None:
        return answer
    told = [r for r in turn.responses if r.status != "cancelled"]
    calls = [item for r in told for item in r.output if isinstance(item, FunctionCall)]
    found = moments(turn.entries, silence_ms=turn.silence_ms)
    begin = "request" if utterance.clip is None else "speech_end"
    return msgspec.structs.replace(
        answer,
        calls=tuple(Called(call.name, call.arguments) for call in calls),
        said=turn.said,
        heard="" if utterance.clip is None else turn.transcript_user,
        latency=found.between(begin, "tool_called") if calls else None,
    )


def _with_usage(answer: Answer, model: str, spent: Spent) -> Answer:
    return msgspec.structs.replace(
        answer,
        model=model,
        tokens_in=spent.tokens.read,
        tokens_cached=spent.tokens.cached,
        tokens_out=spent.tokens.written,
        dollars=spent.dollars,
    )


def _failed(answer: Answer, error: RealtimeLabError) -> Answer:
    return msgspec.structs.replace(answer, failure=type(error).__name__, told=error.told)


def _shortfall(turn: Turn) -> RealtimeLabError | None:
    """Why the answer is not whole, though the turn has ended.

    A response that failed and was asked for again does not count.
    """
    if turn.status == "completed":
        return None
    lack = shortfall(turn.responses[-1]) if turn.responses else None
    if lack is not None:
        return lack.kind(str(lack), code=lack.code)
    return SessionError(turn.problem or f"the turn ended as {turn.status}")
