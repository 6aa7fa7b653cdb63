"""Servers of a few lines that fail in one way each, and proxies, for tests of connecting."""

from __future__ import annotations

import asyncio
import base64
import json
import threading
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

Handler = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@contextmanager
def listening(handler: Handler, **options: Any) -> Iterator[int]:
    """A TCP server on a thread of its own; its port. ``options`` as asyncio's servers take them."""
    started = threading.Event()
    ports: list[int] = []
    loops: list[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = []

    async def serve() -> None:
        server = await asyncio.start_server(handler, "127.0.0.1", 0, **options)
        stop = asyncio.Event()
        ports.append(server.sockets[0].getsockname()[1])
        loops.append((asyncio.get_running_loop(), stop))
        started.set()
        await stop.wait()
        server.close()

    thread = threading.Thread(target=asyncio.run, args=(serve(),), daemon=True)
    thread.start()
    started.wait()
    try:
        yield ports[0]
    finally:
        loop, stop = loops[0]
        loop.call_soon_threadsafe(stop.set)
        thread.join(timeout=10)


def answering(status: int, body: str = "", headers: str = "") -> Handler:
    """Answers every request with this."""

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await reader.readuntil(b"\r\n\r\n")
        except asyncio.IncompleteReadError:  # somebody looked whether anybody listens
            writer.close()
            return
        head = f"HTTP/1.1 {status} Told\r\nContent-Length: {len(body)}\r\n{headers}\r\n"
        writer.write(head.encode() + body.encode())
        await writer.drain()
        writer.close()

    return handle


def azure_error(code: str, message: str) -> str:
    """The body of a refusal as Azure builds it."""
    return json.dumps({"error": {"code": code, "message": message}})


async def talking_nonsense(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Speaks neither HTTP nor TLS."""
    await reader.read(1)
    writer.write(b"SSH-2.0-OpenSSH_9.6\r\n")
    await writer.drain()
    writer.close()


@dataclass
class ConnectProxy:
    """An HTTP proxy that leads every CONNECT to one port of this machine.

    ``asked`` collects the targets; with ``password`` it wants ``name:password``.
    """

    target: int
    password: str = ""
    status: int = 200
    asked: list[str] = field(default_factory=list)

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
        except asyncio.IncompleteReadError:
            writer.close()
            return
        first, *lines = head.split("\r\n")
        self.asked.append(first.split()[1])
        headers = {k.lower(): v for k, _, v in (line.partition(": ") for line in lines)}
        wanted = f"Basic {base64.b64encode(f'name:{self.password}'.encode()).decode()}"
        status = self.status
        if self.password and headers.get("proxy-authorization") != wanted:
            status = 407
        if status != 200:
            writer.write(f"HTTP/1.1 {status} No\r\nContent-Length: 0\r\n\r\n".encode())
            await writer.drain()
            writer.close()
            return
        there, onward = await asyncio.open_connection("127.0.0.1", self.target)
        writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        await asyncio.gather(pass_on(reader, onward), pass_on(there, writer))


async def pass_on(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
    """Carry bytes until one side ends."""
    try:
        while data := await source.read(65536):
            sink.write(data)
            await sink.drain()
    except ConnectionError:
        pass
    finally:
        sink.close()
