"""What words are made of, in any script."""

from __future__ import annotations

import unicodedata

__all__ = ["CHINESE_OR_JAPANESE", "folded", "is_of_a_word"]

CHINESE_OR_JAPANESE = "぀-ヿ㐀-鿿"
"""Characters that are written without spaces between words, as a range of a regular expression."""
_APOSTROPHES = str.maketrans("’‘`", "'''")


def folded(text: str) -> str:
    """A text to be compared: in lower case, with one kind of apostrophe and no compatibility forms.

    Those are resolved as Unicode's NFKC does: the ligature ``ﬁ`` is ``fi``.
    """
    return unicodedata.normalize("NFKC", text).translate(_APOSTROPHES).casefold()


def is_of_a_word(character: str) -> bool:
    """Whether a character is a letter, a digit, or a mark such as the vowel signs of Hindi."""
    return character.isalnum() or unicodedata.category(character).startswith("M")
