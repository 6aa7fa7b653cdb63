"""The thread that sessions live on, and calls into it from a notebook.

A cell that blocks must not stop audio, pings or tools, so a session never runs on the kernel's own
event loop.
"""

from __future__ import annotations

import asyncio
import concurrent.futures
import threading
from collections.abc import Coroutine, Generator
from functools import cache
from typing import Any, Generic, TypeVar

from ..errors import SessionError

__all__ = ["Call", "SessionThread", "run", "running_loop", "session_thread"]

T = TypeVar("T")


class Call(Generic[T]):
    """Something under way on the session's thread: ``await`` it, or hand it to `run`.

    It has begun already and goes on whether or not anybody waits. Cancelling the task that awaits
    it cancels it too.
    """

    def __init__(
        self, future: concurrent.futures.Future[T], what: str, *, needs_caller: bool = False
    ) -> None:
        self._future = future
        self._what = what
        self._needs_caller = needs_caller

    def __await__(self) -> Generator[Any, None, T]:
        return asyncio.wrap_future(self._future).__await__()

    def result(self, timeout: float | None = None) -> T:
        """Block until it is done. In a notebook, prefer ``await`` or `run`.

        An interrupt of the cell or the terminal cancels it.

        Raises:
            TimeoutError: if it is not done after ``timeout`` seconds; it goes on.
        """
        try:
            if self._needs_caller and (loop := running_loop()) is not None:
                return _run_nested(loop, self._future, timeout)
            return self._future.result(timeout)
        except KeyboardInterrupt:
            self._future.cancel()
            raise
        except TimeoutError:
            if self.done:  # its own
                raise
            raise TimeoutError(
                f"{self._what} is not done after {timeout:g} s and goes on; wait again, or stop it "
                "with cancel()"
            ) from None

    def cancel(self) -> None:
        """Stop it."""
        self._future.cancel()

    @property
    def done(self) -> bool:
        return self._future.done()

    def __repr__(self) -> str:
        state = "done" if self.done else "under way"
        return f"<{self._what}: {state}; `await` it, or wait for it with rl.run(...)>"


def run(call: Call[T] | Coroutine[Any, Any, T], timeout: float | None = None) -> T:
    """Wait for a call without ``await``: ``turn = rl.run(lab.say("Hi"))``, in a cell or a script.

    A coroutine, such as ``desk.aclose()``, is started on the session's thread.

    Raises whatever the call raises, or ``TimeoutError`` after ``timeout`` seconds, while the call
    goes on.

    Raises:
        SessionError: for what nobody can wait for.
    """
    if isinstance(call, Coroutine):
        call = session_thread().call(call, getattr(call, "__qualname__", "a coroutine"))
    if not isinstance(call, Call):
        raise SessionError(
            f"there is nothing to wait for in {call!r}; give what a call gives, as in "
            "rl.run(lab.say('Hi'))"
        )
    return call.result(timeout)


class SessionThread:
    """A daemon thread with an event loop of its own."""

    def __init__(self, name: str = "realtime_lab") -> None:
        self.loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._serve, name=name, daemon=True)
        self._thread.start()

    def call(
        self, coroutine: Coroutine[Any, Any, T], what: str, *, needs_caller: bool = False
    ) -> Call[T]:
        """Start a coroutine on the thread.

        ``needs_caller`` tells that it may ask the caller's own event loop for something, which
        therefore has to keep turning even while the caller blocks.
        """
        future = asyncio.run_coroutine_threadsafe(coroutine, self.loop)
        return Call(future, what, needs_caller=needs_caller)

    def _serve(self) -> None:
        asyncio.set_event_loop(self.loop)
        self.loop.run_forever()


@cache
def session_thread() -> SessionThread:
    """The one thread that all sessions of this process share."""
    return SessionThread()


def running_loop() -> asyncio.AbstractEventLoop | None:
    """The event loop of whoever calls; ``None`` where none runs."""
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None


def _run_nested(
    loop: asyncio.AbstractEventLoop, future: concurrent.futures.Future[T], timeout: float | None
) -> T:
    # A tool waits for this very loop: let it turn underneath the blocked cell.
    import nest_asyncio

    nest_asyncio.apply(loop)
    waiting = asyncio.shield(asyncio.wrap_future(future, loop=loop))
    return loop.run_until_complete(asyncio.wait_for(waiting, timeout))
