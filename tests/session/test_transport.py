"""A WebSocket hands on whole events in order, whatever the service and the listener do."""

from __future__ import annotations

import asyncio
import contextlib
import json
import struct
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
import websockets
from websockets.asyncio.server import ServerConnection
from websockets.utils import accept_key

import realtime_lab as rl
from realtime_lab.errors import SessionClosed, TransportLost
from realtime_lab.eventlog import EventLog, LogEntry
from realtime_lab.protocol import GA, InputAudioBufferClear
from realtime_lab.session import transport as seam
from realtime_lab.session.incoming import Incoming
from realtime_lab.session.pump import Pump
from realtime_lab.session.transport import Transport, open_websocket
from realtime_lab.session.wire import Wire

Service = Callable[[ServerConnection], Awaitable[None]]
SECONDS = 10.0
"""After which a test that hangs fails."""


@asynccontextmanager
async def connected(service: Service, **options: Any) -> AsyncIterator[Transport]:
    """A transport to a service of a few lines."""
    async with (
        asyncio.timeout(SECONDS),
        websockets.serve(service, "127.0.0.1", 0, ping_interval=None, close_timeout=0) as server,
    ):
        port = next(iter(server.sockets)).getsockname()[1]
        transport = await open_websocket(rl.endpoint(f"ws://127.0.0.1:{port}?model=x"), **options)
        yield transport
        await transport.close()


class Listener:
    """Collects what comes; ``most`` of it, then it pauses."""

    def __init__(self, transport: Transport, most: int = 10**9) -> None:
        self.came: list[bytes] = []
        self.over: asyncio.Future[SessionClosed] = asyncio.get_running_loop().create_future()
        self.full = asyncio.Event()
        self._transport = transport
        self._most = most
        transport.listen(self.take, self.over.set_result)

    def take(self, data: bytes) -> None:
        self.came.append(data)
        if len(self.came) == self._most:
            self._transport.pause()
            self.full.set()


def numbers(count: int) -> list[bytes]:
    return [str(n).encode() for n in range(count)]


async def count_to(connection: ServerConnection, count: int) -> None:
    for data in numbers(count):
        await connection.send(data, text=True)


def test_a_message_in_fragments_is_one_whatever_comes_between_them():
    async def service(connection: ServerConnection) -> None:
        async def text() -> AsyncIterator[str]:
            yield '{"a":'
            await connection.ping()
            yield "1}"

        await connection.send("before")
        await connection.send(text())
        await connection.send([b"bin", b"", b"ary"])
        await connection.send("after")

    async def main() -> list[bytes]:
        async with connected(service) as transport:
            listener = Listener(transport)
            await listener.over
            return listener.came

    assert asyncio.run(main()) == [b"before", b'{"a":1}', b"binary", b"after"]


def test_what_comes_before_anybody_listens_is_kept_in_order_up_to_the_end():
    async def main() -> tuple[list[bytes], SessionClosed]:
        async with connected(lambda connection: count_to(connection, 50)) as transport:
            first = [await transport.receive() for _ in range(20)]
            listener = Listener(transport)
            closed = await listener.over
            with pytest.raises(SessionClosed):
                await transport.receive()
            return first + listener.came, closed

    came, closed = asyncio.run(main())
    assert came == numbers(50)
    assert closed.code == 1000


def test_who_listens_after_the_end_is_told_of_it():
    async def main() -> list[bytes]:
        async with connected(lambda connection: count_to(connection, 3)) as transport:
            await Listener(transport).over
            again = Listener(transport)
            assert (await again.over).code == 1000
            return again.came

    assert asyncio.run(main()) == []


def test_a_pause_keeps_what_comes_and_its_order():
    async def main() -> list[list[bytes]]:
        found: list[list[bytes]] = []
        async with connected(lambda connection: count_to(connection, 300)) as transport:
            for most in (1, 2, 50):
                listener = Listener(transport, most)
                await listener.full.wait()
                found.append(listener.came)
            found.append([await transport.receive()])
            last = Listener(transport)
            await last.over
            return [*found, last.came]

    found = asyncio.run(main())
    assert [len(part) for part in found] == [1, 2, 50, 1, 246]
    assert [data for part in found for data in part] == numbers(300)


