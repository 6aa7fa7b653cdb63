"""Whether a voice said what it was asked to say."""

from __future__ import annotations

from ...eventlog import word_changes
from ..letters import folded, is_of_a_word

__all__ = ["changes", "is_exact", "spoken_form", "told_changes"]


def spoken_form(word: str) -> str:
    """A word as it sounds alike: without case and without the punctuation around it."""
    form = folded(word)
    letters = [place for place, character in enumerate(form) if is_of_a_word(character)]
    return form[letters[0] : letters[-1] + 1] if letters else ""


def changes(asked: str, said: str) -> list[tuple[str, str]]:
    """What was left out (``-``), added (``+``) and said as asked (``=``), word by word."""
    return word_changes(asked, said, key=spoken_form)


def is_exact(asked: str, said: str) -> bool:
    """Whether the words are the same; punctuation and capitals do not count."""
    return all(sign == "=" for sign, _ in changes(asked, said))


def told_changes(asked: str, said: str) -> str:
    """What was not said as asked, in a line: ``[-left out-] {+added+}``, with a word around."""
    found = changes(asked, said)
    parts = []
    for number, (sign, words) in enumerate(found):
        if sign == "-":
            parts.append(f"[-{words}-]")
        elif sign == "+":
            parts.append(f"{{+{words}+}}")
        elif len(words.split()) <= 4:
            parts.append(words)
        else:
            first, *_, last = words.split()
            ends = [first] if number else []
            ends += ["…"]
            ends += [last] if number < len(found) - 1 else []
            parts.append(" ".join(ends))
    return " ".join(parts)
