"""The bridge over a real socket, with a client where the browser would be."""

import asyncio
import contextlib

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from realtime_lab.widgets.bridge import SUBPROTOCOL, Bridge
from realtime_lab.widgets.framing import Frame, decode_frame, encode_frame

ORIGIN = "http://localhost:8888"


class Recorder:
    """Remembers what the bridge tells it."""

    def __init__(self):
        self.links, self.frames = [], []
        self.changed = asyncio.Event()

    def opened(self, link):
        self.links.append(link)
        link.send(Frame({"type": "welcome"}))
        self.changed.set()

    def received(self, link, frame):
        self.frames.append(frame)
        self.changed.set()

    def closed(self, link):
        self.links.remove(link)
        self.changed.set()

    async def until(self, condition):
        async with asyncio.timeout(10):
            while not condition():
                self.changed.clear()
                await self.changed.wait()


@contextlib.asynccontextmanager
async def open_bridge():
    recorder = Recorder()
    bridge = Bridge(recorder, origins=[ORIGIN])
    port = await bridge.start()
    try:
        yield bridge, recorder, f"ws://127.0.0.1:{port}/"
    finally:
        await bridge.close()


def dial(url, origin=ORIGIN):
    return connect(
        url, origin=origin, subprotocols=[SUBPROTOCOL], compression=None, close_timeout=0.2
    )


def hello(token):
    return encode_frame(Frame({"type": "hello", "token": token}))


def test_frames_arrive_in_order_both_ways():
    async def scenario():
        async with open_bridge() as (bridge, recorder, url), dial(url) as page:
            await page.send(hello(bridge.token))
            assert decode_frame(await page.recv()).type == "welcome"
            sent = [Frame({"type": "mic", "seq": n}, bytes([n, 0]) * 480) for n in range(200)]
            for frame in sent:
                await page.send(encode_frame(frame))
            await recorder.until(lambda: len(recorder.frames) == 200)
            assert recorder.frames == sent
            for frame in sent:
                recorder.links[0].send(frame)
            assert [decode_frame(await page.recv()) for _ in sent] == sent

    asyncio.run(scenario())


@pytest.mark.parametrize("token", ["", "wrong", "ü"])
def test_a_wrong_token_is_refused_before_anything_is_said(token):
    async def scenario():
        async with open_bridge() as (_, recorder, url), dial(url) as page:
            await page.send(hello(token))
            with pytest.raises(ConnectionClosed) as caught:
                await page.recv()
            assert caught.value.rcvd.code == 1008
            assert recorder.links == []

    asyncio.run(scenario())


def test_the_token_alone_opens_nothing_without_a_hello():
    async def scenario():
        async with open_bridge() as (bridge, recorder, url), dial(url) as page:
            await page.send(encode_frame(Frame({"type": "mic", "token": bridge.token})))
            with pytest.raises(ConnectionClosed):
                await page.recv()
            assert recorder.links == []

    asyncio.run(scenario())


@pytest.mark.parametrize("origin", [None, "http://evil.example", "http://localhost:9999", "null"])
def test_a_page_that_did_not_ask_is_refused(origin):
    async def scenario():
        async with open_bridge() as (_, _, url):
            with pytest.raises(InvalidStatus) as caught:
                async with dial(url, origin):
                    pass
            assert caught.value.response.status_code == 403

    asyncio.run(scenario())


def test_a_page_that_asked_may_connect():
    async def scenario():
        async with open_bridge() as (bridge, _, url):
            bridge.allow_origin("https://hub.example")
            async with dial(url, "https://hub.example") as page:
                await page.send(hello(bridge.token))
                assert decode_frame(await page.recv()).type == "welcome"

    asyncio.run(scenario())


def test_it_listens_on_the_loopback_address_only():
    async def scenario():
        async with open_bridge() as (bridge, _, _):
            (socket,) = bridge._server.sockets
            assert socket.getsockname()[0] == "127.0.0.1"

    asyncio.run(scenario())


@pytest.mark.parametrize("message", ["text", b"\xff\xff{}", bytes(200_000)])
def test_what_is_no_frame_ends_the_connection_and_no_other(message):
    async def scenario():
        async with open_bridge() as (bridge, recorder, url), dial(url) as good, dial(url) as bad:
            for page in (good, bad):
                await page.send(hello(bridge.token))
                await page.recv()
            await bad.send(message)
            with pytest.raises(ConnectionClosed):
                await bad.recv()
            await recorder.until(lambda: len(recorder.links) == 1)
            await good.send(encode_frame(Frame({"type": "mic"})))
            await recorder.until(lambda: recorder.frames)

    asyncio.run(scenario())


def test_audio_that_was_not_sent_yet_can_be_dropped():
    async def scenario():
        async with open_bridge() as (bridge, recorder, url), dial(url) as page:
            await page.send(hello(bridge.token))
            await page.recv()
            (link,) = recorder.links
            link.send(Frame({"type": "audio"}, b"\0\0"))
            link.send(Frame({"type": "status"}))
            link.drop_audio()
            link.send(Frame({"type": "stop"}))
            kinds = [decode_frame(await page.recv()).type for _ in range(2)]
            assert kinds == ["status", "stop"]

    asyncio.run(scenario())


def test_closing_does_not_wait_for_a_page_that_stopped_reading():
    async def scenario():
        async with asyncio.timeout(5), open_bridge() as (bridge, recorder, url), dial(url) as page:
            await page.send(hello(bridge.token))
            await page.recv()
            for _ in range(500):
                recorder.links[0].send(Frame({"type": "audio"}, bytes(4800)))
            await bridge.close()
            assert recorder.links == []

    asyncio.run(scenario())