def test_what_comes_while_the_kept_is_handed_on_waits_its_turn():
    incoming, came = Incoming(), []

    def take(data: bytes) -> None:
        came.append(data)
        if data == b"first":
            incoming.put(b"third")

    incoming.put(b"first")
    incoming.put(b"second")
    incoming.listen(take, lambda closed: None)
    incoming.put(b"fourth")
    assert came == [b"first", b"second", b"third", b"fourth"]


def test_events_are_sent_in_order_without_waiting():
    async def main() -> list[Any]:
        came: list[Any] = []
        done = asyncio.Event()

        async def service(connection: ServerConnection) -> None:
            came.extend([await connection.recv() for _ in range(300)])
            done.set()

        async with connected(service) as transport:
            for data in numbers(300):
                transport.send(data)
            await done.wait()
        return came

    assert asyncio.run(main()) == [data.decode() for data in numbers(300)]


@pytest.mark.parametrize(("code", "reason"), [(1000, ""), (4000, "no such model"), (1011, "oh")])
def test_sending_to_a_connection_that_was_closed_says_how(code, reason):
    async def main() -> tuple[SessionClosed, SessionClosed]:
        async with connected(lambda connection: connection.close(code, reason)) as transport:
            closed = await Listener(transport).over
            with pytest.raises(SessionClosed) as raised:
                transport.send(b"{}")
            return closed, raised.value

    closed, raised = asyncio.run(main())
    assert closed.code == raised.code == code
    assert str(closed) == str(raised)
    assert reason in str(raised)


def test_sending_to_a_connection_that_we_closed_says_so():
    async def main() -> SessionClosed:
        async with connected(lambda connection: connection.wait_closed()) as transport:
            await transport.close()
            with pytest.raises(SessionClosed) as raised:
                transport.send(b"{}")
            return raised.value

    assert asyncio.run(main()).code == 1000


def test_an_event_that_comes_too_late_for_its_connection_is_lost_on_its_way_and_logged():
    async def main() -> EventLog:
        log = EventLog(dialect="ga")
        async with connected(lambda connection: connection.close()) as transport:
            await Listener(transport).over
            Wire(transport, GA, log).send(InputAudioBufferClear())
        return log

    assert [entry.type for entry in asyncio.run(main())] == ["input_audio_buffer.clear"]


def test_closing_amid_a_flood_shakes_hands():
    codes: list[int | None] = []

    async def service(connection: ServerConnection) -> None:
        try:
            while True:
                await connection.send(bytes(10_000))
        except websockets.ConnectionClosed:
            codes.append(connection.close_code)

    async def main() -> SessionClosed:
        async with connected(service) as transport:
            await Listener(transport, 100).full.wait()
            await transport.close()
            return await Listener(transport).over

    # Where the time of the handshake is over, the connection is broken off, with 1006.
    assert asyncio.run(main()).code == 1000
    assert codes == [1000]


@pytest.mark.parametrize("paused", [False, True])
def test_nothing_is_taken_in_once_the_session_is_being_closed(paused):
    event = json.dumps({"type": "more", "of": "it" * 5000})

    async def service(connection: ServerConnection) -> None:
        with contextlib.suppress(websockets.ConnectionClosed):
            while True:
                await connection.send(event)

    async def main() -> tuple[int, int]:
        log = EventLog(dialect="ga")
        enough = asyncio.Event()

        def take(entry: LogEntry) -> None:
            if entry.seq == 100:
                enough.set()
                if paused:
                    pump.pause()

        async with connected(service) as transport:
            pump = Pump(Wire(transport, GA, log), take)
            running = asyncio.create_task(pump.run())
            await enough.wait()
            before = len(log)
            await pump.close()
            assert (await running).code == 1000
            return before, len(log)

    before, after = asyncio.run(main())
    assert before == after > 100


