"""Saying something and waiting for the answer."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from ..audio import RATE, Clip
from ..errors import ProtocolError, TurnTimeout
from ..eventlog import Turn, TurnFollower
from ..protocol import ContentPart, ItemCreate, Message, ResponseCreate
from .barge_in import BargeIn
from .endings import Endings
from .failures import response_failure
from .speaking import speak_clip
from .waiters import Waiters

if TYPE_CHECKING:
    from .session import RealtimeSession

__all__ = ["TurnTaking"]


class TurnTaking:
    """Begins the turns that a program waits for."""

    def __init__(
        self,
        session: RealtimeSession,
        follower: TurnFollower,
        waiters: Waiters,
        endings: Endings,
        barge_in: BargeIn,
    ) -> None:
        self._session = session
        self._follower = follower
        self._waiters = waiters
        self._endings = endings
        self._barge_in = barge_in

    async def say(self, text: str, timeout: float) -> Turn:
        """See `RealtimeSession.say`; the session is open."""
        session = self._session
        session.limits.spending.require()
        await self._interrupt()
        with self._new_turn() as (turn, completed):
            content = [ContentPart(type="input_text", text=text)]
            session.send(ItemCreate(item=Message(role="user", content=content)))
            session.ask(ResponseCreate())
            return await self._answered(turn, completed, timeout)

    async def speak(self, clip: Clip, timeout: float) -> Turn:
        """See `RealtimeSession.speak`; the session is open."""
        session = self._session
        session.limits.spending.require()
        with self._new_turn(held=True) as (turn, completed):
            try:
                await speak_clip(session, clip.at_rate(RATE))
            except BaseException as error:
                self._endings.give_up(turn, error)
                if turn.entries:
                    # Half an utterance must not become the beginning of the next one.
                    session.discard_audio()
                raise
            finally:
                self._follower.release(turn)
                session.tell_completed()
            detection = session.turn_detection
            if detection is not None and detection.create_response is False:
                session.ask(ResponseCreate())
            return await self._answered(turn, completed, timeout)

    async def _interrupt(self) -> None:
        """Silence the model, and wait until what was not heard has left the conversation.

        Meanwhile a response that the service begins by itself may speak: it is interrupted, too.
        """
        playback = self._session.playback
        self._barge_in.interrupt("text")
        while playback.is_settling:
            settled = asyncio.Event()
            playback.when_settled(settled.set)
            await settled.wait()
            if self._barge_in.is_needed:
                self._barge_in.interrupt("text")

    @contextmanager
    def _new_turn(self, *, held: bool = False) -> Iterator[tuple[Turn, asyncio.Future[None]]]:
        """A turn that begins now, and what is done when it is complete."""
        turn = self._follower.begin(held=held)
        completed = self._waiters.expect(turn)
        try:
            yield turn, completed
        except ProtocolError as error:
            # It could not be sent.
            self._endings.give_up(turn, error)
            raise
        finally:
            self._waiters.forget(turn)
            if not turn.entries:
                # The session was over before anything was sent in it.
                self._follower.abandon(turn)

    async def _answered(self, turn: Turn, completed: asyncio.Future[None], timeout: float) -> Turn:
        try:
            async with asyncio.timeout(timeout):
                await self._session.wire.settled(run_on=True)
                await completed
        except TimeoutError:
            late = TurnTimeout(
                f"the model did not finish its answer within {timeout:g} s; {TurnTimeout.advice}"
            )
            self._endings.give_up(turn, late)
            raise late from None
        if turn.status == "failed":
            failure = self._session.limits.requests.failure(turn.responses[-1])
            raise failure or response_failure(turn.responses[-1])
        return turn
