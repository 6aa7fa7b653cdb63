"""Ephemeral keys: what a browser gets instead of the resource key."""

from __future__ import annotations

import hashlib
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

__all__ = ["EphemeralKey", "EphemeralKeys"]

_MOST = 1000
"""Keys kept at a time; a client that mints more loses its oldest."""


@dataclass(frozen=True, slots=True)
class EphemeralKey:
    """A key that was just made; ``expires_at`` in seconds since 1970."""

    value: str = field(repr=False)
    expires_at: int


@dataclass(frozen=True, slots=True)
class _Kept:
    expires_at: int
    session: dict[str, Any] = field(repr=False)


class EphemeralKeys:
    """The ephemeral keys of a server, each with the session settings that it was made for.

    A key opens any number of sessions until it expires; a session goes on after that. Only a
    digest of a key is kept. ``wall`` is the time of day in seconds since 1970.
    """

    def __init__(self, wall: Callable[[], float] = time.time) -> None:
        self._wall = wall
        self._kept: dict[bytes, _Kept] = {}

    def __len__(self) -> int:
        return len(self._kept)

    def mint(self, session: dict[str, Any], seconds: int) -> EphemeralKey:
        """A new key for sessions with these settings (GA layout).

        Not drawn from the server's seeded randomness: nobody may guess it.
        """
        self._purge()
        key = EphemeralKey(f"ek_{secrets.token_hex(16)}", int(self._wall()) + seconds)
        self._kept[_digest(key.value)] = _Kept(key.expires_at, session)
        return key

    def session_of(self, value: str) -> dict[str, Any] | None:
        """The settings that a key was made for; ``None`` if there is no such key any more."""
        kept = self._kept.get(_digest(value))
        return kept.session if kept is not None and self._wall() < kept.expires_at else None

    def _purge(self) -> None:
        now = self._wall()
        alive = [(digest, kept) for digest, kept in self._kept.items() if now < kept.expires_at]
        self._kept = dict(alive[-(_MOST - 1) :])


def _digest(value: str) -> bytes:
    return hashlib.sha256(value.encode("utf-8", "surrogatepass")).digest()
