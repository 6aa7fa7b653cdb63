"""How well a recogniser understands what a voice says."""

from __future__ import annotations

import re
import unicodedata

from ..letters import CHINESE_OR_JAPANESE, folded, is_of_a_word
from .definitions import Family, Measure, Unknown, Values
from .libraries import library
from .utterance import Utterance

__all__ = ["INTELLIGIBILITY", "plain_words", "word_error_rate"]

_WITHOUT_SPACES = re.compile(f"([{CHINESE_OR_JAPANESE}])")


def plain_words(text: str) -> str:
    """A text as it is compared: lower-case words, one space between.

    Compatibility forms are resolved (NFKC), apostrophes within words kept, all other punctuation
    and hyphens are spaces; what cannot be seen, such as a soft hyphen, is nothing. A Chinese or
    Japanese character is a word. Numbers stay as they are written: write them as words where a
    recogniser does.
    """
    plain = "".join(map(_plain, folded(text)))
    words = (word.strip("'") for word in _WITHOUT_SPACES.sub(r" \1 ", plain).split())
    return " ".join(word for word in words if word)


def _plain(character: str) -> str:
    if character == "'" or is_of_a_word(character):
        return character
    return "" if unicodedata.category(character) == "Cf" else " "


def word_error_rate(said: str, heard: str) -> float | Unknown:
    """Substituted, missing and added words per word of ``said``, after `plain_words` of both."""
    reference = plain_words(said)
    if not reference:
        return Unknown("no words were said")
    return float(library("jiwer").wer(reference, plain_words(heard)))


def _of(utterance: Utterance) -> Values:
    if utterance.heard is None:
        reason = utterance.silent_reason if utterance.recogniser else "no recogniser was given"
        return INTELLIGIBILITY.unknown(reason)
    said = utterance.take.said or utterance.take.asked
    return {"word_error_rate": word_error_rate(said, utterance.heard)}


INTELLIGIBILITY = Family(
    "Intelligibility",
    "By whatever recogniser was given; it stands for a listener only as far as it is one. Compare "
    "voices by the same recogniser and the same text, and mind that ten words move the rate in "
    "steps of a tenth.",
    (
        Measure(
            "word_error_rate",
            "",
            "Substituted, missing and added words per word of what was said (the model's own "
            "transcript; the text asked for where there is none). Both are compared in lower "
            "case, without punctuation, hyphens as spaces, apostrophes within words kept, numbers "
            "as written; a Chinese or Japanese character is a word. Can be above 1.",
            "jiwer.",
        ),
    ),
    _of,
)
