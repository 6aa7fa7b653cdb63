"""Repeating, counting and spelling."""

# ruff: noqa: E501 -- patterns and word lists read better on one line
from __future__ import annotations

import re

from ..context import Answer, Context
from ..wording import digits

__all__ = ["counting", "repeating", "spelling"]

_REPEAT = re.compile(
    r"^(?:please\s+|can you\s+|could you\s+|now\s+)*(?:repeat(?:\s+after\s+me|\s+the\s+(?:words?|sentence|following)|\s+exactly)?|"
    r"say(?:\s+exactly|\s+after\s+me|\s+the\s+words?|\s+the\s+following)?)\s*(?:this|:|,)?\s*:?\s*(?P<text>.+)$",
    re.IGNORECASE | re.DOTALL,
)
_EXPLICIT = re.compile(r"after me|exactly|the words?\b|following|[:\"“]", re.IGNORECASE)
_AGAIN = re.compile(
    r"^(?:please )?(?:(?:say|repeat|tell me) (?:that|it|this)(?: again)?(?: please)?|say again|repeat(?: please)?|"
    r"again(?: please)?|what did you (?:just )?say|can you (?:repeat|say) (?:that|it)(?: again)?(?: please)?|"
    r"could you (?:repeat|say) (?:that|it)(?: again)?(?: please)?|pardon|come again|once more|one more time)$"
)
_NO_TEXT = re.compile(
    r"^(?:something|anything|hello to|it|that|this|a few words|goodbye to)\b", re.IGNORECASE
)
_COUNT = re.compile(
    r"\bcount(?: (?P<back>backwards?|down))?(?: (?:from )?(?P<first>\d+)(?= (?:to|down|up|backwards?|until)|$))?"
    r"(?: (?P<back2>down|backwards?))?(?: ?(?:up )?(?:to|until) (?P<last>\d+))?"
    r"(?: by (?P<step>\d+)s?)?"
)
_SPELL = re.compile(
    r"\b(?:spell|how do you spell|how is)\b(?: the word| the name)? (?P<word>[\w'-]+)(?: spelled)?",
    re.IGNORECASE,
)
_MY_NAME = re.compile(r"\bspell my name\b")
_LETTERS = re.compile(
    r"\bhow many letters (?:are )?(?:there )?(?:in|has|does)(?: the word)? (?P<word>[\w'-]+)",
    re.IGNORECASE,
)
_LONGEST_COUNT = 200


def repeating(context: Context) -> Answer | None:
    """Says exactly what it is told to say, or its last answer again."""
    if _AGAIN.match(context.words):
        last = context.last_answer
        return (
            Answer(last, 0.9, exact=True) if last else Answer("I have not said anything yet.", 0.9)
        )
    found = _REPEAT.match(context.said.strip())
    if not found:
        return None
    text = found["text"].strip()
    explicit = bool(_EXPLICIT.search(context.said))
    if not explicit and _NO_TEXT.match(text):
        return None
    if text[:1] in "\"'“" and len(text) > 2:
        text = text.rstrip(".!?") if text.rstrip(".!?")[-1:] in "\"'”" else text
        text = text.strip("\"'“”")
    return Answer(text[:1].upper() + text[1:], 0.97 if explicit else 0.65, exact=True)


def counting(context: Context) -> Answer | None:
    """Counts up or down."""
    found = _COUNT.search(digits(context.words))
    if not found or not (found["first"] or found["last"]):
        return None
    backwards = bool(found["back"] or found["back2"])
    first = int(found["first"] or (10 if backwards else 1))
    last = int(found["last"] or (0 if backwards else first))
    if found["first"] and not found["last"] and not backwards:
        first = 1
    step = max(1, int(found["step"] or 1))
    if abs(last - first) // step > _LONGEST_COUNT:
        return Answer(
            f"That is too far: I count {_LONGEST_COUNT} numbers at most.", 0.85, word="Much"
        )
    numbers = range(first, last + 1, step) if last >= first else range(first, last - 1, -step)
    return Answer(", ".join(map(str, numbers)) + ".", 0.85, exact=True)


def spelling(context: Context) -> Answer | None:
    """Spells a word, or counts its letters."""
    if found := _LETTERS.search(context.said):
        count = sum(c.isalpha() for c in found["word"])
        return Answer(f"The word {found['word']} has {count} letters.", 0.85, word=str(count))
    if _MY_NAME.search(context.words) and context.memory.name:
        return Answer(", ".join(context.memory.name.upper()) + ".", 0.85, exact=True)
    found = _SPELL.search(context.said)
    if not found or ("spell" not in context.words):
        return None
    return Answer(", ".join(found["word"].upper()) + ".", 0.85, exact=True)
