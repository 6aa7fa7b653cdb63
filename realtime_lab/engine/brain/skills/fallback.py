"""What to say when nothing else fits: it shows what was heard and keeps the talk going."""

# ruff: noqa: E501, SIM905 -- patterns and word lists read better on one line
from __future__ import annotations

import re

from ..context import Answer, Context
from .recall import to_you

__all__ = ["fallback"]

_FILLER = frozenset(
    "uh um er ah oh hm huh the a an and but or of to in is it that this so well i you he she we they hmm mm".split()
)
_QUESTION = re.compile(
    r"^(?:(?:and|but|so) )?(?:what|who|where|when|why|how|which|whose|is|are|was|were|do|does|did|can|could|would|will|should)\b"
)
_REQUEST = re.compile(
    r"^(?:please |can you |could you |would you )+(?P<what>.+)|^(?:i want you to|i need you to) (?P<wish>.+)"
)


def fallback(context: Context) -> Answer | None:
    """Reflects a statement, admits not knowing an answer, or asks for another try."""
    words = context.words
    if not words:
        return Answer("I did not catch that. Could you say it again?", 0.2, word="Pardon")
    if all(word in _FILLER for word in words.split()):
        return Answer(
            f"I did not catch that; I heard: {words}. Could you say it again?", 0.2, word="Pardon"
        )
    if requested := _REQUEST.match(words):
        what = to_you(requested["what"] or requested["wish"])
        return Answer(
            f"I can't do that: {what}. There is no rule for it in me, and no tool.", 0.25, word="No"
        )
    if _QUESTION.match(words) or context.said.rstrip().endswith("?"):
        text = context.choose(
            (
                f"I do not know. You asked: {to_you(words)}. I am only a set of rules.",
                f"That is beyond my rules: {to_you(words)}. Ask me something simpler?",
            )
        )
        return Answer(text, 0.2, word="Unknown")
    said = to_you(words)
    text = context.choose(
        (
            f"You said: {said}. Tell me more about it.",
            f"I heard you say: {said}. What do you make of it?",
            f"So, {said}. What follows from that?",
        )
    )
    return Answer(text, 0.15, word="Interesting")
