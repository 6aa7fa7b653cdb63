"""What words are made of, in any script."""

from __future__ import annotations

import unicodedata

__all__ = ["is_of_a_word"]


def is_of_a_word(character: str) -> bool:
    """Whether a character is a letter, a digit, or a mark such as the vowel signs of Hindi."""
    return character.isalnum() or unicodedata.category(character).startswith("M")
