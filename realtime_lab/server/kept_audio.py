"""The audio of items, kept for ``conversation.item.retrieve``."""

from __future__ import annotations

__all__ = ["KeptAudio"]

_LIMIT = 64 * 1024 * 1024
"""20 minutes of PCM."""


class KeptAudio:
    """What all sessions of a server keep together, up to ``limit`` bytes.

    Beyond that the oldest audio is forgotten, whosesoever it is: one session may keep all of a long
    conversation, and many together do not fill the machine. ``owner`` tells sessions apart, as
    clients choose ids themselves.
    """

    def __init__(self, limit: int = _LIMIT) -> None:
        self._limit = limit
        self._size = 0
        self._audio: dict[tuple[object, str], bytes] = {}

    def keep(self, owner: object, item_id: str, audio: bytes) -> None:
        """Keep an item's audio in place of what was kept of it before."""
        self.drop(owner, item_id)
        self._audio[owner, item_id] = audio
        self._size += len(audio)
        while self._size > self._limit:
            self.drop(*next(iter(self._audio)))

    def get(self, owner: object, item_id: str) -> bytes | None:
        """An item's audio, ``None`` if there is none or it was too long ago."""
        return self._audio.get((owner, item_id))

    def drop(self, owner: object, item_id: str) -> None:
        """Forget an item's audio."""
        self._size -= len(self._audio.pop((owner, item_id), b""))

    def drop_all(self, owner: object) -> None:
        """Forget all audio of a session that ended."""
        for key in [key for key in self._audio if key[0] is owner]:
            self.drop(*key)
