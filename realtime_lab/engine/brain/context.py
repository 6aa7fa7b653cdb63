"""What a skill sees, and what it gives back."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from ..stages import Message, ToolSpec
from .memory import Memory
from .style import Style
from .wording import plain

__all__ = ["Answer", "Context", "Skill"]


@dataclass(frozen=True, slots=True)
class Answer:
    """A possible answer.

    ``score`` is 0 to 1; the best answer is given. ``word`` is the answer in one word, where there
    is one. ``exact`` text must be said as it is; a ``long`` one is not shortened by "be brief".
    """

    text: str
    score: float
    word: str = ""
    exact: bool = False
    long: bool = False


@dataclass(frozen=True, slots=True)
class Context:
    """One sentence of the user and all that is known around it."""

    said: str
    earlier: Sequence[Message]
    memory: Memory
    style: Style
    tools: Sequence[ToolSpec] = ()
    voice: str = ""
    now: Callable[[], datetime] | None = None
    seed: int = 0

    @property
    def words(self) -> str:
        """What was said, as `plain` gives it."""
        return plain(self.said)

    def choose(self, options: Sequence[str]) -> str:
        """One of ``options``: the same each time for the same conversation and seed."""
        key = f"{self.seed}:{len(self.earlier)}:{options[0]}"
        return options[zlib.crc32(key.encode()) % len(options)]

    @property
    def last_answer(self) -> str:
        """What the assistant said last, empty at the start."""
        for message in reversed(self.earlier):
            if message.role == "assistant" and message.text:
                return message.text
        return ""


Skill = Callable[[Context], Answer | None]
