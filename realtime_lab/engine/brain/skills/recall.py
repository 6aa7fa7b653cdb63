"""Giving back what the user told."""

# ruff: noqa: E501 -- patterns read better on one line
from __future__ import annotations

import re

from ..context import Answer, Context
from ..memory import Fact, Memory, facts_in
from ..persons import to_you
from ..wording import listed, plain

__all__ = ["recall"]

_ASKED_KINDS: tuple[tuple[str, tuple[str, ...]], ...] = (
    # (question, kinds of facts that answer it)
    (r"\bwho am i\b|\bwhat am i called\b|\b(?:what is|do you (?:still )?(?:know|remember)|say|guess|tell me) my name\b|\b(?:know|remember) (?:who i am|me)$", ("name",)),
    (r"\bwhere do i (?:live|stay)\b|\bwhere is my home\b|\b(?:which|what) (?:city|town|country|place) do i live\b|\bwhere i live\b", ("live", "from")),
    (r"\bhow old am i\b|\bwhat is my age\b|\bhow old i am\b", ("age",)),
    (r"\bwhere (?:am|do) i (?:come )?from\b|\bwhere i (?:am|come) from\b", ("from", "live")),
    (r"\b(?:when|where) was i born\b|\bwhen is my birthday\b", ("born",)),
    (r"\bwhere do i work\b|\bwhat do i (?:do|work)\b(?! (?:like|hate))|\bwhat is my (?:job|work|profession)\b", ("work", "be")),
    (r"\bwhat do i (?:like|love|enjoy)\b", ("like",)),
    (r"\bwhat do i (?:hate|dislike|not like)\b|\bwhat do not i like\b", ("dislike",)),
    (r"\bwhat do i (?:have|own)\b", ("have",)),
    (r"\b(?:what|who) am i (?:allergic|afraid|scared|interested|good|bad|learning|studying|married)\b", ("be",)),
    (r"\bwhat (?:\w+ )?do i (?:play|study|speak|drive|collect|teach|learn)\b", ("do",)),
)  # fmt: skip
_SAYING = r"(?:say|said|tell|told|ask|asked|mention|mentioned)"
_FIRST = re.compile(rf"\b(?:i|my)\b.*\b{_SAYING}\b.*\b(?:first|at the (?:beginning|start))\b|\bfirst\b.*\bi {_SAYING}\b|\bmy first (?:words?|sentence|question)\b")  # fmt: skip
_LAST = re.compile(rf"\bwhat did i (?:just |last )?{_SAYING}\b|\bwhat i (?:just )?said\b|\bwhat (?:was|were) my (?:last )?(?:question|sentence|words)\b")  # fmt: skip
_ALL = re.compile(
    rf"\b(?:do you|you) (?:know|remember)(?: \w+)? (?:about|of) (?:me|us|myself)\b|^what do you (?:know|remember)$|\bwhat have i {_SAYING}\b|"
    rf"\bwhat (?:else )?did i (?:ask|tell) you(?: to (?:remember|note)| so far| about (?:me|myself)| before| already|$)|\b(?:everything|anything) i (?:have )?{_SAYING}\b"
)  # fmt: skip
_NOTED = re.compile(r"\bi (?:ask|asked|tell|told) you to (?:remember|note)\b")
_HOW_MANY = re.compile(r"\bhow many (?P<what>[\w ]+?) (?:do|have) (?:i|we)\b")
_WHETHER = re.compile(r"^(?:and )?do (?:i|we) (?P<verb>like|have|own|love) (?P<what>.+)$")
_WHO_IS = re.compile(r"^(?:and |so )?(?:do you (?:know|remember) )?who (?:is|are) (?P<who>[\w ]+)$")
_MY = re.compile(r"\b(?P<own>my|our|the) (?P<subject>[\w' ]+)$")
_ASKS = re.compile(r"\b(?:what|who|when|where|which|how|remember|know|tell me|remind me|is|are)\b")
_AFTER_SUBJECT = re.compile(
    r"(?: again| please| i (?:told|gave|said).*| (?:called|named|like|doing)| (?:live|work|study|come|do|have|play|speak|like)(?: from| in| at)?|'s name| name)+$"
)


