"""Cutting text into stretches that can be spoken one after the other."""

from __future__ import annotations

import re
from collections.abc import Iterator

__all__ = ["SentenceBuffer", "split_sentences"]

_LONGEST = 240
_END = re.compile(r"(?<=[.!?…])[\"'”’)\]]*\s+|(?<=[。！？])\s*|\n+\s*")
_ABBREVIATION = re.compile(r"\b(?:Dr|Mr|Mrs|Ms|St|Prof|vs|e\.g|i\.e|[A-Z])\.\s+$")


def split_sentences(text: str, longest: int = _LONGEST) -> Iterator[str]:
    """Sentences of ``text`` with the space that follows them; joined they are ``text``.

    A sentence of more than ``longest`` characters is cut, at a clause or between words if it can
    be, so that no stretch is longer.
    """
    start = 0
    for end in _END.finditer(text):
        sentence = text[start : end.end()]
        if _ABBREVIATION.search(sentence) or not sentence:
            continue
        yield from _pieces(sentence, longest)
        start = end.end()
    if start < len(text):
        yield from _pieces(text[start:], longest)


def _pieces(sentence: str, longest: int) -> Iterator[str]:
    while len(sentence) > longest:
        head = sentence[:longest]
        clause = max(head.rfind(mark) for mark in (", ", "; ", ": ", " – "))
        space = head.rfind(" ")
        cut = clause + 2 if clause > longest // 3 else space + 1 if space > 0 else longest
        yield sentence[:cut]
        sentence = sentence[cut:]
    yield sentence


class SentenceBuffer:
    """Collects text that arrives in fragments and gives it out by the sentence."""

    def __init__(self) -> None:
        self._text = ""

    def feed(self, fragment: str) -> list[str]:
        """Take more text; return the sentences that are now complete."""
        self._text += fragment
        sentences = list(split_sentences(self._text))
        # What ends the text may go on in the next fragment.
        self._text = sentences.pop() if sentences else ""
        return sentences

    def finish(self) -> str:
        """Give out the rest, empty where there is none."""
        rest, self._text = self._text, ""
        return rest
