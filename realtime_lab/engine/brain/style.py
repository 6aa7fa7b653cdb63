"""How to answer, as the session's instructions ask."""

# ruff: noqa: E501 -- patterns and word lists read better on one line
from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from .personas import manner_in, name_in, role_in
from .wording import plain

__all__ = ["Style"]

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
    r"\bbeginners?\b|\belementary\b|\b(?:a1|a2|a 1|a 2)\b|\b(?:level b1|b1 (?:level|english|learner))\b|"
    r"\blanguage learner\b|\blearn(?:s|ing)? english\b|\b(?:five|5|six|6) year old\b"
)
_LANGUAGE = re.compile(
    r"\b(?:answer|speak|reply|respond|talk|say everything|only)\b[\w ]{0,30}?\b"
    r"(?P<language>german|french|spanish|italian|dutch|portuguese|japanese|chinese|norwegian|"
    r"swedish|polish|russian|english)\b"
)


@dataclass(frozen=True, slots=True)
class Style:
    """The persona and manner of the answers; empty fields ask for nothing.

    ``role`` is who the assistant says it is, ``manner`` whom it sounds like.
    """

    name: str = ""
    role: str = ""
    manner: str = ""
    limit: Limit = ""
    simple: bool = False
    start: str = ""
    end: str = ""
    language: str = ""

    @classmethod
    def of(cls, instructions: Iterable[str]) -> Style:
        """What these instructions ask for; a later one wins over an earlier one."""
        name = role = manner = start = end = language = ""
        limit: Limit = ""
        simple = False
        for text in instructions:
            name = name_in(text) or name
            role = role_in(text) or role
            manner = manner_in(text) or manner
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
        return cls(name, role, manner, limit, simple, start, end, language)


def _unquoted(text: str) -> str:
    text = text.strip()
    if text[:1] in "\"'“":
        return text[1:-1].strip()
    return text.strip(" .")