def recall(context: Context) -> Answer | None:
    """Answers questions about what was told before."""
    words, memory = context.words, context.memory
    if facts_in(context.said):
        return None
    earlier = memory.said[:-1]
    if _FIRST.search(words):
        return _first(earlier, told=bool(re.search(r"\b(?:tell|told)\b", words)))
    if _NOTED.search(words) and memory.notes:
        return Answer(f"You asked me to remember: {_notes(memory)}.", 0.87, long=True)
    if _ALL.search(words):
        return Answer(_everything(memory), 0.86, long=True)
    for question, kinds in _ASKED_KINDS:
        if re.search(question, words):
            return _told(next((f for k in kinds if (f := memory.of_kind(k))), []), "that")
    if _LAST.search(words):
        return _quoted("You said", earlier[-1:])
    return _possessions(words, memory) or _about_mine(words, memory) or _by_value(words, memory)


def _told(facts: list[Fact], what: str) -> Answer:
    if not facts:
        return Answer(f"You have not told me {what} yet.", 0.8, word="Unknown")
    text = listed([fact.told for fact in facts])
    word = plain(facts[-1].value).split()[-1:] or ["Yes"]
    return Answer(f"{text[:1].upper()}{text[1:]}.", 0.92, word=word[0].capitalize())


def _possessions(words: str, memory: Memory) -> Answer | None:
    """ "How many cats do I have?", "Do I like tea?" """
    if found := _HOW_MANY.search(words):
        what = found["what"].removesuffix("s")
        facts = [f for f in memory.of_kind("have") if what in f.value.lower()]
        return _told(facts, "that")
    if found := _WHETHER.search(words):
        what = re.sub(r"^(?:an?|any|some) ", "", found["what"]).removesuffix("s")
        kinds = ("have",) if found["verb"] in ("have", "own") else ("like", "dislike")
        facts = [f for f in memory.of_kind(*kinds) if what in f.value.lower()]
        answer = _told(facts, "that")
        if not facts:
            return answer
        denied = facts[-1].kind == "dislike" or facts[-1].value.startswith("no ")
        return Answer(f"{'No' if denied else 'Yes'}, {answer.text[:1].lower()}{answer.text[1:]}", 0.92,
                      word="No" if denied else "Yes")  # fmt: skip
    return None


def _about_mine(words: str, memory: Memory) -> Answer | None:
    """ "What is my dog called?", "Where does my sister live?", "When is the meeting?" """
    found = _MY.search(words)
    if not found or not _ASKS.search(words[: found.start()]):
        return None
    subject = re.sub(r"^name of (?:my|our) ", "", found["subject"])
    subject = _AFTER_SUBJECT.sub("", subject)
    facts = memory.about(subject)
    named = [fact for fact in facts if " called " in fact.told]
    if named and re.search(r"\bcalled\b|\bname\b|\bwho\b", words):
        return _told(named, "that")
    if facts:
        return _told(facts, "that")
    if found["own"] == "the" or (" " in subject and not re.search(r"\bfavou?rite\b", subject)):
        return None
    return _told([], f"about your {subject}")


def _by_value(words: str, memory: Memory) -> Answer | None:
    """ "Who is Rex?" """
    found = _WHO_IS.match(words)
    facts = [
        f for f in memory.facts.values() if found and f.subject and plain(f.value) == found["who"]
    ]
    return _told(facts, "that") if facts else None


def _first(earlier: list[str], *, told: bool) -> Answer:
    fact = next((fact for said in earlier for fact in facts_in(said)), None)
    if told and fact:
        return Answer(f"The first thing you told me is that {fact.told}.", 0.88,
                      word=fact.value.split()[-1].capitalize())  # fmt: skip
    return _quoted("The first thing you said was", earlier[:1])


def _quoted(lead: str, said: list[str]) -> Answer:
    if not said:
        return Answer("You have not said anything before that.", 0.88, word="Nothing")
    words = plain(said[0]).split()
    return Answer(f'{lead}: "{said[0].rstrip(". ")}".', 0.88, word=words[0] if words else "")


def _everything(memory: Memory) -> str:
    parts = [fact.told for fact in memory.facts.values() if not fact.implied]
    if parts:
        known = f"You told me that {listed(parts)}."
        asked = f" You asked me to remember: {_notes(memory)}." if memory.notes else ""
        return known + asked
    if memory.notes:
        return f"You asked me to remember: {_notes(memory)}."
    return "You have not told me anything about yourself yet."


def _notes(memory: Memory) -> str:
    return listed([to_you(note) for note in memory.notes])
