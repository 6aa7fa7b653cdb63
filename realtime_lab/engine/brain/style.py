"""How to answer, as the session's instructions ask."""

# ruff: noqa: E501 -- patterns and word lists read better on one line
from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from .wording import plain

__all__ = ["Style"]

_NAME = re.compile(
    r"\b(?:your name is|you(?:'re| are) (?:called|named)|named|called|call yourself|"
    r"answer to the name(?: of)?)\s+[\"'“]?(?P<name>[^\W\d_][\w'-]*)",
    re.IGNORECASE,
)
_ROLE = re.compile(
    r"\b(?:you(?:'re| are)(?: playing)?|act as|act like|pretend (?:to be|you are)|play(?: the role of)?|"
    r"(?:speak|talk|answer|sound|respond|reply)(?: to me)?(?: like| as))\s+(?:an?|the)\s+"
    r"(?P<role>[\w' -]+?)(?=\s+(?:named|called|who|that|and|with|from|in|for|at|of)\b|[.,;:!?\n]|$)",
    re.IGNORECASE,
)
_START = re.compile(
    r"\b(?:start|begin|open)\s+(?:every|each|all|your|any)?[\w ]{0,30}?\b(?:with|by saying)\b"
    r"(?: the words?| the phrase)?:?\s*(?P<text>\"[^\"]+\"|“[^”]+”|'[^']+'|[^.\n]+[.!?]?)",
    re.IGNORECASE,
)
_END = re.compile(
    r"\b(?:end|finish|close|conclude)\s+(?:every|each|all|your|any)?[\w ]{0,30}?\b(?:with|by saying)\b"
    r"(?: the words?| the phrase)?:?\s*(?P<text>\"[^\"]+\"|“[^”]+”|'[^']+'|[^.\n]+[.!?]?)",
    re.IGNORECASE,
)
Limit = Literal["", "word", "sentence", "brief"]

_LIMITS: tuple[tuple[Limit, re.Pattern[str]], ...] = (
    ("word", re.compile(r"\b(?:one|1|a single) word\b")),
    ("sentence", re.compile(r"\b(?:one|1|a single) (?:short )?sentence\b")),
    ("brief", re.compile(r"\b(?:be (?:very )?(?:brief|short|concise|terse)|(?:answer|speak|reply|respond) "
                         r"(?:very )?(?:briefly|shortly|concisely)|keep (?:it|answers|your answers) (?:short|brief)|"
                         r"brief answers|short answers|two sentences)\b")),
)  # fmt: skip
_SIMPLE = re.compile(
    r"\b(?:simple|easy|plain) (?:words|english|language|sentences)\b|\bshort sentences\b|"
    r"\bbeginners?\b|\b(?:a1|a2|b1) (?:level|english|learner)|\blevel (?:a1|a2|b1)\b|"
    r"\blanguage learner\b|\b(?:five|5|six|6) year old\b"
)
_LANGUAGE = re.compile(
    r"\b(?:answer|speak|reply|respond|talk|say everything|only)\b[\w ]{0,30}?\b"
    r"(?P<language>german|french|spanish|italian|dutch|portuguese|japanese|chinese|norwegian|"
    r"swedish|polish|russian|english)\b"
)
_VAGUE_ROLES = frozenset({"assistant", "helpful assistant", "ai", "voice assistant", "model"})


@dataclass(frozen=True, slots=True)
class Style:
    """The persona and manner of the answers; empty fields ask for nothing."""

    name: str = ""
    role: str = ""
    limit: Limit = ""
    simple: bool = False
    start: str = ""
    end: str = ""
    language: str = ""

    @classmethod
    def of(cls, instructions: Iterable[str]) -> Style:
        """What these instructions ask for; a later one wins over an earlier one."""
        name = role = start = end = language = ""
        limit: Limit = ""
        simple = False
        for text in instructions:
            if found := _NAME.search(text):
                name = found["name"][:1].upper() + found["name"][1:]
            if (found := _ROLE.search(text)) and found["role"].lower().strip() not in _VAGUE_ROLES:
                role = " ".join(found["role"].lower().split()[:5])
            if found := _START.search(text):
                start = _unquoted(found["text"])
            if found := _END.search(text):
                end = _unquoted(found["text"])
            words = plain(text)
            for kind, pattern in _LIMITS:
                if pattern.search(words):
                    limit = kind
                    break
            simple = simple or bool(_SIMPLE.search(words))
            if found := _LANGUAGE.search(words):
                language = "" if found["language"] == "english" else found["language"]
        return cls(name, role, limit, simple, start, end, language)


def _unquoted(text: str) -> str:
    text = text.strip()
    if text[:1] in "\"'“":
        return text[1:-1].strip()
    return text.strip(" .")
