"""Finds personal data in a text that comes in pieces."""

from __future__ import annotations

from collections.abc import Callable
from copy import copy

from .patterns import DIVIDER, GAP_CHARACTERS, LABEL, NOTABLE, PUNCTUATION, TOKEN, Found

__all__ = ["TextStream", "rendered"]


class TextStream:
    """Judges a text as it grows, in the same way however it is cut.

    Up to `decided` nothing that may still come changes what is `found`: positions count from the
    beginning of the text. Undecided is at most the last word and, if it and those before it could
    be part of one number (or the like), those too.
    """

    def __init__(self, find: Callable[[str, str], list[Found]]) -> None:
        self._find = find
        self.found: list[Found] = []
        self.decided = 0
        self.length = 0
        self._tail = ""
        """The text from `decided` on."""
        self._before = ""
        """The character before it."""
        self._at = 0
        """How much of the tail has been looked at."""
        self._run: tuple[int, int] | None = None
        """Where in the tail the run is that may go on."""
        self._wants_value = False
        """Whether the run ends with a word such as ``api_key``, which any word may follow."""

    def feed(self, piece: str) -> None:
        """Take the next piece."""
        self._tail += piece
        self.length += len(piece)
        self._look(is_whole=False)

    def finish(self) -> None:
        """Decide all: nothing more comes."""
        self._look(is_whole=True)

    def copy(self) -> TextStream:
        """Another that goes on from here."""
        other = copy(self)
        other.found = self.found[:]
        return other

    def rendered(self, start: int, text: str) -> str:
        """The part ``text`` of the whole, which begins at ``start``, with replacements in it."""
        return rendered(self.found, start, text)

    def _look(self, *, is_whole: bool) -> None:
        tail = self._tail
        while True:
            # Outside a run only a notable word matters, and finding it takes no Python.
            word = (NOTABLE if self._run is None else TOKEN).search(tail, self._at)
            if word is None:
                settled = self._nothing_more(is_whole)
                break
            start, end = word.span()
            if self._run is not None and start - self._run[1] > GAP_CHARACTERS:
                self._close_run()
            if end == len(tail) and not is_whole:
                self._at = start
                settled = start if self._run is None else self._run[0]
                break
            self._take(start, end, word[0])
        self._forget(settled)

    def _nothing_more(self, is_whole: bool) -> int:
        """How far the tail is decided if no word of interest is in what is left of it."""
        tail = self._tail
        if self._run is not None:
            if not is_whole and len(tail) - self._run[1] <= GAP_CHARACTERS:
                self._at = len(tail)
                return self._run[0]
            self._close_run()
        self._at = len(tail) if is_whole else _start_of_last_word(tail)
        return self._at

    def _take(self, start: int, end: int, word: str) -> None:
        self._at = end
        notable = NOTABLE.fullmatch(word) is not None
        is_mark = PUNCTUATION.fullmatch(word) is not None
        if self._run is not None:
            if not (notable or is_mark or self._wants_value):
                self._close_run()
                return
            self._run = (self._run[0], end)
        elif notable:
            self._run = (start, end)
        named = LABEL.search(word) is not None
        self._wants_value = named or (is_mark and self._wants_value)

    def _close_run(self) -> None:
        if self._run is None:
            return
        start, end = self._run
        before = self._tail[start - 1] if start else self._before
        place = self.decided + start
        self.found.extend(
            (place + first, place + last, kind)
            for first, last, kind in self._find(self._tail[start:end], before)
        )
        self._run = None
        self._wants_value = False

    def _forget(self, count: int) -> None:
        if not count:
            return
        self._before = self._tail[count - 1]
        self._tail = self._tail[count:]
        self.decided += count
        self._at -= count
        if self._run is not None:
            self._run = (self._run[0] - count, self._run[1] - count)


def rendered(found: list[Found], start: int, text: str) -> str:
    """The part ``text`` of a whole, which begins at ``start``, with what was found replaced.

    What is found stands where it begins; the rest of it is left out.
    """
    end, at, pieces = start + len(text), start, []
    for first, last, kind in found:
        if last <= start or first >= end:
            continue
        pieces.append(text[at - start : max(first - start, 0)])
        if first >= start:
            pieces.append(f"‹{kind}›")
        at = min(last, end)
    return "".join((*pieces, text[at - start :]))


def _start_of_last_word(text: str) -> int:
    """Where the word begins that the text ends with; the end of the text if with none."""
    divider = DIVIDER.search(text[::-1])
    return len(text) - divider.start() if divider else 0
