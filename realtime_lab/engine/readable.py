"""Words of a recogniser as a person would write them."""

from __future__ import annotations

import re

__all__ = ["readable"]

_FILLER = re.compile(r"<[^>]*>|\[[^]]*\]|\+\+[^+]*\+\+")
_PRONUNCIATION = re.compile(r"\(\d+\)")
_I = re.compile(r"\bi(?=\b|')")
_QUESTION = frozenset(
    [
        "who",
        "who's",
        "whose",
        "whom",
        "what",
        "what's",
        "when",
        "where",
        "where's",
        "why",
        "how",
        "how's",
        "which",
        "is",
        "are",
        "am",
        "was",
        "were",
        "can",
        "could",
        "does",
        "did",
        "will",
        "would",
        "should",
        "isn't",
        "aren't",
        "can't",
        "doesn't",
        "didn't",
        "won't",
    ]
)


def readable(words: str, *, final: bool = True) -> str:
    """The words with fillers dropped, a capital at the start and for *I*.

    A ``final`` text ends in a full stop, or in a question mark when it begins like a question.
    Empty when nothing but fillers was heard.
    """
    text = _PRONUNCIATION.sub("", _FILLER.sub(" ", words))
    text = _I.sub("I", " ".join(text.split()))
    if not text:
        return ""
    end = ""
    if final and text[-1] not in ".?!":
        end = "?" if text.split()[0].lower() in _QUESTION else "."
    return text[0].upper() + text[1:] + end
