"""How long to wait after speech fell silent, judged by what was said."""

from __future__ import annotations

from typing import Literal

__all__ = ["Eagerness", "semantic_silence_ms"]

Eagerness = Literal["low", "medium", "high", "auto"]

_LONGEST_MS = {"low": 8000, "medium": 4000, "high": 2000}
"""The protocol's longest waits for ``semantic_vad``; ``auto`` means medium."""
_FINISHED_MS = {"low": 1000, "medium": 600, "high": 300}

_GO_ON = frozenset(
    [
        "a",
        "an",
        "the",
        "and",
        "or",
        "but",
        "so",
        "because",
        "if",
        "when",
        "while",
        "that",
        "which",
        "who",
        "whose",
        "than",
        "as",
        "of",
        "to",
        "in",
        "on",
        "at",
        "by",
        "for",
        "from",
        "with",
        "without",
        "into",
        "about",
        "my",
        "your",
        "his",
        "her",
        "its",
        "our",
        "their",
        "this",
        "these",
        "those",
        "is",
        "are",
        "was",
        "were",
        "am",
        "be",
        "been",
        "have",
        "has",
        "had",
        "do",
        "does",
        "did",
        "can",
        "could",
        "will",
        "would",
        "should",
        "may",
        "might",
        "must",
        "i",
        "i'm",
        "i'd",
        "we",
        "they",
        "he",
        "she",
        "um",
        "uh",
        "er",
        "hmm",
        "like",
        "very",
        "really",
        "please",
        "between",
        "under",
        "over",
        "not",
    ]
)
"""Words after which hardly any English sentence ends."""


def semantic_silence_ms(eagerness: Eagerness, partial: str) -> int:
    """Milliseconds of silence that end a turn of which ``partial`` was understood so far.

    Short when the words could be a whole utterance; the longest wait when nothing was understood
    yet or the last word wants another.
    """
    level = "medium" if eagerness == "auto" else eagerness
    words = partial.lower().strip(" .?!,").split()
    unfinished = not words or words[-1] in _GO_ON or partial.rstrip().endswith((",", "..."))
    return _LONGEST_MS[level] if unfinished else _FINISHED_MS[level]
