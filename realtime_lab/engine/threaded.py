"""A blocking producer of speech, read as an asynchronous stream."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncGenerator, Callable, Iterable
from concurrent.futures import Executor

from .stages import SpeechChunk

__all__ = ["Emit", "stream_from_thread"]

Emit = Callable[[Iterable[SpeechChunk]], bool]
"""Takes chunks away; returns whether more are wanted."""


async def stream_from_thread(
    thread: Executor, work: Callable[[Emit], None]
) -> AsyncGenerator[SpeechChunk]:
    """Run ``work`` on ``thread`` and yield what it emits, as it comes.

    Closing this iterator makes the next emit answer false. An error in ``work`` is raised here.
    """
    loop = asyncio.get_running_loop()
    arrived: asyncio.Queue[SpeechChunk | BaseException | None] = asyncio.Queue()
    closed = threading.Event()

    def post(entry: SpeechChunk | BaseException | None) -> None:
        try:
            loop.call_soon_threadsafe(arrived.put_nowait, entry)
        except RuntimeError:  # the reader's loop has ended, and with it the need for speech
            closed.set()

    def emit(chunks: Iterable[SpeechChunk]) -> bool:
        for chunk in chunks:
            if closed.is_set():
                return False
            post(chunk)
        return not closed.is_set()

    def run() -> None:
        if closed.is_set():
            return
        try:
            work(emit)
        except BaseException as failure:  # raised again where the reader waits
            post(failure)
        else:
            post(None)

    thread.submit(run)
    try:
        while (entry := await arrived.get()) is not None:
            if isinstance(entry, BaseException):
                raise entry
            yield entry
    finally:
        closed.set()
