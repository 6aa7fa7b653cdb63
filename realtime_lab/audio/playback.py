"""What a listener has heard: the account behind every truncation."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from .pcm import RATE

__all__ = ["PlaybackTracker", "Position"]


class Position(NamedTuple):
    """A place in the audio of an item: so many milliseconds into one of its content parts."""

    content_index: int
    ms: int


@dataclass(slots=True)
class _Account:
    parts: dict[int, int] = field(default_factory=dict)
    """Samples received of each content part, in the order of playing."""
    heard: int = 0
    """Samples that the player played."""
    stopped: bool = False
    """The player drops the rest."""

    @property
    def received(self) -> int:
        return sum(self.parts.values())


class PlaybackTracker:
    """Keeps account of what was handed to a player and what it played, item by item.

    No clock and no audio: the player reports its position. Audio is 24 kHz PCM16. The parts of an
    item are played one after the other, and a position counts through all of them.
    """

    def __init__(self) -> None:
        self._accounts: dict[str, _Account] = {}

    def queued(self, item_id: str, content_index: int, pcm_bytes_len: int) -> None:
        """Audio of an item was handed to the player (or, once it is stopped, dropped)."""
        parts = self._accounts.setdefault(item_id, _Account()).parts
        parts[content_index] = parts.get(content_index, 0) + pcm_bytes_len // 2

    def played(self, item_id: str, seconds: float) -> None:
        """The player has played the first ``seconds`` of an item.

        Reports may come late, twice or out of order: the furthest position counts. A report about
        an item that was never queued is ignored.
        """
        account = self._accounts.get(item_id)
        if account is not None:
            position = round(max(seconds, 0.0) * RATE)
            account.heard = max(account.heard, min(position, account.received))

    def flushed(self) -> None:
        """The player dropped everything that it had not played."""
        for account in self._accounts.values():
            account.stopped = account.stopped or account.heard < account.received

    def stopped(self, item_id: str) -> None:
        """No more of an item will be played, whatever still comes of it."""
        self._accounts.setdefault(item_id, _Account()).stopped = True

    @property
    def current(self) -> str | None:
        """The item that sounds or sounds next; ``None`` when the player has nothing left."""
        return next(iter(self.waiting), None)

    @property
    def waiting(self) -> list[str]:
        """The items of which something is still to be played, the one that sounds first."""
        return [
            item_id
            for item_id, account in self._accounts.items()
            if account.heard < account.received and not account.stopped
        ]

    def received_ms(self, item_id: str) -> int:
        """Length of the audio of an item received so far, rounded down."""
        account = self._accounts.get(item_id)
        return account.received * 1000 // RATE if account else 0

    def heard_ms(self, item_id: str) -> int:
        """How much of an item was heard: at least 0, at most `received_ms`."""
        account = self._accounts.get(item_id)
        return account.heard * 1000 // RATE if account else 0

    def heard_until(self, item_id: str) -> Position:
        """Where in the item the hearing ended: never beyond what was received of that part."""
        account = self._accounts.get(item_id)
        if account is None:
            return Position(0, 0)
        left = account.heard
        for index, samples in account.parts.items():
            if left <= samples:
                return Position(index, left * 1000 // RATE)
            left -= samples
        return Position(0, 0)
