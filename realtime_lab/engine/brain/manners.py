"""Ways of speaking: by role, and in simple words. Data and how it is laid over an answer."""

# ruff: noqa: E501 -- word lists read better on one line
from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from ..sentences import split_sentences

__all__ = ["Manner", "in_manner", "in_simple_words", "manner_of", "replaced"]


@dataclass(frozen=True, slots=True)
class Manner:
    """What may come before or after an answer, and the words that are replaced in it."""

    before: Sequence[str] = ()
    after: Sequence[str] = ()
    words: Mapping[str, str] = field(default_factory=dict)


_MANNERS: dict[str, Manner] = {
    "pirate": Manner(
        ("Arr!", "Aye, matey!", "Yo ho ho!", "Avast!", "Shiver me timbers!"),
        ("Arr!", "By the seven seas!", "Yo ho ho!", "So says the sea.", "Fair winds, matey!"),
        {"hello": "ahoy", "good morning": "ahoy", "good evening": "ahoy", "my": "me", "you are": "ye be", "you": "ye", "your": "yer", "are": "be",
         "am": "be", "is": "be", "friend": "matey", "yes": "aye", "machine": "ship", "money": "doubloons"},
    ),
    "cowboy": Manner(
        ("Well now,", "Howdy!", "Shucks,"), ("I reckon.", "Yee-haw!", "Partner."),
        {"hello": "howdy", "you": "y'all", "friend": "partner", "yes": "yep", "isn't": "ain't"},
    ),
    "robot": Manner(("Beep.", "Processing."), ("End of message.", "Beep."), {"yes": "affirmative", "no": "negative", "hello": "greetings"}),
    "knight": Manner(
        ("Hark!", "By my sword!"), ("By my honour.", "So I swear."),
        {"you are": "thou art", "you have": "thou hast", "you": "thou", "your": "thy", "hello": "hail", "yes": "aye", "no": "nay"},
    ),
    "wizard": Manner(("By my beard!", "Hmm, the stars are clear."), ("So it is written.", "Such is the magic of it."), {"hello": "greetings"}),
    "butler": Manner(("Very good.", "Certainly."), ("At your service.", "Will that be all?"), {"hello": "good day", "yes": "indeed"}),
    "detective": Manner(("Interesting.", "Aha!"), ("The clues all fit.", "Case closed.")),
    "chef": Manner(("Mamma mia!", "Ah,"), ("Bon appétit!", "With a pinch of salt.")),
    "astronaut": Manner(("Copy that.", "Roger."), ("Over.", "Over and out.")),
    "ghost": Manner(("Boo!", "Whooo!"), ("Whooo!",)),
    "teacher": Manner(("Good.", "Now then,"), ("Well done.", "Any questions?")),
}  # fmt: skip

_SIMPLE_WORDS = {
    "conversation": "talk", "recognise": "know", "synthesiser": "voice", "formant synthesiser": "computer voice", "particular": "special",
    "offline": "with no internet", "instructions": "orders", "arithmetic": "sums", "recogniser": "listener", "stand-in": "helper",
    "embedded": "small", "rule-based": "simple", "realtime speech model": "big speaking computer",
    "capital": "main city", "approximately": "about",
}  # fmt: skip
_SIMPLE_SENTENCES = 3
_OPENING = re.compile(r"(?:ahoy|howdy|hail|greetings|aye)\b", re.IGNORECASE)
"""What needs nothing before it to sound like somebody."""
_QUOTED = re.compile(r"(\"[^\"]*\")")
_OWN_SENTENCE = r"(?=(?:I|you|we|it|he|she|they|my|your|there|this|that|ask|what|[A-Z]\w+ is)\b)"


def manner_of(role: str) -> Manner | None:
    """The way of speaking that a role has, if it is a known one."""
    return next((m for word, m in _MANNERS.items() if re.search(rf"\b{word}s?\b", role)), None)


def in_manner(
    text: str, manner: Manner, choose: Callable[[Sequence[str]], str], *, sparing: bool, whole: bool
) -> str:
    """``text`` in that way of speaking; words in quotation marks stay as they are.

    ``sparing`` adds nothing at the end, for who asked to be brief. ``whole`` keeps every word, for
    a story that must be known again when it goes on.
    """
    said = text if whole else replaced(text, manner.words)
    before, after = choose(manner.before), choose(manner.after)
    if _OPENING.match(said):
        before = ""
    if before.endswith(",") and not re.match(r"I\b|[A-Z][a-z]+, ", said):
        said = said[:1].lower() + said[1:]
    if sparing or whole or said.rstrip().endswith("?") or after == before:
        after = ""
    return " ".join(part for part in (before, said, after) if part)


def in_simple_words(text: str, *, whole: bool) -> str:
    """``text`` in short sentences of simple words; words in quotation marks stay as they are."""
    text = replaced(text, _SIMPLE_WORDS)
    text = "".join(
        part if part.startswith('"') else _shorter(part) for part in _QUOTED.split(text) if part
    )
    return text if whole else "".join(list(split_sentences(text))[:_SIMPLE_SENTENCES]).strip()


def _shorter(text: str) -> str:
    text = re.sub(rf"[;:] {_OWN_SENTENCE}(\w)", lambda m: f". {m[1].upper()}", text)
    return re.sub(rf", and {_OWN_SENTENCE}(\w)", lambda m: f". {m[1].upper()}", text)


def replaced(text: str, words: Mapping[str, str]) -> str:
    """``text`` with other words, in the same case; words in quotation marks stay."""
    if not words:
        return text
    longest_first = sorted(words, key=len, reverse=True)
    pattern = re.compile(rf"\b(?:{'|'.join(map(re.escape, longest_first))})\b", re.IGNORECASE)

    def special(found: re.Match[str]) -> str:
        word = words[found[0].lower()]
        return word[:1].upper() + word[1:] if found[0][0].isupper() else word

    return "".join(
        part if part.startswith('"') else pattern.sub(special, part) for part in _QUOTED.split(text)
    )
