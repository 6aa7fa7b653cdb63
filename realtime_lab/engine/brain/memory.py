"""What the user told in this session.

Nothing is stored between calls: the memory is read off the user's messages each time, whatever
was answered to them.
"""

# ruff: noqa: E501 -- patterns read better on one line
from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache

from .clauses import GREETING, clauses, is_question
from .fact_patterns import AMBIGUOUS_NAMES, FIRST_NAMES, NOT_NAMES, NOTED, PATTERNS, FactPattern
from .persons import to_you
from .wording import expanded, plain, proper

__all__ = ["Fact", "Memory", "facts_in", "note_in"]

_REMEMBER = re.compile(
    r"^(?:please |can you |could you )*(?:remember|note|keep in mind|do not forget)\b"
    r"(?: that| this|:)?,? (?P<note>.+)",
    re.IGNORECASE,
)
_LEAD = re.compile(
    r"^(?:(?:well|so|oh|yes|yeah|no|nope|and|but|ok|okay|actually|sorry|um|uh|er|by the way|you know|also|i think|listen|"
    r"look|guess what|hm|right|nice|in fact|i mean|i said|(?:nice|pleased) to meet you)\b[\s,.!]*)+(?=\w)",
    re.IGNORECASE,
)
_CORRECTION = re.compile(
    r"^(?:no|sorry|actually|wait|oh)\b.*?\b(?:it is|i meant?|i said|that is|make it) (?:not [\w' ]+ but )?(?P<value>[\w' -]+)$"
    r"|^i meant (?P<meant>[\w' -]+)$",
    re.IGNORECASE,
)
_LONGEST_VALUE = 14
_PLACE = re.compile(r"(?<=\bin |\bat )(?!an? |the |my |our |bed\b)[a-z].*")
_FORGET = re.compile(r"\bforget (?:everything|all|it all|what i)\b|\bforget that$")
_AFTER_NAME = re.compile(
    r"[,.]? \b(?:and|but|by|from|i|what|nice|how|please|thanks|thank|in|here|today|too|or|so|not|if|now)\b.*",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Fact:
    """``told`` says it to the user as a clause: "your dog is called Rex".

    ``subject`` is what it is about; empty for the user. ``key`` tells which facts exclude each
    other. An ``implied`` fact is part of another one, and not worth telling beside it.
    """

    kind: str
    subject: str
    value: str
    told: str
    key: str
    implied: bool = False


@dataclass(slots=True)
class Memory:
    """Facts by key in the order they were told, notes, and all utterances in order."""

    facts: dict[str, Fact] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    said: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, utterances: Iterable[str]) -> Memory:
        """What these utterances of the user tell; a later fact replaces an earlier one."""
        memory = cls()
        for utterance in filter(None, (u.strip() for u in utterances)):
            if "forget" in utterance.lower() and _FORGET.search(plain(utterance)):
                memory.facts.clear()
                memory.notes.clear()
            memory.said.append(utterance)
            told = facts_in(utterance)
            if not told and memory.facts:
                told = _corrected(utterance, list(memory.facts.values())[-1])
            for fact in told:
                memory.facts.pop(fact.key, None)
                memory.facts[fact.key] = fact
            note = note_in(utterance)
            if note and not told:
                memory.notes.append(note)
        return memory

    @property
    def name(self) -> str:
        """The user's name, empty while it was not told."""
        return next((fact.value for fact in self.facts.values() if fact.kind == "name"), "")

    def of_kind(self, *kinds: str) -> list[Fact]:
        """The facts of these kinds."""
        return [fact for fact in self.facts.values() if fact.kind in kinds]

    def about(self, subject: str) -> list[Fact]:
        """The facts about what the user calls ``subject``, however it is spelled."""
        wanted = _same(subject)
        return [f for f in self.facts.values() if f.subject and _same(f.subject) == wanted]


