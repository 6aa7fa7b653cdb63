"""Wishes of the user about the manner of the answers."""

# ruff: noqa: E501 -- patterns and word lists read better on one line
from __future__ import annotations

import re

from ..context import Answer, Context
from ..style import Style
from .small_talk import article

__all__ = ["directive", "is_directive"]

_WISH = re.compile(
    r"^(?:please |now |from now on |can you |could you )*(?:you are|your name is|speak|talk|answer|respond|reply|act|"
    r"pretend|be (?:brief|short|concise)|use (?:simple|easy|plain|short)|always|start|begin|end|keep|finish|let us speak)\b"
)
_LOUDNESS = re.compile(
    r"\b(?:speak|talk|be) (?:a bit |a little |more )?(?:slower|slowly|faster|louder|quieter|softer|more slowly)\b"
)
_ABILITY = re.compile(r"^(?:can|could) you (?:speak|talk|answer) (?:in )?\w+$")
"""Asks whether it can, not that it does."""


def is_directive(words: str) -> bool:
    """Whether a sentence of the user tells how to answer."""
    return bool(_WISH.match(words)) and not _ABILITY.match(words)


def directive(context: Context) -> Answer | None:
    """Agrees to what it will do from now on."""
    if _LOUDNESS.search(context.words):
        return Answer(
            "I can't change that while I speak: set the speed of the session instead.",
            0.75,
            word="No",
        )
    if not is_directive(context.words):
        return None
    asked = Style.of([context.said])
    if asked == Style():
        return None
    parts = []
    if asked.manner:
        parts.append(f"I speak like {article(asked.manner)} {asked.manner} now.")
    if asked.name:
        parts.append(f"You can call me {asked.name}.")
    if asked.limit or asked.simple:
        parts.append("I will keep it short." if asked.limit else "I will use simple words.")
    if asked.language:
        parts.append(f"I know only a few phrases of {asked.language.capitalize()}.")
    return Answer(f"All right. {' '.join(parts)}".strip(), 0.74, word="Alright")
