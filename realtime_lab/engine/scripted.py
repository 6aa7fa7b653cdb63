"""A brain that says what it was given, for tests and demonstrations."""

from __future__ import annotations

from collections import deque
from collections.abc import AsyncIterator, Iterable, Sequence

from .stages import Prompt, ToolCall

__all__ = ["ScriptedBrain"]


class ScriptedBrain:
    """Satisfies `Brain`. Each reply is the next entry of ``answers``: a text, a call, or a sequence
    of pieces. After the last it says nothing. ``prompts`` holds what it was asked.
    """

    def __init__(self, answers: Iterable[str | ToolCall | Sequence[str | ToolCall]]) -> None:
        self._answers = deque(answers)
        self.prompts: list[Prompt] = []

    async def reply(self, prompt: Prompt) -> AsyncIterator[str | ToolCall]:
        """Stream the next answer."""
        self.prompts.append(prompt)
        if not self._answers:
            return
        answer = self._answers.popleft()
        for piece in [answer] if isinstance(answer, (str, ToolCall)) else answer:
            yield piece
