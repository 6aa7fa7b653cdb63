"""The turns of a log: as its session told them, or else as its events alone tell."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import cached_property

from ...errors import LogError
from ..entries import Entries, with_seq
from ..redaction.redaction import Redaction
from .followed import FollowedTurns
from .turn import Turn
from .turn_numbers import TurnNumbers
from .turn_settings import SettingsHistory, TurnSettings

__all__ = ["LogTurns"]

_PAGE = 4096


class LogTurns:
    """Knows the turn of each entry.

    Where turns were assigned, it knows what it was ``told``. Otherwise it follows the entries
    itself, when asked, as far as they have come.
    """

    def __init__(self, entries: Entries, told: Callable[[], TurnNumbers] = TurnNumbers) -> None:
        self._entries = entries
        self._load = told
        self._found = TurnNumbers()
        self._followed = FollowedTurns(self._found.assign)
        self._followed_to = 0
        self._settings = SettingsHistory()
        self._settings_to = 0
        self._lock = threading.Lock()

    @cached_property
    def told(self) -> TurnNumbers:
        """The turns that were assigned."""
        return self._load()

    def of(self, seq: int) -> int | None:
        """The turn of an entry."""
        return self.current().of(seq)

    @property
    def numbers(self) -> list[int]:
        """The turns that have entries, in order."""
        return self.current().turns

    def turn(self, number: int, redaction: Redaction) -> Turn:
        """The turn with this number, with the entries that it has by now.

        Raises:
            LogError: if there is none.
        """
        numbers = self.current()
        seqs = numbers.entries(number)
        if not seqs:
            known = numbers.turns
            told = f"turns {known[0]} to {known[-1]}" if known else "no turns"
            raise LogError(f"there is no turn {number}: the log has {told}")
        turn = self._settings_before(seqs[0]).turn(number, redaction)
        found = (with_seq(self._entries, seq) for seq in seqs)
        turn.entries = [entry for entry in found if entry is not None]
        return turn

    def current(self) -> TurnNumbers:
        """The numbers as far as the log has come."""
        if self.told.is_told:
            return self.told
        with self._lock:
            while self._followed_to < (count := len(self._entries)):
                first, last = self._followed_to, min(self._followed_to + _PAGE, count)
                fresh = self._entries.without_audio(first, last)
                self._followed_to = last
                for entry in fresh:
                    self._followed.apply(entry)
            self._followed.finish()
        return self._found

    def _settings_before(self, seq: int) -> TurnSettings:
        with self._lock:
            end = len(self._entries)
            for entry in self._entries.of_types(SettingsHistory.CONCERNS, self._settings_to, end):
                self._settings.apply(entry)
            self._settings_to = end
        return self._settings.before(seq)
