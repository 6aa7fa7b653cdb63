"""What the user told, taken in and given back."""

# ruff: noqa: E501 -- patterns and word lists read better on one line
from __future__ import annotations

import re

from ..context import Answer, Context
from ..memory import Memory, facts_in
from ..wording import listed, plain

__all__ = ["acknowledge", "recall"]

_SPECIAL = {
    # subject: (question, answer)
    "name": (r"\bwho am i\b|\bwhat am i called\b|\bwhat is my name\b|\b(?:do you )?(?:know|remember) (?:who i am|my name)\b|\bsay my name\b",
             "Your name is {value}."),
    "place": (r"\bwhere do i (?:live|stay)\b|\bwhere is my home\b|\bwhich city do i live\b|\bwhere i live\b",
              "You live {value}."),
    "age": (r"\bhow old am i\b|\bwhat is my age\b", "You are {value} years old."),
    "home": (r"\bwhere (?:am|do) i (?:come )?from\b", "You are from {value}."),
    "work": (r"\bwhere do i work\b|\bwhat do i (?:do|work)\b|\bwhat is my (?:job|work)\b", "You work {value}."),
    "liking": (r"\bwhat do i (?:like|love|enjoy)\b", "You like {value}."),
    "dislike": (r"\bwhat do i (?:hate|dislike|not like)\b", "You do not like {value}."),
    "possession": (r"\bwhat do i have\b", "You have {value}."),
}  # fmt: skip
_FIRST = re.compile(r"\bwhat (?:did i|have i|was the) (?:say |said |first |tell you )*(?:first|at the (?:beginning|start))\b"
                    r"|\bfirst thing i (?:said|told)\b")  # fmt: skip
_LAST = re.compile(
    r"\bwhat did i (?:just )?(?:say|tell you|ask)\b|\bwhat was my (?:last )?(?:question|sentence)\b"
)
_ALL = re.compile(r"\bwhat do you (?:know|remember)(?: about (?:me|us))?\b|\bwhat have i told you\b|"
                  r"\bwhat did i (?:ask|tell) you to (?:remember|note)\b")  # fmt: skip
_ONE = re.compile(r"\b(?:what|who|when|where|which) (?:is|are|was|were) (?P<own>my|the|our) (?P<subject>[\w' ]+?)"
                  r"(?: again| i (?:told|gave|said).*| please)?$")  # fmt: skip
_DO_YOU = re.compile(
    r"\b(?:do you (?:still )?(?:remember|know)|tell me|can you tell me) (?P<own>my|the) (?P<subject>[\w' ]+?)(?: again)?$"
)

_OTHER_PERSON = {
    "i am": "you are", "i was": "you were", "am i": "are you", "you are": "I am", "you were": "I was",
    "are you": "am I", "i": "you", "me": "you", "my": "your", "mine": "yours", "myself": "yourself",
    "you": "I", "your": "my", "yours": "mine", "yourself": "myself", "our": "your", "we": "you",
}  # fmt: skip
_PERSONS = re.compile(rf"\b(?:{'|'.join(_OTHER_PERSON)})\b", re.IGNORECASE)


def recall(context: Context) -> Answer | None:
    """Answers questions about what was told before."""
    words, memory = context.words, context.memory
    earlier = [said for said in memory.said[:-1] if said]
    if _ALL.search(words):
        return Answer(_everything(memory), 0.85, long=True)
    if _FIRST.search(words):
        return _quoted("The first thing you said was", earlier[:1])
    for subject, (question, answer) in _SPECIAL.items():
        if re.search(question, words):
            value = memory.find(subject)
            if value is None:
                return Answer(_not_told("that"), 0.8, word="Unknown")
            return Answer(answer.format(value=value), 0.9, word=value.split()[-1].capitalize())
    if _LAST.search(words):
        return _quoted("You said", earlier[-1:])
    found = _ONE.search(words) or _DO_YOU.search(words)
    if not found:
        return None
    subject, own = found["subject"], found["own"]
    value = memory.find(subject)
    if value is None and own == "the":
        return None
    if value is None:
        return Answer(_not_told(f"your {subject}"), 0.8, word="Unknown")
    owner = "The" if own == "the" else "Your"
    return Answer(f"{owner} {subject} is {value}.", 0.92, word=value.split()[-1].capitalize())


def acknowledge(context: Context) -> Answer | None:
    """Confirms what was just told, so that the user knows it is kept."""
    facts = facts_in(context.said)
    if re.search(r"\bforget (?:everything|all|it all|that|what i)\b", context.words):
        return Answer("I have forgotten it.", 0.8, word="Forgotten")
    noted = re.match(
        r"(?:please )?(?:remember|note|keep in mind|do not forget)\b(?: that)? (.+)", context.words
    )
    if noted and not facts:
        return Answer(f"I will remember: {to_you(noted[1])}.", 0.8, word="Noted")
    if not facts:
        return None
    parts = []
    for subject, value in facts.items():
        if subject == "name":
            parts.append(f"Nice to meet you, {value}.")
        elif subject in _SPECIAL:
            parts.append(
                _SPECIAL[subject][1].format(value=to_you(value)) + " I will remember that."
            )
        else:
            own = "the" if noted and f"the {subject}" in context.words else "your"
            parts.append(f"I will remember that {own} {subject} is {value}.")
    return Answer(" ".join(parts), 0.72, word="Noted")


def to_you(text: str) -> str:
    """What the user says of themselves, said to them."""
    return _PERSONS.sub(lambda found: _OTHER_PERSON[found[0].lower()], text)


def _quoted(lead: str, said: list[str]) -> Answer:
    if not said:
        return Answer("You have not said anything before that.", 0.85, word="Nothing")
    words = plain(said[0])
    return Answer(f"{lead}: {said[0].rstrip('.')}.", 0.85, word=words.split()[0] if words else "")


def _not_told(what: str) -> str:
    return f"You have not told me {what} yet."


def _everything(memory: Memory) -> str:
    parts = []
    for subject, value in memory.facts.items():
        if subject in _SPECIAL:
            sentence = _SPECIAL[subject][1].format(value=to_you(value))
        else:
            own = "the" if any(f"the {subject}" in plain(n) for n in memory.notes) else "your"
            sentence = f"{own} {subject} is {value}"
        parts.append(sentence[:1].lower() + sentence[1:].rstrip("."))
    known = set(plain(" ".join(memory.facts)).split())
    parts += [to_you(n) for n in memory.notes if not known & set(plain(n).split())]
    if not parts:
        return "You have not told me anything about yourself yet."
    return f"I know that {listed(parts)}."
