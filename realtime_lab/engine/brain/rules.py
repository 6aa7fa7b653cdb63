"""A brain made of rules: offline, deterministic, and honest about being one."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from datetime import datetime

from ..sentences import split_sentences
from ..stages import Message, Prompt, ToolCall
from .clauses import clauses
from .context import Answer, Context
from .delivery import deliver, framed, styled
from .memory import Memory, facts_in
from .skills import SKILLS
from .skills.directives import is_directive
from .style import Style
from .tool_calls import decide
from .tool_results import speak_results
from .wording import plain

__all__ = ["RuleBrain"]

_WEAK = 0.3
"""Answers below this are given only where no sentence of the user got a better one."""
_MOST_ANSWERS = 3


class RuleBrain:
    """Satisfies `Brain`. Holds no state: all it knows of a session is in the prompt.

    The same prompt and ``seed`` give the same answer. ``now`` tells the time to those who ask;
    without it the brain says that it has no clock.
    """

    def __init__(self, *, seed: int = 0, now: Callable[[], datetime] | None = None) -> None:
        self._seed = seed
        self._now = now

    async def reply(self, prompt: Prompt) -> AsyncIterator[str | ToolCall]:
        """Stream the answer sentence by sentence, or the calls."""
        for piece in self._pieces(prompt):
            yield piece
            await asyncio.sleep(0)

    def _pieces(self, prompt: Prompt) -> Sequence[str | ToolCall]:
        messages = prompt.messages
        style = _style(prompt)
        if not any(message.role == "user" for message in messages):
            return _sentences(self._answer(prompt, style, "hello", messages))
        upto_user = _until_last_user(messages)
        said, earlier = upto_user[-1].text, upto_user[:-1]
        context = self._context(prompt, style, said, said, earlier)
        if messages[-1].role == "tool":
            return _sentences(framed(styled(speak_results(messages), context), style))
        if messages[-1].role == "assistant":
            return _sentences(framed("I am listening.", style))
        decision = decide(upto_user, prompt.tools, prompt.tool_choice)
        if decision.calls:
            return decision.calls
        if decision.question:
            return _sentences(framed(styled(decision.question, context, whole=True), style))
        return _sentences(self._answer(prompt, style, said, earlier))

    def _context(
        self, prompt: Prompt, style: Style, part: str, said: str, earlier: Sequence[Message]
    ) -> Context:
        told = [m.text for m in earlier if m.role == "user"]
        return Context(
            said=part,
            utterance=said,
            earlier=earlier,
            memory=Memory.of([*told, said]),
            style=style,
            tools=prompt.tools,
            voice=prompt.voice,
            now=self._now,
            seed=self._seed,
        )

    def _answer(self, prompt: Prompt, style: Style, said: str, earlier: Sequence[Message]) -> str:
        def context(part: str) -> Context:
            return self._context(prompt, style, part, said, earlier)

        whole = context(said)
        best = _best(whole)
        parts = _parts(said)
        if len(parts) < 2 or best.exact or style.limit in ("word", "sentence"):
            return deliver(best, whole)
        answers = [_best(context(part)) for part in parts]
        chosen = [answer for answer in answers if answer.score >= _WEAK][:_MOST_ANSWERS]
        return deliver(_joined(chosen) if chosen else best, whole)


def _parts(said: str) -> list[str]:
    """The clauses of ``said``; facts told one after the other stay together."""
    parts: list[str] = []
    told = False
    for clause in clauses(said):
        tells = bool(facts_in(clause))
        if told and tells:
            parts[-1] += f". {clause}"
        else:
            parts.append(clause)
        told = tells
    return parts


def _joined(answers: Sequence[Answer]) -> Answer:
    """One answer out of several; only the last keeps what follows it."""
    texts = dict.fromkeys([*(answer.text for answer in answers[:-1]), answers[-1].full])
    return Answer(
        " ".join(filter(None, texts)),
        1.0,
        answers[-1].word,
        long=any(answer.long for answer in answers),
    )


def _best(context: Context) -> Answer:
    answers = [answer for skill in SKILLS if (answer := skill(context)) is not None]
    return max(answers, key=lambda answer: answer.score)


def _style(prompt: Prompt) -> Style:
    """From the instructions, system messages, and wishes of the user, the latest last."""
    wishes = [
        message.text
        for message in prompt.messages
        if message.role == "system"
        or (message.role == "user" and is_directive(plain(message.text)))
    ]
    return Style.of([prompt.instructions, *wishes])


def _until_last_user(messages: Sequence[Message]) -> Sequence[Message]:
    last = max(index for index, message in enumerate(messages) if message.role == "user")
    return messages[: last + 1]


def _sentences(text: str) -> list[str | ToolCall]:
    return list(split_sentences(text.strip()))
