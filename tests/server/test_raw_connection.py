"""How far a connection reads ahead of the application."""

from __future__ import annotations

import asyncio
from typing import Any

from uvicorn.server import ServerState

from realtime_lab.server import server_config
from realtime_lab.server.raw_connection import RawConnection


class Transport:
    """Knows whether it is being read."""

    reads = True

    def pause_reading(self) -> None:
        self.reads = False

    def resume_reading(self) -> None:
        self.reads = True


def reads_on_after(*messages: bytes, taken: int = 0) -> bool:
    """Whether the connection still reads when these came and the application took some."""

    async def run() -> bool:
        config = server_config(None)
        config.load()
        connection: Any = RawConnection(config, ServerState(), {})
        connection.transport = transport = Transport()
        for message in messages:
            connection.frames = [message]
            connection.send_receive_event_to_app()
        for _ in range(taken):
            await connection.receive()
        return transport.reads

    return asyncio.run(run())


def test_a_few_short_messages_are_read_ahead() -> None:
    assert reads_on_after(*[b"frame"] * 8)


def test_many_are_not() -> None:
    assert not reads_on_after(*[b"frame"] * 9)


def test_a_long_one_is_not() -> None:
    assert not reads_on_after(bytes(1_000_000))


def test_it_reads_again_when_all_were_taken() -> None:
    assert not reads_on_after(*[b"frame"] * 9, taken=8)
    assert reads_on_after(*[b"frame"] * 9, taken=9)