@pytest.fixture
def soon(monkeypatch):
    """A service has 50 ms to hang up."""
    monkeypatch.setattr(seam, "CLOSE_SECONDS", 0.05)


@pytest.mark.usefixtures("soon")
def test_a_service_that_answers_no_ping_is_given_up():
    async def service(connection: ServerConnection) -> None:
        connection.transport.pause_reading()
        await connection.wait_closed()

    async def main() -> SessionClosed:
        async with connected(service, notice=0.1) as transport:
            return await Listener(transport).over

    closed = asyncio.run(main())
    assert isinstance(closed, TransportLost)
    assert "no ping is answered" in str(closed)


@pytest.mark.usefixtures("soon")
def test_a_service_that_takes_nothing_any_more_is_given_up_though_much_waits_to_be_sent():
    async def service(connection: ServerConnection) -> None:
        connection.transport.pause_reading()
        await connection.wait_closed()

    async def main() -> SessionClosed:
        async with connected(service, notice=0.1) as transport:
            listener = Listener(transport)
            for _ in range(20):
                transport.send(bytes(2**20))
            return await listener.over

    assert "no ping is answered" in str(asyncio.run(main()))


@pytest.mark.usefixtures("soon")
def test_a_service_that_says_goodbye_and_does_not_hang_up_is_left():
    async def service(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        key = next(v for k, _, v in (h.partition(": ") for h in head.split("\r\n")) if "Key" in k)
        writer.write(
            b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            + f"Sec-WebSocket-Accept: {accept_key(key)}\r\n\r\n".encode()
            + b"\x88\x02"
            + struct.pack("!H", 1001)
        )
        await reader.read()  # until the other side hangs up
        writer.close()

    async def main() -> SessionClosed:
        async with asyncio.timeout(SECONDS):
            server = await asyncio.start_server(service, "127.0.0.1", 0)
            port = server.sockets[0].getsockname()[1]
            place = rl.endpoint(f"ws://127.0.0.1:{port}?model=x")
            transport = await open_websocket(place, notice=1000)
            closed = await Listener(transport).over
            server.close()
            return closed

    assert asyncio.run(main()).code == 1001


def test_a_mistake_in_whoever_takes_the_events_ends_the_pump_with_it():
    taken: list[str] = []

    def take(entry: LogEntry) -> None:
        taken.append(entry.type)
        if len(taken) == 2:
            raise ZeroDivisionError

    async def service(connection: ServerConnection) -> None:
        for name in "abc":
            await connection.send(f'{{"type": "{name}"}}')
        await connection.wait_closed()

    async def main() -> None:
        async with connected(service) as transport:
            await Pump(Wire(transport, GA, EventLog(dialect="ga")), take).run()

    with pytest.raises(ZeroDivisionError):
        asyncio.run(main())
    assert taken == ["a", "b"]


def test_a_pump_goes_on_over_another_connection_where_it_paused():
    async def main() -> list[str]:
        log = EventLog(dialect="ga")
        taken: list[str] = []
        paused, done = asyncio.Event(), asyncio.Event()

        def take(entry: LogEntry) -> None:
            taken.append(entry.type)
            if entry.type == "last of the first":
                pump.pause()
                paused.set()
            elif entry.type == "three":
                done.set()

        def service(*names: str) -> Service:
            async def tell(connection: ServerConnection) -> None:
                for name in names:
                    await connection.send(f'{{"type": "{name}"}}')
                await connection.wait_closed()

            return tell

        async with (
            connected(service("one", "last of the first", "never taken")) as first,
            connected(service("two", "three")) as second,
        ):
            pump = Pump(Wire(first, GA, log), take)
            running = asyncio.create_task(pump.run())
            await paused.wait()
            pump.resume(Wire(second, GA, log))
            await done.wait()
            await pump.close()
            assert (await running).code == 1000
        return taken

    assert asyncio.run(main()) == ["one", "last of the first", "two", "three"]
