"""Embedded servers inside the test process, on a thread of their own."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from random import Random
from typing import Any

import uvicorn

from realtime_lab.server import (
    Access,
    Control,
    Deployments,
    Server,
    create_app,
    open_listener,
    server_config,
)

KEY = "test-key"
CONTROL_KEY = "test-control-key"


@dataclass(frozen=True)
class RunningServer:
    """Where the server listens; ``loop`` is the loop it runs on, ``server`` what it knows."""

    port: int
    key: str
    engine: Any
    loop: asyncio.AbstractEventLoop
    server: Server

    @property
    def http_url(self) -> str:
        """Base URL without a path, as ``http://127.0.0.1:8990``."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def ws_url(self) -> str:
        """The same for WebSockets."""
        return f"ws://127.0.0.1:{self.port}"


@contextmanager
def running_app(app: Any, port: int = 0) -> Iterator[tuple[int, asyncio.AbstractEventLoop]]:
    """Serve an ASGI application on a thread; its port and loop."""
    with open_listener("127.0.0.1", port) as listener:
        server = uvicorn.Server(server_config(app))
        started = threading.Event()
        loops: list[asyncio.AbstractEventLoop] = []

        async def serve() -> None:
            loops.append(asyncio.get_running_loop())
            started.set()
            await server.serve(sockets=[listener])

        thread = threading.Thread(target=asyncio.run, args=(serve(),), daemon=True)
        thread.start()
        started.wait()
        try:
            # The socket listens already: a client that comes too early waits in its queue.
            yield listener.getsockname()[1], loops[0]
        finally:
            server.should_exit = True
            thread.join(timeout=10)


@contextmanager
def running_server(engine: Any, *, port: int = 0, **options: Any) -> Iterator[RunningServer]:
    """A server with that engine, on any free port unless one is given.

    ``options`` are fields of `Server` (``random``, ``wall``, …) and of `Deployments`
    (``profiles``, ``session_seconds``, ``clock``).
    """

    async def ready() -> Any:
        return engine

    of_deployments = {"profiles", "session_seconds", "clock"} & set(options)
    deployments = Deployments(**{name: options.pop(name) for name in of_deployments})
    fields = {
        "access": Access(KEY),
        "control": Control(KEY, CONTROL_KEY),
        "deployments": deployments,
        "random": Random(1),
        **options,
    }
    server = Server(engine=ready, **fields)
    with running_app(create_app(server), port) as (port, loop):
        yield RunningServer(port, KEY, engine, loop, server)


@contextmanager
def scripted_server(engine: Any = None, **options: Any) -> Iterator[RunningServer]:
    """A server with a `tests.scripted.ScriptedEngine`."""
    from tests.scripted import ScriptedEngine

    with running_server(engine or ScriptedEngine(), **options) as server:
        yield server
