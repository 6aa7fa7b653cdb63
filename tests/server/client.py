"""A client of bare JSON over a real socket, whose every received event is judged in its place."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

from websockets.asyncio.client import ClientConnection, connect

from realtime_lab.errors import InvalidEvent
from realtime_lab.protocol import StreamChecker, dialect_named
from tests.server.judge import judge
from tests.servers import RunningServer

PATHS = {
    "ga": "/v1/realtime?model=gpt-realtime",
    "preview": "/openai/realtime?api-version=2025-04-01-preview&deployment=gpt-4o-realtime-preview",
}
PREVIEW_NAMES = {
    "conversation.item.added": "conversation.item.created",
    "response.output_text.delta": "response.text.delta",
    "response.output_text.done": "response.text.done",
    "response.output_audio.delta": "response.audio.delta",
    "response.output_audio.done": "response.audio.done",
    "response.output_audio_transcript.delta": "response.audio_transcript.delta",
    "response.output_audio_transcript.done": "response.audio_transcript.done",
}
WAIT = 10

Event = dict[str, Any]


class Client:
    """Sends events and keeps all it got in ``events``."""

    def __init__(self, socket: ClientConnection, dialect: str, *, lawful: bool = True) -> None:
        self.socket = socket
        self.dialect = dialect
        self.events: list[Event] = []
        self._checker = StreamChecker(dialect)
        self._lawful = lawful

    async def send(self, type: str, **fields: Any) -> None:
        text = json.dumps({"type": type, **fields})
        with contextlib.suppress(InvalidEvent):  # meant
            self._checker.apply(dialect_named(self.dialect).decode_client(text))
        await self.socket.send(text)

    async def append(self, pcm: bytes) -> None:
        await self.send("input_audio_buffer.append", audio=base64.b64encode(pcm).decode())

    async def update(self, **session: Any) -> None:
        """``session.update`` with what every GA one must carry."""
        kind = {"type": "realtime"} if self.dialect == "ga" else {}
        await self.send("session.update", session={**kind, **session})

    async def say(self, text: str) -> None:
        item = {
            "type": "message",
            "role": "user",
            "content": [{"type": "input_text", "text": text}],
        }
        await self.send("conversation.item.create", item=item)

    async def next(self) -> Event:
        text = await asyncio.wait_for(self.socket.recv(), WAIT)
        assert isinstance(text, str), "events are text frames"
        event = json.loads(text)
        judge(text, event, self.dialect)
        broken = self._checker.apply(dialect_named(self.dialect).decode_server(text))
        assert not (broken and self._lawful), broken
        self.events.append(event)
        return event

    async def until(self, *types: str) -> list[Event]:
        """Everything up to and including the first event of one of these (GA) types."""
        wanted = {self.named(type) for type in types}
        got = []
        while not got or got[-1]["type"] not in wanted:
            got.append(await self.next())
        return got

    async def last(self, *types: str) -> Event:
        """The event that ends `until`."""
        return (await self.until(*types))[-1]

    async def refusal(self) -> Event:
        """The body of the next ``error``."""
        return (await self.last("error"))["error"]

    def named(self, type: str) -> str:
        """A GA event name in this client's dialect."""
        return PREVIEW_NAMES.get(type, type) if self.dialect == "preview" else type


@asynccontextmanager
async def session(
    server: RunningServer, dialect: str = "ga", path: str | None = None, *, lawful: bool = True
) -> AsyncIterator[Client]:
    """A client whose session is open: the greeting was read.

    ``path`` opens another session than the usual one of that dialect. A stream that is not
    ``lawful`` may break the rules that always hold, on purpose.
    """
    url = server.ws_url + (path or PATHS[dialect])
    async with connect(url, additional_headers={"api-key": server.key}) as socket:
        client = Client(socket, dialect, lawful=lawful)
        last = "conversation.created" if dialect == "preview" else "session.created"
        await client.until(last, "transcription_session.created")
        yield client


def converse(
    server: RunningServer,
    script: Callable[[Client], Awaitable[None]],
    dialect: str = "ga",
    path: str | None = None,
    *,
    lawful: bool = True,
) -> list[Event]:
    """Run a script in a session of its own; all events it got, without the greeting."""

    async def run() -> list[Event]:
        async with session(server, dialect, path, lawful=lawful) as client:
            greeting = len(client.events)
            await script(client)
            return client.events[greeting:]

    return asyncio.run(run())


def order(events: list[Event]) -> list[str]:
    """The types in order, neighbours of the same type once, GA names."""
    ga = {preview: name for name, preview in PREVIEW_NAMES.items()}
    types = [ga.get(event["type"], event["type"]) for event in events]
    return [type for n, type in enumerate(types) if n == 0 or types[n - 1] != type]
