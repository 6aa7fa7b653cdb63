"""Reading from instructions who the assistant is to be."""

# ruff: noqa: E501, SIM905 -- patterns and word lists read better on one line
from __future__ import annotations

import re

__all__ = ["manner_in", "name_in", "role_in"]

_YOU = r"(?:you(?:'re|’re| are| will be)(?: now| playing)?|act as|act like|acting as|pretend (?:to be|you are|that you are)|play(?: the role of| the part of)?|be)"
_NAME = r"[\"'“]?(?P<name>[^\W\d_a-z][^\W\d_]*(?:[ -][A-Z][^\W\d_]+)*)"
_NAMES = (
    re.compile(r"\b(?i:your name is|call yourself|answer to the name(?: of)?|you(?:'re|’re| are) (?:called|named))\s+[\"'“]?(?P<name>[^\W\d_]+(?:[ -][A-Z][^\W\d_]+)*)"),
    re.compile(rf"\b(?i:{_YOU})\s[^.!?\n]*?\b(?i:named|called|by the name of)\s+{_NAME}"),
    re.compile(rf"\b(?i:{_YOU})\s+{_NAME}(?=\s*,|\s+(?:the|and|from|who)\b|\s*[.!;\n]|\s*$)"),
)  # fmt: skip
_ROLES = (
    re.compile(rf"\b(?i:{_YOU})\s+[A-Z][\w'’]*(?: [A-Z][\w'’]*)*,?\s+(?:an?|the)\s+(?P<role>[^.:;!?\n]+)"),
    re.compile(rf"\b(?i:{_YOU})\s+(?i:an?|the)\s+(?P<role>[^.:;!?\n]+)"),
)  # fmt: skip
_MANNER = re.compile(
    r"\b(?:speak|talk|answer|sound|respond|reply|act)(?: to me)?(?: always)?(?: like| as)(?: an?| the)?\s+(?P<role>[\w' -]+)",
    re.IGNORECASE,
)
_END_OF_ROLE = re.compile(
    r"\s*[,(–]?\s+(?:named|called|who|that|which|with|from|in|for|at|of|on|but|whose|helping|speaking|talking|by|to|and (?:you|your|always|never|talk|speak|answer|love|only))\b.*",
    re.IGNORECASE,
)
_STARTS_ANEW = frozenset(
    "a an the you your who that which but in on at so answer answering talk speak and keep be always never please from with named "
    "called act do helping use respond reply not i we it they he she my tell".split()
)
_NO_ROLES = frozenset(
    "assistant assistants ai model human person bot chatbot helper voice system agent machine entity companion program partner "
    "being interface service tool llm gpt chatgpt".split()
)
_NO_NOUNS = frozenset(
    "helpful friendly witty warm kind funny smart clever polite concise brief calm patient cheerful playful engaging honest "
    "curious expert professional empathetic bubbly sarcastic creative knowledgeable serious enthusiastic lively nice useful "
    "good great very quick careful formal informal casual gentle talkative energetic".split()
)  # fmt: skip
_MOST_WORDS = 5


def name_in(text: str) -> str:
    """The name that instructions give, empty where there is none."""
    for pattern in _NAMES:
        found = pattern.search(text)
        if found and not {w.lower() for w in found["name"].split()} & _NO_ROLES:
            return found["name"][:1].upper() + found["name"][1:]
    return ""


def role_in(text: str) -> str:
    """The role that instructions give: a noun with its adjectives, in lower case, or empty.

    Adjectives alone make no role, nor do the words for what the assistant is anyway.
    """
    for pattern in _ROLES:
        for found in pattern.finditer(text):
            words = _noun_phrase(found["role"])
            if words and words[-1] not in _NO_ROLES | _NO_NOUNS:
                return " ".join(words[-_MOST_WORDS:])
    return ""


def manner_in(text: str) -> str:
    """Whom the answers are to sound like, in lower case, empty where instructions do not say."""
    found = _MANNER.search(text)
    return found["role"].lower() if found else role_in(text)


def _noun_phrase(text: str) -> list[str]:
    """The words up to the noun: "grumpy, old librarian, and you ..." has three."""
    pieces = re.split(r"\s*,\s*(?:and\s+)?|\s+and\s+", _END_OF_ROLE.sub("", text).lower())
    words = re.findall(r"[\w'-]+", pieces[0])
    for piece in pieces[1:]:
        more = re.findall(r"[\w'-]+", piece)
        coordinated = len(words) == 1 or words[-1] in _NO_NOUNS
        if not more or not coordinated or len(more) > _MOST_WORDS or more[0] in _STARTS_ANEW:
            break
        words += more
    return words
