"""Where the audio of a log belongs on its time axis: what the user said, what the user heard."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from operator import itemgetter
from typing import ClassVar, NamedTuple

from ..entry import Mark
from ..latency.moments import PLAYBACK_STARTED
from ..publishing.formats import SampleFormat
from .audio_facts import AudioFact

__all__ = ["ModelTrack", "Piece", "UserTrack"]

GAP_SECONDS = 0.1
"""How late a piece of the user's audio may come and still belong to the one before it."""
BURST_SECONDS = 0.25
"""How long what was held up on its way may take to arrive."""
_PCM_MS = 48
"""Bytes of a millisecond of PCM16 at 24 kHz."""


class Piece(NamedTuple):
    """Audio of one entry on the axis, in seconds from the start of the log.

    It is ``size`` bytes of the samples of the entry ``seq``, from byte ``first`` on.
    """

    start: float
    seconds: float
    seq: int
    first: int
    size: int
    format: SampleFormat

    @property
    def end(self) -> float:
        return self.start + self.seconds


@dataclass(slots=True)
class _Stretch:
    """Pieces without a pause between them; ``begin`` may still move to an earlier moment."""

    begin: float
    opened_at: float
    seconds: float = 0.0
    pieces: list[tuple[float, Piece]] = field(default_factory=list)
    """Each with its place in the stretch, in seconds."""

    @property
    def end(self) -> float:
        return self.begin + self.seconds


class UserTrack:
    """Places what was sent: a piece ends when it is sent, as a microphone gives it then.

    Pieces that follow one another have no gap between them, early or late as each may have come.
    What was held up on its way and came in a burst belongs where it was recorded, as far as there
    is room before it. Audio that is sent faster than it sounds follows the one before. What was
    sent again over another connection is there once.
    """

    CONCERNS: ClassVar = frozenset({"lab.microphone"})

    def __init__(self) -> None:
        self._stretches: list[_Stretch] = []
        self._again = 0
        """Bytes that are yet to come a second time."""

    def note(self, mark: Mark, at: float) -> None:
        """Take a mark into account."""
        again_ms = mark.data.get("again_ms")
        self._again = again_ms * _PCM_MS if isinstance(again_ms, int) else 0

    def add(self, fact: AudioFact, at: float, format: SampleFormat) -> None:
        """Place what was sent at ``at``, in seconds from the start of the log."""
        first = min(self._again, fact.size)
        self._again -= first
        size = fact.size - first
        if not size:
            return
        seconds = format.seconds(size)
        begin = at - seconds
        last = self._stretches[-1] if self._stretches else None
        if last is None or begin - last.end > GAP_SECONDS:
            last = _Stretch(max(begin, self._room(last)), at)
            self._stretches.append(last)
        elif at - last.opened_at <= BURST_SECONDS and begin < last.end:
            before = self._stretches[-2] if len(self._stretches) > 1 else None
            last.begin = max(min(last.begin, begin - last.seconds), self._room(before))
        piece = Piece(0.0, seconds, fact.seq, first, size, format)
        last.pieces.append((last.seconds, piece))
        last.seconds += seconds

    def pieces(self, start: float, end: float) -> Iterator[Piece]:
        """The pieces that sound between two moments, in order."""
        for stretch in self._stretches:
            if stretch.begin >= end:
                return
            if stretch.end > start:
                first = bisect_right(stretch.pieces, start - stretch.begin, key=itemgetter(0))
                for n in range(max(0, first - 1), len(stretch.pieces)):
                    offset, piece = stretch.pieces[n]
                    placed = piece._replace(start=stretch.begin + offset)
                    if placed.start >= end:
                        break
                    if start < placed.end:
                        yield placed

    def start_of(self, seq: int) -> float | None:
        """Where the audio of an entry begins; ``None`` if it has none of its own."""
        place = bisect_right(self._stretches, seq, key=lambda one: one.pieces[0][1].seq) - 1
        if place < 0:
            return None
        stretch = self._stretches[place]
        index = bisect_left(stretch.pieces, seq, key=lambda placed: placed[1].seq)
        if index == len(stretch.pieces) or stretch.pieces[index][1].seq != seq:
            return None
        return stretch.begin + stretch.pieces[index][0]

    @property
    def end(self) -> float:
        """Where the last piece ends."""
        return self._stretches[-1].end if self._stretches else 0.0

    @staticmethod
    def _room(before: _Stretch | None) -> float:
        return before.end if before is not None else 0.0


