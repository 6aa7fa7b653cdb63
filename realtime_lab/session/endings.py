"""What became of every turn: told to whoever waits for it, and to the log."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from typing import Any

from ..errors import SessionClosed, TransportLost, TurnTimeout
from ..eventlog import (
    NO_TRANSCRIPT,
    TRANSCRIPT_SECONDS,
    TURN_FAILED,
    Turn,
    TurnFollower,
    spoken,
)
from .failures import without_advice
from .gate import ResponseGate
from .waiters import Waiters

__all__ = ["Endings"]

DISCARDED = "what was spoken was thrown away before it was taken"
BROKE_OFF = "the connection broke off in the middle of the answer"
UNHEARD = "the connection broke off, and what had been said was not heard again; say it again"
HEARD_SECONDS = 30.0
"""How long it may take until what was said before a loss is heard again."""


class Endings:
    """Ends turns.

    A turn that ends otherwise than by its responses is marked ``lab.turn_failed``: ``turn`` is its
    index, ``status`` what became of it, ``error`` the class of the failure, ``told`` its sentence.
    Words of the user that are waited for no longer are marked ``lab.no_transcript`` (``turn``,
    ``item_id``, ``told``).
    """

    def __init__(
        self,
        follower: TurnFollower,
        gate: ResponseGate,
        waiters: Waiters,
        *,
        mark: Callable[..., object],
        later: Callable[[float, Callable[[], None]], Any],
        tell_completed: Callable[[], None],
    ) -> None:
        self._follower = follower
        self._gate = gate
        self._waiters = waiters
        self._mark = mark
        self._later = later
        self._tell_completed = tell_completed

    def tell(self) -> None:
        """Tell those who wait for turns that are complete by now."""
        for turn, error in self._follower.completed():
            if error is not None:
                self._note(turn, error, error.told)
            elif turn.status == "in_progress":
                self._note(turn, asyncio.CancelledError(), DISCARDED)
            self._waiters.turn_completed(turn, error)
        for turn in self._follower.lacking_transcript():
            self._later(TRANSCRIPT_SECONDS, lambda turn=turn: self._give_up_words(turn))

    def give_up(self, turn: Turn, error: BaseException) -> None:
        """Nobody waits for this turn any longer: it ends as it is."""
        cancelled = isinstance(error, asyncio.CancelledError)
        self._end(turn, error, "it was cancelled" if cancelled else str(error))

    def session_over(self, closed: SessionClosed, *, on_purpose: bool) -> None:
        """No turn will go on."""
        error = asyncio.CancelledError() if on_purpose else closed
        told = without_advice(closed) if on_purpose else str(closed)
        for turn in self._follower.unfinished:
            if self._follower.lacks_only_words(turn):
                words = self._follower.give_up_words(turn)
                self.words_lost(turn, words, "the session ended before they came")
            else:
                self._end(turn, error, told)
        self._note_left_running(error, told)

    def reconnected(self) -> None:
        """What was spoken and not taken has been sent again."""
        if self._follower.unheard:
            self._later(HEARD_SECONDS, self._give_up_unheard)

    def _give_up_unheard(self) -> None:
        for turn in self._follower.unheard:
            self.give_up(turn, TransportLost(UNHEARD))
        self._tell_completed()

    def connection_lost(self) -> None:
        """The responses of turns that are over will not end."""
        self._note_left_running(TransportLost(BROKE_OFF), BROKE_OFF)

    def words_lost(self, turn: Turn, item_ids: Iterable[str], why: str) -> None:
        """What the user said in these items will not be written down."""
        for item_id in item_ids:
            told = f"the user's words are not known: {why}"
            self._mark(NO_TRANSCRIPT, turn=turn.index, item_id=item_id, told=told)

    def _give_up_words(self, turn: Turn) -> None:
        words = self._follower.give_up_words(turn)
        why = f"the service sent no transcript within {TRANSCRIPT_SECONDS:g} s of the answer"
        self.words_lost(turn, words, why)
        self._tell_completed()

    def _end(self, turn: Turn, error: BaseException, told: str) -> None:
        awaited = self._follower.awaited_by(turn)
        self._follower.abandon(turn)
        self._gate.forget(awaited)
        self._note(turn, error, told)

    def _note_left_running(self, error: BaseException, told: str) -> None:
        for turn in self._follower.left_running():
            if turn.status == "in_progress":
                self._note(turn, error, told)

    def _note(self, turn: Turn, error: BaseException, told: str) -> None:
        if not turn.entries or turn.status in ("failed", "cancelled"):
            # It never was, or its responses say what became of it.
            return
        self._mark(
            TURN_FAILED,
            turn=turn.index,
            status=_status(turn, error),
            error=type(error).__name__,
            told=told,
        )


def _status(turn: Turn, error: BaseException) -> str:
    if isinstance(error, asyncio.CancelledError):
        return "cancelled"
    if not spoken(turn.entries):
        return "failed"
    if isinstance(error, SessionClosed):
        # As where a session comes back: what was heard stays, cut short.
        return "cancelled"
    return "incomplete" if isinstance(error, TurnTimeout) else "failed"
