"""Turning what the user says of themselves into what is said to them, and back."""

# ruff: noqa: SIM905 -- word lists are easier to read as text
from __future__ import annotations

import re

__all__ = ["to_you"]

_TURNED = {
    "i": "you", "me": "you", "my": "your", "mine": "yours", "myself": "yourself", "our": "your",
    "ours": "yours", "your": "my", "yours": "mine", "yourself": "myself",
}  # fmt: skip
_BESIDE_I = {"am": "are", "was": "were"}
_BESIDE_YOU = {"are": "am", "were": "was"}
_BEFORE_SUBJECT = frozenset(
    "are were do did does can could will would shall should must may might have had that if when "
    "what where how why who whether because and but so then think hope guess".split()
)
_AFTER_SUBJECT = frozenset(
    "are were am have had will can could do did would should must may might cannot know think say "
    "said told tell like want need remember understand look sound seem".split()
)


def to_you(text: str) -> str:
    """``text`` of the user, said to the user: "my dog told you" is "your dog told me"."""
    tokens = re.findall(r"[\w']+|[^\w']+", text)
    places = [index for index, token in enumerate(tokens) if token[0].isalnum()]
    words = [tokens[index].lower() for index in places]
    for position, index in enumerate(places):
        before = words[position - 1] if position else ""
        after = words[position + 1] if position + 1 < len(words) else ""
        tokens[index] = _turned(tokens[index], before, after)
    return "".join(tokens)


def _turned(token: str, before: str, after: str) -> str:
    word = token.lower()
    if word == "you":
        subject = before in _BEFORE_SUBJECT or (
            after != "" and (before == "" or after in _AFTER_SUBJECT)
        )
        return "I" if subject else "me"
    if "i" in (before, after) and word in _BESIDE_I:
        return _BESIDE_I[word]
    if "you" in (before, after) and word in _BESIDE_YOU:
        return _BESIDE_YOU[word]
    return _TURNED.get(word, token)
