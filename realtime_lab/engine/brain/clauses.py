"""Cutting an utterance into the things it says, with punctuation or, from a recogniser, without."""

# ruff: noqa: E501 -- patterns read better on one line
from __future__ import annotations

import re

from .wording import plain

__all__ = ["GREETING", "clauses", "is_question"]

GREETING = re.compile(
    r"^(?P<greeting>(?:hello|hi|hey|hiya|greetings|howdy|ahoy|good (?:morning|afternoon|evening|day))(?: there| again| everyone| everybody)?)\b",
    re.IGNORECASE,
)
_SENTENCE_END = re.compile(r"(?<=[.!?;])\s+|\n+\s*")
_TOLD = r"(?:i|i'm|i am|my|we|our|you can call me|call me|remember)"
_ASKED = (
    r"(?:what is|what's|what are|what do|what did|what can|who are you|who am i|who is|how are you|how is|how old|how many|"
    r"where is|where do|when is|which|can you|could you|would you|tell me|do you|please)"
)
_JOINT = re.compile(rf",?\s+(?:and|but|so|then)\s+(?={_TOLD}\b|{_ASKED}\b)", re.IGNORECASE)
_STATED = re.compile(
    r"^(?:i am|i'm|i live|i like|i love|i have|my|this is|call me)\b", re.IGNORECASE
)
_TURN_TO_QUESTION = re.compile(rf",?\s+(?={_ASKED}\b)", re.IGNORECASE)
_TURN_TO_FACT = re.compile(
    r",?\s+(?=(?:my name is|my name's|i live in|i am from|i'm from)\b)", re.IGNORECASE
)
_QUESTION = re.compile(
    r"^(?:what|who|where|when|why|how|which|do|does|did|is|are|am|can|could|would|will|should|tell me|have you|has)\b"
)  # fmt: skip


def clauses(said: str) -> list[str]:
    """The parts of ``said`` that can be answered one by one; joined they leave out only joints.

    A greeting at the start stands alone, "and" parts two statements, and a question or a name that
    follows a statement begins a part of its own.
    """
    parts: list[str] = []
    for sentence in _SENTENCE_END.split(said.strip()):
        found = GREETING.match(sentence)
        rest = sentence[found.end() :].lstrip(" ,.!-") if found else sentence
        if found and len(rest.split()) > 1:
            parts.append(found["greeting"])
            sentence = rest
        for piece in _JOINT.split(sentence):
            parts += _turns(piece)
    return [part for part in (part.strip(" ,") for part in parts) if part]


def is_question(clause: str) -> bool:
    """Whether a clause asks, by its first word or its last sign."""
    return clause.rstrip().endswith("?") or bool(_QUESTION.match(plain(clause)))


def _turns(piece: str) -> list[str]:
    if not _STATED.match(piece):
        return [piece]
    told = _TURN_TO_FACT.split(piece)
    *before, last = told
    return [*before, *_TURN_TO_QUESTION.split(last, maxsplit=1)]