@dataclass(slots=True)
class _Item:
    """Speech of the model: when its pieces came, and what became of it."""

    pieces: list[tuple[float, AudioFact, SampleFormat]] = field(default_factory=list)
    played_from: float | None = None
    heard_seconds: float | None = None
    """How much of it was heard, where it was cut off."""
    placed: list[Piece] = field(default_factory=list)

    def place(self, not_before: float) -> None:
        """Find the place of each piece: none sounds before it was there."""
        is_played = self.played_from is not None
        left = self.heard_seconds if self.heard_seconds is not None else float("inf")
        cursor = self.played_from if self.played_from is not None else not_before
        self.placed = []
        for at, fact, format in self.pieces:
            size, seconds = fact.size, format.seconds(fact.size)
            if seconds > left:
                size = int(left * format.rate) * format.width
                seconds = format.seconds(size)
            if not size:
                break
            left -= seconds
            # A player tells its own clock's moments: what it played was there.
            cursor = cursor if is_played and cursor > at - GAP_SECONDS else max(cursor, at)
            self.placed.append(Piece(cursor, seconds, fact.seq, 0, size, format))
            cursor += seconds

    @property
    def begin(self) -> float:
        return self.placed[0].start if self.placed else 0.0

    @property
    def end(self) -> float:
        return self.placed[-1].end if self.placed else 0.0


class ModelTrack:
    """Places what was received: where it was played, as far as it was, if a player told so.

    Otherwise an item sounds as soon as it is there, when those before it have ended. What was
    interrupted before any of it was heard is nowhere.
    """

    CONCERNS: ClassVar = frozenset({PLAYBACK_STARTED, "lab.interrupted", "lab.cut_off"})

    def __init__(self) -> None:
        self._items: dict[str, _Item] = {}
        self._order: list[_Item] = []
        self._places: dict[str, int] = {}
        self._settled = 0
        """Items before this one are where they belong."""

    def note(self, mark: Mark, at: float) -> None:
        """Take a mark into account."""
        item_id = str(mark.data.get("item_id") or "")
        item = self._items.get(item_id)
        if item is None:
            return
        if mark.type == PLAYBACK_STARTED:
            item.played_from = at
        elif isinstance(heard := mark.data.get("heard_ms"), int | float):
            item.heard_seconds = heard / 1000
        self._settled = min(self._settled, self._places[item_id])

    def add(self, fact: AudioFact, at: float, format: SampleFormat) -> None:
        """Place what came at ``at``, in seconds from the start of the log."""
        item = self._items.get(fact.item_id)
        if item is None:
            item = self._items[fact.item_id] = _Item()
            self._places[fact.item_id] = len(self._order)
            self._order.append(item)
        item.pieces.append((at, fact, format))
        self._settled = min(self._settled, self._places[fact.item_id])

    def pieces(self, start: float, end: float) -> Iterator[Piece]:
        """The pieces that sound between two moments, item by item."""
        self._settle()
        for item in self._order:
            if item.begin < end and start < item.end:
                for piece in item.placed:
                    if piece.start < end and start < piece.end:
                        yield piece

    def span_of(self, item_id: str) -> tuple[float, float] | None:
        """From where to where an item sounds; ``None`` if it does not."""
        self._settle()
        item = self._items.get(item_id)
        return (item.begin, item.end) if item is not None and item.placed else None

    @property
    def end(self) -> float:
        """Where the last item ends."""
        self._settle()
        return max((item.end for item in self._order), default=0.0)

    def _settle(self) -> None:
        if self._settled == len(self._order):
            return
        not_before = max((item.end for item in self._order[: self._settled]), default=0.0)
        for item in self._order[self._settled :]:
            item.place(not_before)
            not_before = max(not_before, item.end)
        self._settled = len(self._order)
