"""Which turn each entry of a log belongs to."""

from __future__ import annotations

from array import array
from collections.abc import Iterable

__all__ = ["TURN_BITS", "TurnNumbers"]

TURN_BITS = 24
_TURN = (1 << TURN_BITS) - 1


class TurnNumbers:
    """The turn of each entry, by ``seq``; turns count from 1, as `Turn.index`.

    One thread assigns; any thread may ask.
    """

    def __init__(self) -> None:
        self._numbers: list[int | None] = []
        self._spans: dict[int, list[int]] = {}
        """The first and the last entry that a turn ever had: all of its entries lie between."""
        self.changed: list[int] = []
        """Entries that belong to another turn than they did at first, each time that changed."""
        self._assigned = array("q")
        """Every assignment, in order: ``seq`` and turn in one number, so that it is added whole."""

    def assign(self, seq: int, turn: int | None) -> None:
        """An entry belongs to this turn from now on, or to none."""
        numbers = self._numbers
        if seq == len(numbers):
            numbers.append(turn)
        elif seq < len(numbers):
            if numbers[seq] != turn:
                numbers[seq] = turn
                self.changed.append(seq)
        else:
            numbers.extend([None] * (seq - len(numbers)))
            numbers.append(turn)
        if turn is None:
            self._assigned.append(seq << TURN_BITS)
            return
        self._assigned.append(seq << TURN_BITS | turn)
        span = self._spans.get(turn)
        if span is None:
            self._spans[turn] = [seq, seq]
        elif seq > span[1]:
            span[1] = seq
        elif seq < span[0]:
            span[0] = seq

    def assign_all(self, numbers: Iterable[tuple[int, int | None]]) -> None:
        """The same for many entries: ``seq`` and turn of each."""
        for seq, turn in numbers:
            self.assign(seq, turn)

    def of(self, seq: int) -> int | None:
        """The turn of an entry."""
        return self._numbers[seq] if 0 <= seq < len(self._numbers) else None

    def entries(self, turn: int) -> list[int]:
        """The ``seq`` of every entry of a turn, in order."""
        span = self._spans.get(turn)
        if span is None:
            return []
        first, last = span
        numbers = self._numbers[first : last + 1]
        return [seq for seq, number in enumerate(numbers, first) if number == turn]

    @property
    def turns(self) -> list[int]:
        """The turns that have entries, in order."""
        return sorted(turn for turn in list(self._spans) if self.entries(turn))

    @property
    def is_told(self) -> bool:
        """Whether anything was ever assigned."""
        return bool(self._assigned)

    def __len__(self) -> int:
        """Entries up to the last one that was assigned, to a turn or to none."""
        return len(self._numbers)

    def assigned(self, first: int, most: int) -> list[tuple[int, int | None]]:
        """Assignments as they were made, ``seq`` and turn: ``most`` from the one numbered so."""
        return [
            (change >> TURN_BITS, change & _TURN or None)
            for change in self._assigned[first : first + most]
        ]

    def settled(self) -> TurnNumbers:
        """The same without what was changed on the way."""
        settled = TurnNumbers()
        settled.assign_all(enumerate(self._numbers[:]))
        return settled
