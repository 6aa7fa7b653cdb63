"""Identifiers as the services write them."""

from __future__ import annotations

import string
from random import Random

__all__ = ["Ids"]

_BASE62 = string.ascii_letters + string.digits
_LENGTH = 21


class Ids:
    """Makes ids such as ``item_`` followed by 21 base-62 characters.

    A seeded ``random`` gives the same ids in every run.
    """

    def __init__(self, random: Random) -> None:
        self._random = random

    def __call__(self, prefix: str) -> str:
        """A fresh id with that prefix: ``event``, ``sess``, ``conv``, ``item``, ``resp``, …"""
        return f"{prefix}_{''.join(self._random.choices(_BASE62, k=_LENGTH))}"
