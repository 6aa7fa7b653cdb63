"""Putting an answer into the manner the session asks for."""

from __future__ import annotations

import re

from ..sentences import split_sentences
from .context import Answer, Context
from .manners import in_manner, in_simple_words, manner_of, replaced
from .phrases import FOREIGN
from .style import Style
from .wording import plain

__all__ = ["deliver", "framed", "styled"]

_BRIEF_SENTENCES = 2
_A_STORY = 400
"""From this length on a long answer is a story, told word by word."""
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
        word = answer.word or _one_word(answer.text)
        return framed(styled(f"{word}.", context, bare=True), style)
    text = answer.full
    if style.limit == "sentence":
        text = next(iter(split_sentences(text)), text).strip()
    elif style.limit == "brief" and not answer.long:
        text = "".join(list(split_sentences(text))[:_BRIEF_SENTENCES]).strip()
    text = styled(text, context, whole=answer.long and len(text) > _A_STORY)
    if style.language:
        text = _in_language(text, answer, context)
    return framed(text, style)


def styled(text: str, context: Context, *, whole: bool = False, bare: bool = False) -> str:
    """``text`` in the simple words and in the manner that the session asks for.

    ``whole`` leaves no sentence out and no word changed; ``bare`` adds none.
    """
    style = context.style
    if style.simple:
        text = in_simple_words(text, whole=whole)
    manner = manner_of(style.manner)
    if manner is None:
        return text
    if bare:
        return replaced(text, manner.words)
    return in_manner(text, manner, context.choose, sparing=bool(style.limit), whole=whole)


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
