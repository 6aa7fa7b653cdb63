"""Connections to the application without a socket: everything happens on the test's own loop."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from tests.server.client import PATHS
from tests.servers import KEY

__all__ = ["Wire"]

Event = dict[str, Any]


class Wire:
    """One client of an ASGI application, as its server would show it.

    ``path`` opens another session than the usual one of that dialect.
    """

    def __init__(self, app: Any, dialect: str = "ga", path: str | None = None) -> None:
        path, _, query = (path or PATHS[dialect]).partition("?")
        scope = {
            "type": "websocket",
            "asgi": {"version": "3.0", "spec_version": "2.4"},
            "scheme": "ws",
            "path": path,
            "raw_path": path.encode(),
            "root_path": "",
            "query_string": query.encode(),
            "headers": [(b"host", b"localhost"), (b"api-key", KEY.encode())],
            "subprotocols": [],
            "client": ("127.0.0.1", 1),
            "server": ("127.0.0.1", 2),
            "state": {},
            "extensions": {"websocket.http.response": {}},
        }
        self._in: asyncio.Queue[Event] = asyncio.Queue()
        self._out: asyncio.Queue[Event] = asyncio.Queue()
        self._reads = asyncio.Event()
        self._reads.set()
        self._is_gone = False
        self._in.put_nowait({"type": "websocket.connect"})
        self.is_heard = False
        """Whether the application took all that was sent, and waits for more."""
        self._served = asyncio.ensure_future(app(scope, self._receive, self._send))

    async def _send(self, message: Event) -> None:
        await self._reads.wait()
        if self._is_gone:
            raise OSError("the connection broke off")
        self._out.put_nowait(message)

    def stop_reading(self) -> None:
        """Let the application wait with what it has to say."""
        self._reads.clear()

    def read_on(self) -> None:
        """Take what it has to say again."""
        self._reads.set()

    def break_off(self) -> None:
        """Be gone, which the application only learns when it says or hears something."""
        self._is_gone = True
        self._reads.set()

    @property
    def unheard(self) -> int:
        """Events that the application did not take yet."""
        return self._in.qsize()

    async def _receive(self) -> Event:
        self.is_heard = self._in.empty()
        try:
            return await self._in.get()
        finally:
            self.is_heard = False

    def send(self, type: str, **fields: Any) -> None:
        self.send_frame(json.dumps({"type": type, **fields}))

    def send_frame(self, frame: str | bytes) -> None:
        """Send whatever it is."""
        kind = "text" if isinstance(frame, str) else "bytes"
        self._in.put_nowait({"type": "websocket.receive", kind: frame})

    def taken(self) -> list[Event]:
        """The messages of the application that nobody took yet, as ASGI has them."""
        messages = []
        while not self._out.empty():
            messages.append(self._out.get_nowait())
        return messages

    async def rest(self, turns: int = 10) -> list[Event]:
        """What the application says until it has nothing to do for so many turns of the loop."""
        said: list[Event] = []
        quiet = 0
        while quiet < turns:
            await asyncio.sleep(0)
            taken = self.taken()
            quiet = quiet + 1 if self.is_heard and not taken else 0
            said += [json.loads(m["text"]) for m in taken if m["type"] == "websocket.send"]
        return said

    async def until(self, *types: str) -> Event:
        """The next event of one of these types."""
        while True:
            message = await self._out.get()
            if message["type"] == "websocket.send":
                event = json.loads(message["text"])
                if event["type"] in types:
                    return event

    async def hang_up(self) -> None:
        """Be gone, and wait until the application is done with this connection."""
        self._in.put_nowait({"type": "websocket.disconnect", "code": 1006})
        await self._served
