"""Putting an answer into the manner the session asks for."""

from __future__ import annotations

import re

from ..sentences import split_sentences
from .context import Answer, Context
from .phrases import FOREIGN, MANNERS, SIMPLE_WORDS
from .style import Style
from .wording import plain

__all__ = ["deliver", "framed"]

_BRIEF_SENTENCES = 2
_SIMPLE_SENTENCES = 3
_GREETING_WORDS = {
    "hello": r"^(?:hello|hi|hey|good (?:morning|afternoon|evening|day))\b",
    "thanks": r"\b(?:thanks|thank you)\b",
    "bye": r"\b(?:bye|goodbye)\b",
    "name": r"\byour name\b|\bwho are you\b",
}


def deliver(answer: Answer, context: Context) -> str:
    """``answer`` as it will be spoken. Exact answers only get the asked start and end."""
    style = context.style
    if answer.exact:
        return framed(answer.text, style)
    if style.limit == "word":
        return framed(f"{answer.word or _one_word(answer.text)}.", style)
    text = answer.text
    if style.simple:
        text = _simple(text, answer.long)
    if style.limit == "sentence":
        text = next(iter(split_sentences(text)), text).strip()
    elif style.limit == "brief" and not answer.long:
        text = "".join(list(split_sentences(text))[:_BRIEF_SENTENCES]).strip()
    elif not style.limit and not answer.long:
        text = _in_manner(text, context)
    if style.language:
        text = _in_language(text, answer, context)
    return framed(text, style)


def framed(text: str, style: Style) -> str:
    """``text`` between the words that every answer must start and end with."""
    start, end = style.start, style.end
    if start:
        text = f"{start}{'' if start[-1] in '.!?,:;' else ','} {text}"
    if end:
        text = text if text[-1:] in ".!?" else f"{text}."
        text = f"{text} {end}{'' if end[-1] in '.!?' else '.'}"
    return text


def _one_word(text: str) -> str:
    words = [w for w in plain(text).split() if len(w) > 3] or plain(text).split() or ["yes"]
    return words[-1].capitalize()


def _simple(text: str, whole: bool) -> str:
    for hard, easy in SIMPLE_WORDS.items():
        text = re.sub(rf"\b{hard}\b", easy, text)
    text = re.sub(r"[;:] (\w)", lambda m: f". {m[1].upper()}", text)
    text = re.sub(r", and (\w)", lambda m: f". And {m[1]}", text)
    return text if whole else "".join(list(split_sentences(text))[:_SIMPLE_SENTENCES]).strip()


def _in_manner(text: str, context: Context) -> str:
    role = context.style.role
    manner = next((MANNERS[word] for word in plain(role).split() if word in MANNERS), None)
    if manner is None:
        return text
    words = manner["words"]
    assert isinstance(words, dict)
    for ordinary, special in words.items():
        text = re.sub(
            rf"\b{ordinary}\b",
            lambda m, s=special: s.capitalize() if m[0][0].isupper() else s,
            text,
            flags=re.IGNORECASE,
        )
    before, after = manner["before"], manner["after"]
    assert isinstance(before, tuple)
    assert isinstance(after, tuple)
    return f"{context.choose(before)} {text} {context.choose(after)}"


def _in_language(text: str, answer: Answer, context: Context) -> str:
    language = context.style.language
    known = FOREIGN.get(language)
    if known is None:
        return f"I can't speak {language.capitalize()}, only English. {text}"
    for kind, pattern in _GREETING_WORDS.items():
        if re.search(pattern, context.words):
            return known[kind].format(name=context.style.name or context.voice.capitalize())
    if answer.word in ("Yes", "No"):
        return f"{known[answer.word.lower()]} {known['few']} In English: {text}"
    return f"{known['few']} In English: {text}"
