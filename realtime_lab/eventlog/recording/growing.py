"""What a growing log adds to its journal, group by group."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from ..entries import Entries
from ..redaction.outlet import Outlet, Shown
from ..turns.turn_numbers import TurnNumbers
from .files import SIDES, Side, side_of
from .journal_lines import entry_line, turn_line

__all__ = ["GROUP", "Group", "Growing"]

GROUP = 64
"""Entries that are written at once."""


@dataclass(slots=True)
class Group:
    """What is written at once: samples of each side, then the lines that refer to them."""

    samples: dict[Side, list[bytes]] = field(default_factory=lambda: {side: [] for side in SIDES})
    lines: list[bytes] = field(default_factory=list)


class Growing:
    """Turns entries, and the turns that they are assigned to, into the lines of a journal.

    The lines depend on nothing but the entries and the order in which turns were assigned: not on
    when anybody asks for them, or how often. ``start`` is the clock's reading at the start of the
    log.
    """

    def __init__(self, entries: Entries, turns: TurnNumbers, outlet: Outlet, start: float) -> None:
        self._entries = entries
        self._turns = turns
        self._outlet = outlet
        self._start = start
        self._changes = 0
        self._waiting: dict[int, int | None] = {}
        """The turns of entries that the outlet still holds."""
        self._told = TurnNumbers()
        """The turns as the lines tell them."""
        self._written = -1
        """The last entry that is in a line."""
        self._ends = dict.fromkeys(SIDES, 0)
        self.taken = 0
        """Entries that were taken so far."""

    def next(self, stop: int) -> Group | None:
        """The next group, ``None`` where there is nothing to take.

        Entries are taken as far as turns were assigned, and in any case up to the place ``stop``.
        """
        group = Group()
        end = self.taken
        changes = self._turns.assigned(self._changes, GROUP)
        self._changes += len(changes)
        for seq, turn in changes:
            reached = self._place_after(end, seq)
            if reached > end:
                end = reached
                self._waiting[seq] = turn
            else:
                self._take(end, group)
                self._change(seq, turn, group)
        if not changes:
            end = min(stop, end + GROUP)
            if end <= self.taken:
                return None
        self._take(end, group)
        return group

    def finish(self) -> Group:
        """What the outlet still holds: nothing more comes."""
        group = Group()
        self._add(self._outlet.finish(), group)
        return group

    def _place_after(self, place: int, seq: int) -> int:
        """The place behind the entry with that number; ``place`` itself if that is behind it."""
        count = len(self._entries)
        while place < count and self._entries[place].seq <= seq:
            place += 1
        return place

    def _take(self, end: int, group: Group) -> None:
        if end > self.taken:
            fresh = self._entries[self.taken : end]
            self.taken = end
            self._add(self._outlet.put(fresh), group)

    def _change(self, seq: int, turn: int | None, group: Group) -> None:
        if seq > self._written:
            self._waiting[seq] = turn
        elif self._told.of(seq) != turn:
            self._told.assign(seq, turn)
            group.lines.append(turn_line(seq, turn))

    def _add(self, shown: Iterable[Shown], group: Group) -> None:
        waiting, ends, start = self._waiting, self._ends, self._start
        seq = self._written
        for one in shown:
            entry = one.entry
            seq = entry.seq
            turn = waiting.pop(seq, None) if waiting else None
            if turn is not None:
                self._told.assign(seq, turn)
            audio = None
            if entry.place >= 0 and not one.audio_bytes:
                pcm = entry.audio
                side = side_of(entry.direction)
                audio = (ends[side], len(pcm))
                ends[side] += len(pcm)
                group.samples[side].append(pcm)
            group.lines += entry_line(one, entry.at - start, turn, audio)
        self._written = seq
