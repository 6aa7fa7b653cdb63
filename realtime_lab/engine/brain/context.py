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
    ``follow`` keeps the talk going, and is said only where nothing else comes after it.
    """

    text: str
    score: float
    word: str = ""
    exact: bool = False
    long: bool = False
    follow: str = ""

    @property
    def full(self) -> str:
        """The text with what follows it."""
        return f"{self.text} {self.follow}".strip()


@dataclass(frozen=True, slots=True)
class Context:
    """One part of what the user said and all that is known around it.

    ``utterance`` is the whole of which ``said`` is a part.
    """

    said: str
    utterance: str
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
        """One of ``options``: the same each time for the same conversation and seed, the next
        one in the next turn."""
        turn = sum(message.role == "user" for message in self.earlier)
        first = zlib.crc32(f"{self.seed}:{options[0][:4]}".encode())
        return options[(first + turn) % len(options)]

    @property
    def last_answer(self) -> str:
        """What the assistant said last, empty at the start."""
        for message in reversed(self.earlier):
            if message.role == "assistant" and message.text:
                return message.text
        return ""


Skill = Callable[[Context], Answer | None]
