"""Time as one session knows it: the world's, or a time of its own that repeats."""

from __future__ import annotations

import asyncio
import heapq
import itertools
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeVar

__all__ = ["RealTime", "SessionTime", "VirtualTime"]

T = TypeVar("T")

BEGIN = 1_727_740_800.0
"""1 October 2024, 00:00 UTC: every session on a time of its own begins then."""
_PACE = 2.0
"""Seconds of speech that the model makes in a second while the user's audio streams in."""
_STALL_SECONDS = 2.0
"""Real seconds without a message after which a stream of the user's audio has ended."""


class SessionTime(Protocol):
    """What a session may ask about time, and what it tells of it.

    Work that goes on beside the client's events (hearing, answering) is begun with `start` and
    tells with `spoken` how it passes; the session tells with `heard` how the user's audio does.
    """

    repeats: bool
    """Whether nothing may depend on how quick the machine is."""

    def now(self) -> float:
        """Seconds, from any beginning."""
        ...

    def wall(self) -> float:
        """Time of day, in seconds since 1970."""
        ...

    def start(self, work: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
        """Begin work of a session beside its other work."""
        ...

    def after(
        self, seconds: float, callback: Callable[[], None], *, owed: bool = False
    ) -> Callable[[], None]:
        """Call back when that time has passed; returns how to take that back.

        What is ``owed`` to the client comes even if it does nothing more for that.
        """
        ...

    def limit(self, seconds: float) -> AbstractAsyncContextManager[asyncio.Timeout]:
        """Raise ``TimeoutError`` inside when that time has passed, at the latest at `next`."""
        ...

    async def heard(self, seconds: float) -> None:
        """So much of the user's audio has come in, and is about to be listened to."""
        ...

    async def spoken(self, seconds: float) -> None:
        """The work that calls has made so much speech; it goes on when its time has come."""
        ...

    async def run_on(self) -> None:
        """The client does something else than to stream audio."""
        ...

    async def settle(self) -> None:
        """A message of the client was handled; what it set off follows."""
        ...

    async def next(self, receive: Callable[[], Awaitable[T]]) -> T:
        """The client's next message."""
        ...


class RealTime:
    """The world's time: nothing waits but for the machine."""

    repeats = False

    def __init__(self, wall: Callable[[], float] = time.time) -> None:
        self.wall = wall

    def now(self) -> float:
        return time.monotonic()

    def start(self, work: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
        return asyncio.create_task(work)

    def after(
        self, seconds: float, callback: Callable[[], None], *, owed: bool = False
    ) -> Callable[[], None]:
        return asyncio.get_running_loop().call_later(seconds, callback).cancel

    def limit(self, seconds: float) -> AbstractAsyncContextManager[asyncio.Timeout]:
        return asyncio.timeout(seconds)

    async def heard(self, seconds: float) -> None: ...

    async def spoken(self, seconds: float) -> None: ...

    async def run_on(self) -> None: ...

    async def settle(self) -> None: ...

    async def next(self, receive: Callable[[], Awaitable[T]]) -> T:
        return await receive()


@dataclass(order=True, slots=True)
class _Due:
    """Something that waits for its time; of two with the same, the elder comes first."""

    at: float
    number: int
    owed: bool = field(compare=False, default=True)
    """Whether time runs on for it by itself."""
    callback: Callable[[], None] | None = field(compare=False, default=None)
    turn: asyncio.Future[None] | None = field(compare=False, default=None)
    task: asyncio.Task[Any] | None = field(compare=False, default=None)
    """The work that goes on when ``turn`` is done."""

    @property
    def is_off(self) -> bool:
        return self.callback is None and (self.turn is None or self.turn.done())


class VirtualTime:
    """A time that passes by what happens in the session alone, so that all repeats exactly.

    It begins at `BEGIN`. Between two messages of the client it stands still until all they set
    off has come to its end, or to speech that is due later: one piece of work at a time, in the
    order in which they are due. An append takes as long as its audio. While the client streams
    audio, the model's speech comes at twice its true speed, so that the user can interrupt it.
    Any other message of the client but ``response.cancel`` ends that: the speech under way first
    runs to its end. So does a stream that stops without a message, after two real seconds.

    Belongs to one session; `heard`, `settle`, `run_on` and `next` are for one task at a time.
    """

    repeats = True

    def __init__(self) -> None:
        self._now = 0.0
        self._numbers = itertools.count()
        self._waiting: list[_Due] = []
        self._working: asyncio.Task[Any] | None = None
        self._at_rest = asyncio.Event()
        self._streaming = False
        self._over = False

    def now(self) -> float:
        return self._now

    def wall(self) -> float:
        return BEGIN + self._now

    def start(self, work: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
        due = self._work_due(self._now)

        async def in_turn() -> T:
            assert due.turn is not None
            await due.turn
            return await work

        def ended(task: asyncio.Task[T]) -> None:
            assert due.turn is not None
            due.turn.cancel()
            work.close()  # it may never have begun
            self._rest(task)

        due.task = task = asyncio.create_task(in_turn())
        task.add_done_callback(ended)
        return task

    def after(
        self, seconds: float, callback: Callable[[], None], *, owed: bool = False
    ) -> Callable[[], None]:
        due = _Due(self._now + seconds, next(self._numbers), owed, callback)
        heapq.heappush(self._waiting, due)

        def take_back() -> None:
            due.callback = None

        return take_back

    @asynccontextmanager
    async def limit(self, seconds: float) -> AsyncIterator[asyncio.Timeout]:
        take_back = self.after(seconds, self._end)
        try:
            async with asyncio.timeout(None) as timeout:
                yield timeout
        finally:
            take_back()

    async def heard(self, seconds: float) -> None:
        self._streaming = True
        await self._run_until(self._now + seconds)

    async def spoken(self, seconds: float) -> None:
        due = self._work_due(self._now + seconds / _PACE)
        due.task = asyncio.current_task()
        self._rest(due.task)
        assert due.turn is not None
        await due.turn

    async def run_on(self) -> None:
        self._streaming = False
        await self.settle()

    async def settle(self) -> None:
        if self._streaming:
            await self._run_until(self._now)
            return
        while any(due.owed and not due.is_off for due in self._waiting):
            await self._run(heapq.heappop(self._waiting))

    async def next(self, receive: Callable[[], Awaitable[T]]) -> T:
        if self._over:
            raise TimeoutError
        receiving = asyncio.ensure_future(receive())
        try:
            done, _ = await asyncio.wait({receiving}, timeout=_STALL_SECONDS)
            if not done:
                await self.run_on()
            return await receiving
        finally:
            receiving.cancel()

    def _work_due(self, at: float) -> _Due:
        turn = asyncio.get_running_loop().create_future()
        due = _Due(at, next(self._numbers), turn=turn)
        heapq.heappush(self._waiting, due)
        return due

    def _rest(self, task: asyncio.Task[Any] | None) -> None:
        """This work goes no further for now."""
        if self._working is task:
            self._working = None
            self._at_rest.set()

    async def _run_until(self, at: float) -> None:
        while self._waiting and self._waiting[0].at <= at:
            await self._run(heapq.heappop(self._waiting))
        self._now = at

    async def _run(self, due: _Due) -> None:
        if due.is_off:
            return
        self._now = max(self._now, due.at)
        if due.callback is not None:
            due.callback()
        elif due.turn is not None:
            self._working = due.task
            self._at_rest.clear()
            due.turn.set_result(None)
            await self._at_rest.wait()

    def _end(self) -> None:
        self._over = True
