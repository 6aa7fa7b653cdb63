"""What a listener has heard: the account behind every truncation."""

from __future__ import annotations

from dataclasses import dataclass

from .pcm import RATE

__all__ = ["PlaybackTracker"]


@dataclass(slots=True)
class _Account:
    content_index: int
    received: int = 0
    """Samples handed to the player."""
    heard: int = 0
    """Samples that the player played."""
    stopped: bool = False
    """The player dropped the rest."""


class PlaybackTracker:
    """Keeps account of what was handed to a player and what it played, item by item.

    No clock and no audio: the player reports its position. Audio is 24 kHz PCM16.
    """

    def __init__(self) -> None:
        self._accounts: dict[str, _Account] = {}

    def queued(self, item_id: str, content_index: int, pcm_bytes_len: int) -> None:
        """Audio of an item was handed to the player."""
        account = self._accounts.setdefault(item_id, _Account(content_index))
        account.received += pcm_bytes_len // 2

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

    def content_index(self, item_id: str) -> int:
        """The content part of an item that holds its audio; 0 for an unknown item."""
        account = self._accounts.get(item_id)
        return account.content_index if account else 0

    def received_ms(self, item_id: str) -> int:
        """Length of the audio of an item received so far, rounded down."""
        account = self._accounts.get(item_id)
        return account.received * 1000 // RATE if account else 0

    def heard_ms(self, item_id: str) -> int:
        """How much of an item was heard: at least 0, at most `received_ms`."""
        account = self._accounts.get(item_id)
        return account.heard * 1000 // RATE if account else 0
