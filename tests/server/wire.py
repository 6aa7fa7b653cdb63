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
        self._in.put_nowait({"type": "websocket.connect"})
        self._served = asyncio.ensure_future(app(scope, self._in.get, self._out.put))

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
