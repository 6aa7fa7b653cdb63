"""In which words two texts differ."""

from __future__ import annotations

from collections.abc import Callable
from difflib import SequenceMatcher

__all__ = ["Change", "word_changes"]

Change = tuple[str, str]
"""``=``, ``-`` or ``+``, and the words."""


def word_changes(a: str, b: str, *, key: Callable[[str], str] = str) -> list[Change]:
    """What has to be taken out of one text and put in to get the other, word by word.

    Words count as the same where their ``key`` is; one whose key is empty is no word.
    """
    first, second = ([word for word in text.split() if key(word)] for text in (a, b))
    changes: list[Change] = []
    matcher = SequenceMatcher(None, [*map(key, first)], [*map(key, second)], autojunk=False)
    for kind, a_from, a_to, b_from, b_to in matcher.get_opcodes():
        if kind == "equal":
            changes.append(("=", " ".join(first[a_from:a_to])))
            continue
        if a_to > a_from:
            changes.append(("-", " ".join(first[a_from:a_to])))
        if b_to > b_from:
            changes.append(("+", " ".join(second[b_from:b_to])))
    return changes
