"""Where in a long text it is worth looking closely: a first, quick look."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..redaction.patterns import LABEL, NUMBER_WORDS

__all__ = ["candidates"]

AROUND = 160
"""Characters around something suspicious that are looked at with it."""

_GAP = r"[\s,.\-\u2010-\u2013\u2026]"
_NUMBER_WORD = "|".join(NUMBER_WORDS)
_FIRST = "".join(sorted({word[0] for word in NUMBER_WORDS}))
_ANYHOW = (
    # e-mail; seven digits with little between them; single digits, over lines too
    re.compile(r"@"),
    re.compile(r"\d(?:[^\w\n]{0,4}\d){6}"),
    re.compile(r"\d(?<!\w\d)\W{1,4}\d\W{1,4}\d\b"),
    # an account number
    re.compile(r"\d\d(?<=[A-Za-z]{2}\d\d)[ \u00a0\u202f-]?[A-Za-z0-9]"),
    # how keys begin, and anything as long as one
    re.compile(r"\b(?:[serp]k[-_]|gh[opsru]_|hf_|xox|AKIA|AIza|eyJ)"),
    re.compile(r"[A-Za-z0-9+/_-]{32}"),
)
_IN_SMALL_LETTERS = (
    # what introduces a key; digits as words, next to each other or to figures
    re.compile(rf"(?:{LABEL.pattern}|pwd|sig|token)"),
    re.compile(rf"{_GAP}(?=[{_FIRST}])(?:{_NUMBER_WORD}){_GAP}{{1,3}}(?:\d|(?:{_NUMBER_WORD})\b)"),
    re.compile(rf"\d{_GAP}{{1,3}}(?=[{_FIRST}])(?:{_NUMBER_WORD})\b"),
)
"""Quicker than to look for these without regard to case."""


def candidates(text: str) -> Iterator[tuple[int, int]]:
    """Stretches of a text in which something may be, from space to space, in order."""
    small = text.lower()
    if len(small) != len(text):  # a few letters become two
        small = "".join(low if len(low := sign.lower()) == 1 else sign for sign in text)
    looked_for = ((_ANYHOW, text), (_IN_SMALL_LETTERS, small))
    found = sorted(
        match.span()
        for patterns, where in looked_for
        for pattern in patterns
        for match in pattern.finditer(where)
    )
    begin = end = -1
    for first, last in found:
        if first - AROUND > end:
            if end >= 0:
                yield _widened(text, begin, end)
            begin = first - AROUND
        end = max(end, last + AROUND)
    if end >= 0:
        yield _widened(text, begin, end)


def _widened(text: str, begin: int, end: int) -> tuple[int, int]:
    """From the space before to the space after, so that no word is cut."""
    begin, end = max(begin, 0), min(end, len(text))
    first = max(text.rfind(" ", 0, begin), text.rfind("\n", 0, begin)) + 1
    after = [place for space in " \n" if (place := text.find(space, end)) >= 0]
    return first, min(after, default=len(text))
