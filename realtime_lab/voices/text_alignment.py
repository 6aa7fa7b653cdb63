"""Places in a text, found in what each voice made of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from .letters import is_of_a_word
from .take import Take
from .word_times import SpokenWord, split_words, word_times

__all__ = ["PlacedText", "placed_text"]


@dataclass(frozen=True, slots=True)
class PlacedText:
    """A text that was asked for, and when a take says each word of it; times are estimated."""

    asked: tuple[str, ...]
    """The words of the text that was asked for."""
    said: tuple[SpokenWord, ...]
    """The words that were said."""
    matches: tuple[int | None, ...]
    """For each word that was said, which word of the text it is; ``None`` for one of its own."""

    @property
    def times(self) -> tuple[tuple[float, float], ...]:
        """When each word of the text begins and ends, in seconds; in order.

        Words that were not said are spread between those around them.
        """
        known = {
            index: (word.start, word.end)
            for word, index in zip(self.said, self.matches, strict=True)
            if index is not None
        }
        end = self.said[-1].end if self.said else 0.0
        found: list[tuple[float, float]] = []
        last, gap = 0.0, 0
        for index in range(len(self.asked) + 1):
            if index < len(self.asked) and index not in known:
                gap += 1
                continue
            until = known[index][0] if index in known else max(last, end)
            step = (until - last) / gap if gap else 0.0
            found += [(last + n * step, last + (n + 1) * step) for n in range(gap)]
            if index in known:
                found.append(known[index])
                last, gap = known[index][1], 0
        return tuple(found)


def placed_text(take: Take) -> PlacedText:
    """The words that ``take`` was asked for, found in what it said.

    Without a transcript it counts as having said what it was asked for.
    """
    asked = split_words(take.asked)
    said = word_times(take.said if take.said.strip() else take.asked, take.clip)
    return PlacedText(tuple(asked), said, _matches(asked, [word.text for word in said]))


def _matches(asked: Sequence[str], said: Sequence[str]) -> tuple[int | None, ...]:
    matcher = SequenceMatcher(None, [*map(_plain, asked)], [*map(_plain, said)], autojunk=False)
    found: list[int | None] = [None] * len(said)
    for tag, a0, a1, b0, b1 in matcher.get_opcodes():
        # As many other words in the same place: each stands for one of them.
        if tag == "equal" or (tag == "replace" and a1 - a0 == b1 - b0):
            found[b0:b1] = range(a0, a1)
    return tuple(found)


def _plain(word: str) -> str:
    return "".join(filter(is_of_a_word, word.casefold())) or word