@lru_cache(maxsize=4096)
def facts_in(utterance: str) -> tuple[Fact, ...]:
    """The facts one utterance states, in order. Kept, as each turn reads all earlier ones."""
    facts: list[Fact] = []
    greeted = bool(GREETING.match(utterance.strip()))
    for clause in clauses(expanded(utterance)):
        noted = _REMEMBER.match(clause)
        if noted:
            clause = noted["note"]
        elif is_question(clause):
            continue
        clause = _LEAD.sub("", clause.strip(" .,!;")).strip(" .,!;\"'")
        fact = _first_fact(clause, (*PATTERNS, *NOTED) if noted else PATTERNS, greeted)
        if fact:
            facts += [fact, *_named_possession(fact)]
    return tuple(facts)


@lru_cache(maxsize=4096)
def note_in(utterance: str) -> str:
    """What the user asks to be remembered, in their words; empty where there is none."""
    found = _REMEMBER.match(expanded(utterance.strip()))
    return found["note"].strip(" .!") if found else ""


def _first_fact(clause: str, patterns: Sequence[FactPattern], greeted: bool) -> Fact | None:
    for form in patterns:
        found = form.pattern.match(clause)
        if not found:
            continue
        groups = {k: v or "" for k, v in found.groupdict().items()}
        kind, value = form.kind, groups["value"].strip(" .,!?;\"'")
        if kind.startswith("name"):
            value = _name(value, sure=kind == "name", greeted=greeted)
            kind = "name"
        if not value or len(value.split()) > _LONGEST_VALUE:
            continue
        if clause == clause.lower():
            value = _capitals(value, kind, form.told, groups.get("verb", ""))
        subject = groups.get("subject", "").lower().strip().removesuffix("'s")
        told = form.told.format(
            value=to_you(value), subject=subject, verb=groups.get("verb", "").lower()
        )
        own = value.lower() if form.many else "called" if " called " in told else ""
        return Fact(kind, subject, value, told, f"{kind}:{_same(subject)}:{own}")
    return None


def _capitals(value: str, kind: str, told: str, verb: str) -> str:
    """Names of places, people and pets with the capitals that a recogniser does not write."""
    if kind == "from" or " called " in told or value in FIRST_NAMES:
        return proper(value)
    if kind in ("own", "have"):
        return re.sub(r"\w+", lambda found: _if_a_name(found[0]), value)
    if kind == "live" or verb in ("live", "lives"):
        return _PLACE.sub(lambda found: proper(found[0]), value)
    return value


def _if_a_name(word: str) -> str:
    return word.capitalize() if word in FIRST_NAMES - AMBIGUOUS_NAMES else word


def _name(value: str, *, sure: bool, greeted: bool) -> str:
    """The name at the start of ``value``; empty where there is none.

    What only may be a name ("i am ...") must be written like one, be a common one, or follow a
    greeting.
    """
    value = _AFTER_NAME.sub("", value)
    words = value.split()[:3]
    if not words or words[0].lower() in NOT_NAMES:
        return ""
    written = all(word[:1].isupper() for word in words) and words == value.split()
    known = words[0].lower() in FIRST_NAMES and len(value.split()) <= 2
    alone = greeted and len(value.split()) == 1 and not value.endswith("ing")
    if not (sure or written or known or alone):
        return ""
    return " ".join(word[:1].upper() + word[1:] for word in words)


def _named_possession(fact: Fact) -> list[Fact]:
    """ "a dog called Rex" tells also what the dog is called."""
    found = re.match(r"an? (?P<subject>[\w ]+?) (?:called|named) (?P<value>[\w' -]+)$", fact.value)
    if fact.kind != "have" or not found:
        return []
    subject, value = found["subject"], proper(found["value"])
    key = f"own:{_same(subject)}:called"
    return [Fact("own", subject, value, f"your {subject} is called {value}", key, implied=True)]


@lru_cache(maxsize=4096)
def _corrected(utterance: str, last: Fact) -> tuple[Fact, ...]:
    found = _CORRECTION.match(expanded(utterance).strip(" .!"))
    if not found or is_question(utterance):
        return ()
    value = (found["value"] or found["meant"]).strip()
    if last.kind == "name":
        value = _name(value, sure=True, greeted=False)
    if not value or value.lower() in NOT_NAMES or last.value not in last.told:
        return ()
    return (replace(last, value=value, told=last.told.replace(last.value, to_you(value))),)


def _same(subject: str) -> str:
    return plain(subject).replace("favorite", "favourite").replace("color", "colour")
