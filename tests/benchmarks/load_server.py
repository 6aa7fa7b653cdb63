"""The servers that `bench_server_load` measures, each in a process of its own.

``python -m tests.benchmarks.load_server KIND``, where KIND is ``realtime`` (the embedded server:
Silero listens, all else is scripted), ``echo`` (bare ``websockets``) or ``stack`` (an echo on the
embedded server's own stack). The first line on stdout is the port; each line on stdin (``cpu``
or ``memory``) is answered with one number or one line of `Held`; the end of stdin ends the process.
"""

from __future__ import annotations

import asyncio
import gc
import json
import re
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any, TypedDict

import psutil
import uvicorn

from realtime_lab.engine import (
    Engine,
    Hints,
    Prompt,
    SileroVoiceActivity,
    SpeechChunk,
    ToolCall,
    Transcript,
)
from realtime_lab.server import (
    Access,
    Deployments,
    Server,
    create_app,
    open_listener,
    server_config,
)

__all__ = ["KEY", "SPOKEN_WORDS", "WORD_MS", "Held"]

KEY = "bench"
WORD_MS = 400
"""Length of a word that the scripted voice speaks."""
SPOKEN_WORDS = 5
"""Words of the answer to a spoken turn."""
_WORD = bytes(range(256)) * (WORD_MS * 48 // 256)


class Held(TypedDict):
    """What the process holds after a garbage collection: bytes of memory, tasks, objects."""

    rss: int
    tasks: int
    objects: int


class _Utterance:
    """Hears whatever it is fed as a wish for `SPOKEN_WORDS` words; keeps no audio."""

    partial = ""

    def feed(self, pcm: bytes) -> None: ...

    def pause(self) -> None: ...

    async def finish(self) -> Transcript:
        return Transcript(f"say {SPOKEN_WORDS}", 1.0)

    def discard(self) -> None: ...


class _Ears:
    def open(self, hints: Hints) -> _Utterance:
        return _Utterance()

    async def close(self) -> None: ...


class _Brain:
    """Says as many words as the last number in what the user said."""

    async def reply(self, prompt: Prompt) -> AsyncIterator[str | ToolCall]:
        said = next(m.text for m in reversed(prompt.messages) if m.role == "user")
        yield "word " * int(re.findall(r"\d+", said)[-1])


class _Voice:
    voices = ("alloy", "marin")

    async def speak(
        self, text: str, voice: str, *, speed: float = 1.0
    ) -> AsyncIterator[SpeechChunk]:
        for word in re.findall(r"\S+\s*", text):
            yield SpeechChunk(_WORD, word)


async def _realtime(listener: Any, ready: Callable[[], None]) -> None:
    engine = Engine(_Ears(), _Brain(), _Voice(), SileroVoiceActivity)

    async def built() -> Engine:
        return engine

    # A minute passes in 60 us, so that no rate limit is ever reached.
    deployments = Deployments(clock=lambda: time.monotonic() * 1e6)
    await _serve_app(
        create_app(Server(Access(KEY), built, deployments=deployments)), listener, ready
    )


async def _stack(listener: Any, ready: Callable[[], None]) -> None:
    from starlette.applications import Starlette
    from starlette.routing import WebSocketRoute

    async def echo(websocket: Any) -> None:
        await websocket.accept()
        while (message := await websocket.receive())["type"] == "websocket.receive":
            await websocket.send_text(message["text"])

    app = Starlette(routes=[WebSocketRoute("/{rest:path}", echo)])
    await _serve_app(app, listener, ready)


async def _serve_app(app: Any, listener: Any, ready: Callable[[], None]) -> None:
    ready()
    await uvicorn.Server(server_config(app)).serve(sockets=[listener])


async def _echo(listener: Any, ready: Callable[[], None]) -> None:
    from websockets.asyncio.server import ServerConnection, serve

    async def echo(connection: ServerConnection) -> None:
        async for message in connection:
            await connection.send(message)

    async with serve(echo, sock=listener, compression=None, max_size=None) as server:
        ready()
        await server.serve_forever()


_KINDS: dict[str, Callable[[Any, Callable[[], None]], Awaitable[None]]] = {
    "realtime": _realtime,
    "stack": _stack,
    "echo": _echo,
}


def _answer(question: str) -> Any:
    if question == "cpu":
        return time.process_time()
    gc.collect()
    return Held(
        rss=psutil.Process().memory_info().rss,
        tasks=len(asyncio.all_tasks()),
        objects=len(gc.get_objects()),
    )


async def _main(kind: str) -> None:
    loop = asyncio.get_running_loop()
    stdin = asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(stdin), sys.stdin)
    with open_listener("127.0.0.1", 0) as listener:
        port = listener.getsockname()[1]
        serving = asyncio.ensure_future(_KINDS[kind](listener, lambda: print(port, flush=True)))
        while question := await stdin.readline():
            print(json.dumps(_answer(question.decode().strip())), flush=True)
        serving.cancel()
        await asyncio.wait([serving])


if __name__ == "__main__":
    asyncio.run(_main(sys.argv[1]))
