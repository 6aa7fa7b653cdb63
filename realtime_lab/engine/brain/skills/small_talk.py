"""Greetings and small talk."""

# ruff: noqa: E501 -- patterns and word lists read better on one line
from __future__ import annotations

import re

from ..context import Answer, Context
from ..phrases import SMALL_TALK
from ..wording import plain

__all__ = ["greeting", "small_talk"]

_GREETING = re.compile(
    r"^(?:hello|hi|hey|hi there|hello there|greetings|howdy|ahoy|good (?:morning|afternoon|evening|day))\b"
)


def greeting(context: Context) -> Answer | None:
    """Greets back, with the user's name and the persona where they are known."""
    found = _GREETING.match(context.words)
    if not found:
        return None
    alone = len(context.words.split()) <= 4
    name = context.memory.find("name")
    opening = found[0].capitalize() if found[0].startswith("good") else "Hello"
    text = f"{opening}, {name}!" if name else f"{opening}!"
    if not any(message.role == "assistant" for message in context.earlier):
        text += f" {introduction(context)}" if introduction(context) else ""
        text += " " + context.choose(
            ("How can I help you?", "What shall we talk about?", "What can I do for you?")
        )
    else:
        text += " " + context.choose(("Nice to hear you again.", "I am still here."))
    return Answer(text, 0.8 if alone else 0.45, word="Hello")


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
    words = re.sub(r"^(?:well|so|oh|hello|hi|hey|ok|okay|please) (?=\w)", "", plain(context.said))
    for pattern, word, answers in SMALL_TALK:
        if re.search(pattern, words):
            return Answer(context.choose(answers), 0.7, word=word)
    return None
