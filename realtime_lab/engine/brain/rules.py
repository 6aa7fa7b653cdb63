"""A brain made of rules: offline, deterministic, and honest about being one."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Callable, Sequence
from datetime import datetime

from ..sentences import split_sentences
from ..stages import Message, Prompt, ToolCall
from .context import Answer, Context
from .delivery import deliver, framed
from .memory import Memory
from .skills import SKILLS
from .skills.directives import is_directive
from .style import Style
from .tool_calls import decide
from .tool_results import speak_results
from .wording import plain

__all__ = ["RuleBrain"]

_SENTENCE_END = re.compile(r"(?<=[.!?])\s+(?=\S)")
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
        if messages and messages[-1].role == "tool":
            return _sentences(framed(speak_results(messages), style))
        if not any(message.role == "user" for message in messages):
            return _sentences(self._answer(prompt, style, "hello", messages))
        if messages[-1].role == "assistant":
            return _sentences(framed("I am listening.", style))
        upto_user = _until_last_user(messages)
        decision = decide(upto_user, prompt.tools, prompt.tool_choice)
        if decision.calls:
            return decision.calls
        if decision.question:
            return _sentences(framed(decision.question, style))
        return _sentences(self._answer(prompt, style, upto_user[-1].text, upto_user[:-1]))

    def _answer(self, prompt: Prompt, style: Style, said: str, earlier: Sequence[Message]) -> str:
        utterances = [m.text for m in earlier if m.role == "user"]
        whole = self._context(prompt, style, said, earlier, utterances)
        best = _best(whole)
        parts = _SENTENCE_END.split(said.strip())
        if len(parts) < 2 or best.exact or style.limit:
            return deliver(best, whole)
        answers = []
        for index, part in enumerate(parts):
            told = [*utterances, *parts[:index]]
            context = self._context(prompt, style, part, earlier, told)
            answers.append((_best(context), context))
        chosen = [pair for pair in answers if pair[0].score >= _WEAK][:_MOST_ANSWERS]
        if not chosen:
            return deliver(best, whole)
        texts = list(dict.fromkeys(answer.text for answer, _ in chosen))
        joined = Answer(
            " ".join(texts), 1.0, chosen[-1][0].word, long=any(a.long for a, _ in chosen)
        )
        return deliver(joined, whole)

    def _context(
        self,
        prompt: Prompt,
        style: Style,
        said: str,
        earlier: Sequence[Message],
        told: Sequence[str],
    ) -> Context:
        return Context(
            said=said,
            earlier=earlier,
            memory=Memory.of([*told, said]),
            style=style,
            tools=prompt.tools,
            voice=prompt.voice,
            now=self._now,
            seed=self._seed,
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
    return list(split_sentences(text))
