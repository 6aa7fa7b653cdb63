"""Files as lines: which line a place is on, and what parts the cells of a line."""

from __future__ import annotations

from bisect import bisect_left

__all__ = ["Lines", "separator_of"]


class Lines:
    """The lines of one text; to be asked about many places of it."""

    def __init__(self, text: str) -> None:
        self._ends: list[int] = []
        end = text.find("\n")
        while end >= 0:
            self._ends.append(end)
            end = text.find("\n", end + 1)

    def at(self, place: int) -> int:
        """The number, from 1, of the line that the character at a place is on."""
        return bisect_left(self._ends, place) + 1


def separator_of(text: str) -> str:
    """What parts the cells of a CSV file: spreadsheets write ``;`` where a comma is decimal."""
    heads, _, _ = text.partition("\n")
    return ";" if ";" in heads and "," not in heads else ","
