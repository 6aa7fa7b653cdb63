"""The few things it knows of the world."""

from __future__ import annotations

import re

from ..context import Answer, Context
from ..world import CAPITALS, TOPICS, WORLD
from .fallback import topic_in

__all__ = ["knowledge"]

_CAPITAL = re.compile(r"\bcapital(?: city)? of (?:the )?(?P<country>[\w ]+?)(?: please)?$")
_CAPITAL_FIRST = re.compile(r"\bwhat is (?P<country>[\w ]+?)'s capital\b")
_IS_WHAT = re.compile(r"^(?:what|who) (?:is|are) (?:an? |the )?(?P<topic>[\w ]+)$")
_ANYTHING = re.compile(r"\bsomething (?:interesting|new|clever)\b|\b(?:fun|interesting|a) fact\b")


def knowledge(context: Context) -> Answer | None:
    """Answers from the tables of capitals, common facts and topics."""
    words = context.words
    if found := _CAPITAL.search(words) or _CAPITAL_FIRST.search(words):
        return _capital(found["country"])
    if _ANYTHING.search(words):
        return Answer(context.choose(list(TOPICS.values())), 0.72, word="Sea")
    for pattern, word, text in WORLD:
        if re.search(pattern, words):
            return Answer(text, 0.66, word=word)
    asked = _IS_WHAT.match(words)
    topic = re.sub(r"^(?:an?|the) ", "", topic_in(words)) or (asked["topic"] if asked else "")
    known = TOPICS.get(topic) or TOPICS.get(f"{topic}s") or TOPICS.get(topic.removesuffix("s"))
    return Answer(known, 0.66, word=topic.capitalize()) if known else None


def _capital(country: str) -> Answer:
    city = CAPITALS.get(country)
    shown = ("the " if country.startswith(("united", "nether", "czech")) else "") + country.title()
    if city is None:
        text = f"I don't know the capital of {shown}: my table of facts is small."
        return Answer(text, 0.5, word="Unknown")
    return Answer(f"The capital of {shown} is {city}.", 0.7, word=city)
