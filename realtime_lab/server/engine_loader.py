"""The engine of a server, built and warmed up while the server already listens."""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Callable
from contextlib import aclosing
from typing import TYPE_CHECKING, Any, Literal

from ..errors import EngineError
from .options import EngineOptions

if TYPE_CHECKING:
    from ..engine import Engine

__all__ = ["EngineLoader", "build"]

_log = logging.getLogger(__name__)


def build(options: EngineOptions) -> Engine:
    """The engine that ``options`` name, loaded. Takes a while: call it in a thread."""
    from ..engine import build_engine, hints

    key = os.environ.get("REALTIME_LAB_CHAT_KEY", "none")
    engine = build_engine(brain=options.brain, ears=options.ears, voice=options.voice, api_key=key)
    engine.voice_activity()
    hints()
    return engine


class EngineLoader:
    """Gives the engine to all sessions. Belongs to the event loop that calls `start`."""

    def __init__(self, build: Callable[[], Engine]) -> None:
        self._build = build
        self._built: asyncio.Task[Engine] | None = None
        self._warming: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to build."""
        self._built = asyncio.create_task(asyncio.to_thread(self._build))
        self._warming = asyncio.create_task(self._warm_up())

    async def __call__(self) -> Engine:
        """The engine, once it is there. Raises `EngineError` if it could not be built."""
        assert self._built is not None, "start() comes first"
        try:
            return await asyncio.shield(self._built)
        except (ImportError, OSError) as error:
            raise EngineError(f"the speech engine cannot be loaded: {error}") from error

    def state(self) -> Literal["loading", "ready", "failed"]:
        """How far it is."""
        if self._built is None or not self._built.done():
            return "loading"
        failed = self._built.cancelled() or self._built.exception() is not None
        return "failed" if failed else "ready"

    async def close(self) -> None:
        """Release the engine, if it was built."""
        if self._built is None or self._warming is None:
            return
        await asyncio.wait([self._built, self._warming])
        if self._built.exception() is None:
            await self._built.result().transcriber.close()

    async def _warm_up(self) -> None:
        """Let the first turn be as quick as the others: start a recogniser, load the voices."""
        try:
            engine = await self()
            from ..engine import hints

            engine.transcriber.open(hints()).discard()
            speech: Any = engine.synthesizer.speak("Hello.", engine.synthesizer.voices[0])
            async with aclosing(speech):
                async for _ in speech:
                    break
        except Exception as error:  # a session that needs the engine will be told, too
            _log.error("the speech engine is not usable: %s", error)
