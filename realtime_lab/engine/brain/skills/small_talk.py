"""Greetings and small talk."""

from __future__ import annotations

import re

from ..clauses import GREETING, clauses
from ..context import Answer, Context
from ..phrases import SMALL_TALK
from ..wording import plain

__all__ = ["article", "greeting", "introduction", "small_talk"]

_LEAD = re.compile(r"^(?:well|so|oh|hello|hi|hey|ok|okay|please|and) (?=\w)")


def greeting(context: Context) -> Answer | None:
    """Greets back, with the user's name and the persona where they are known."""
    found = GREETING.match(context.words)
    if not found:
        return None
    alone = len(context.words.split()) <= 4
    name = context.memory.name
    opening = found[0].capitalize() if found[0].startswith("good") else "Hello"
    text = f"{opening}, {name}!" if name else f"{opening}!"
    if any(message.role == "assistant" for message in context.earlier):
        follow = context.choose(("Nice to hear you again.", "I am still here. What shall we do?"))
        return Answer(text, 0.8 if alone else 0.45, word="Hello", follow=follow)
    who = introduction(context) or (
        "" if len(clauses(context.utterance)) > 1 else "I am the embedded voice of this lab."
    )
    follow = context.choose(
        ("What shall we talk about?", "How can I help you?", "What can I do for you?")
    )
    return Answer(f"{text} {who}".strip(), 0.8 if alone else 0.45, word="Hello", follow=follow)


def introduction(context: Context) -> str:
    """Who speaks, where the session says so."""
    style = context.style
    if style.name and style.role:
        return f"I am {style.name}, {article(style.role)} {style.role}."
    if style.name:
        return f"I am {style.name}."
    return f"I am {article(style.role)} {style.role}." if style.role else ""


def article(noun: str) -> str:
    """``a`` or ``an``."""
    return "an" if noun[:1] in "aeiou" else "a"


def small_talk(context: Context) -> Answer | None:
    """Answers from the table of small talk."""
    words = _LEAD.sub("", plain(context.said))
    for pattern, word, answers in SMALL_TALK:
        if re.search(pattern, words):
            text, _, follow = context.choose(answers).partition("|")
            return Answer(text.strip(), 0.7, word=word, follow=follow.strip())
    return None
