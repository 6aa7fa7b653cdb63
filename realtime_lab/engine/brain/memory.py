"""What the user told in this session.

Nothing is stored between calls: the memory is read off the user's messages each time.
"""

# ruff: noqa: E501 -- patterns and word lists read better on one line
from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from .wording import plain

__all__ = ["Memory", "facts_in"]

_CLAUSE = re.compile(
    r"[.!?;\n]+(?:\s+|$)|,?\s+(?:and|but)\s+(?=(?:i|my|i'm|we|our|the|remember)\b)", re.IGNORECASE
)
_REMEMBER = re.compile(
    r"(?:please\s+)?(?:remember|note|keep in mind|do not forget|don't forget)\b"
    r"(?:\s+that|\s+this|:)?,?\s*(?P<note>.+)",
    re.IGNORECASE,
)
_FORGET = re.compile(r"\bforget (?:everything|all|it all|that|what i)\b")

_FACTS = (
    # (pattern, key or None when the pattern names it in group "key")
    (re.compile(r"\b(?:call me|i am called|i'm called|my friends call me)\s+(?P<value>[\w'-]+)", re.IGNORECASE), "name"),
    (re.compile(r"\bI(?:'m| am)\s+(?P<value>[A-Z][\w'-]+)$"), "name"),
    (re.compile(r"\bi(?:'m| am)\s+(?P<value>[\w -]+?)\s+years old", re.IGNORECASE), "age"),
    (re.compile(r"\bi(?:'m| am| come)\s+from\s+(?P<value>.+)", re.IGNORECASE), "home"),
    (re.compile(r"^(?:and |so |well |yes )?i\s+(?:live|stay)\s+(?P<value>(?:in|at|near|on)\s+.+)", re.IGNORECASE), "place"),
    (re.compile(r"^(?:and |so |well |yes )?i\s+work\s+(?P<value>.+)", re.IGNORECASE), "work"),
    (re.compile(r"^(?:and |so |well |yes )?i\s+(?:really\s+)?(?:like|love|enjoy)\s+(?P<value>.+)", re.IGNORECASE), "liking"),
    (re.compile(r"^(?:and |so |well |yes )?i\s+(?:hate|dislike|do not like|don't like)\s+(?P<value>.+)", re.IGNORECASE), "dislike"),
    (re.compile(r"^(?:and |so |well |yes )?i\s+have\s+(?P<value>(?:an?|two|three|four|\d+)\s+.+)", re.IGNORECASE), "possession"),
    (re.compile(r"^(?:well |so |oh |yes |hello |hi )?,?\s*(?:my|our)\s+(?P<key>[\w' -]{2,40}?)\s+(?:is|are|was)\s+(?P<value>.+)", re.IGNORECASE), None),
)  # fmt: skip
_NOTED_FACT = re.compile(
    r"(?:the|my|our|a|an)?\s*(?P<key>[\w' -]{2,40}?)\s+(?:is|are|was)\s+(?P<value>.+)",
    re.IGNORECASE,
)
_QUESTION = re.compile(
    r"^(?:what|who|where|when|why|how|do|does|did|is|are|can|could|would|will|tell me)\b"
)


@dataclass(slots=True)
class Memory:
    """Facts by their subject ("name", "favourite colour"), notes, and all sentences in order."""

    facts: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    said: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, utterances: Iterable[str]) -> Memory:
        """What these utterances of the user tell; a later fact replaces an earlier one."""
        memory = cls()
        for utterance in utterances:
            if not utterance.strip():
                continue
            if _FORGET.search(plain(utterance)):
                memory.facts.clear()
                memory.notes.clear()
            memory.said.append(utterance.strip())
            memory.facts.update(facts_in(utterance))
            if noted := _REMEMBER.match(utterance.strip()):
                memory.notes.append(noted["note"].strip(" .!"))
        return memory

    def find(self, subject: str) -> str | None:
        """The fact about ``subject``, however it was spelled."""
        wanted = _key(subject)
        return next((value for key, value in self.facts.items() if _key(key) == wanted), None)


def facts_in(utterance: str) -> dict[str, str]:
    """The facts one utterance states."""
    facts: dict[str, str] = {}
    for clause in filter(None, (c.strip(" ,") for c in _CLAUSE.split(utterance))):
        if "?" in utterance and _QUESTION.match(plain(clause)):
            continue
        noted = _REMEMBER.match(clause)
        if noted:
            clause = noted["note"]
        elif _QUESTION.match(plain(clause)):
            continue
        patterns = (*_FACTS, (_NOTED_FACT, None)) if noted else _FACTS
        for pattern, key in patterns:
            if found := pattern.search(clause):
                subject = key or found["key"].lower().strip()
                facts[subject] = found["value"].strip(" .,!?;\"'")
                break
    if "name" in facts:
        facts["name"] = " ".join(w[:1].upper() + w[1:] for w in facts["name"].split()[:3])
    return facts


def _key(subject: str) -> str:
    return plain(subject).replace("favorite", "favourite").replace("color", "colour")
