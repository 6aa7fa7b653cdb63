"""The kernel's half of a widget with a bridge: its links, reached from the notebook's thread."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Generic, Protocol, TypeVar

from .bridge import Bridge, LinkHandler
from .comm_link import CommLink
from .framing import decode_frame

__all__ = ["PATHS", "PageHost", "PageLinks", "Post"]

PATHS = ("direct", "proxy", "comm")
"""The ways a page may take, in the order it tries them (``frontend/src/paths.ts``)."""

Post = Callable[[dict[str, Any], list[bytes]], None]
"""Sends a custom message of the widget, from any thread."""


class PageLinks(LinkHandler, Protocol):
    """Who answers the pages of a widget, until it is closed."""

    def close(self) -> None: ...


L = TypeVar("L", bound=PageLinks)


class PageHost(Generic[L]):
    """Serves the pages of one widget on `loop`; `receive` and `close` may be called anywhere.

    The port and the token of the bridge go out only in answer to a page that asks over the
    notebook's own channel, so they are never saved with the notebook.
    """

    def __init__(
        self,
        links: L,
        loop: asyncio.AbstractEventLoop,
        post: Post,
        *,
        paths: Sequence[str] = PATHS,
        origins: Iterable[str] = (),
    ) -> None:
        self._loop = loop
        self._post = post
        self._paths = list(paths)
        self._comm_links: dict[str, CommLink] = {}
        self._offers: set[asyncio.Task[None]] = set()
        self.links = links
        self._bridge = Bridge(self.links, origins=origins)

    @classmethod
    def on_loop(
        cls, links: Callable[[], L], loop: asyncio.AbstractEventLoop, post: Post, **options: Any
    ) -> PageHost[L]:
        """Make one and its links on the session's loop, from another thread."""

        async def make() -> PageHost[L]:
            return cls(links(), loop, post, **options)

        return asyncio.run_coroutine_threadsafe(make(), loop).result()

    def receive(self, content: dict[str, Any], buffers: Sequence[bytes | memoryview]) -> None:
        """Take a custom message from a page."""
        if content.get("type") == "connect":
            self._loop.call_soon_threadsafe(self._start_offer, content)
        elif content.get("type") == "frames":
            frames = [bytes(buffer) for buffer in buffers]
            self._loop.call_soon_threadsafe(self._take_frames, str(content.get("client")), frames)

    def close(self) -> None:
        """Stop serving pages; the session goes on."""
        self._loop.call_soon_threadsafe(self.links.close)
        asyncio.run_coroutine_threadsafe(self._bridge.close(), self._loop)

    def _start_offer(self, request: dict[str, Any]) -> None:
        task = self._loop.create_task(self._offer(request))
        self._offers.add(task)
        task.add_done_callback(self._offers.discard)

    async def _offer(self, request: dict[str, Any]) -> None:
        self._bridge.allow_origin(str(request.get("origin")))
        offer = {
            "type": "offer",
            "client": request.get("client"),
            "port": await self._bridge.start(),
            "token": self._bridge.token,
            "paths": self._paths,
        }
        self._post(offer, [])

    def _take_frames(self, client: str, frames: list[bytes]) -> None:
        for frame in map(decode_frame, frames):
            if frame.type == "hello":
                self._open_comm_link(client)
            elif link := self._comm_links.get(client):
                self.links.received(link, frame)
                if frame.type == "bye":
                    del self._comm_links[client]

    def _open_comm_link(self, client: str) -> None:
        if old := self._comm_links.get(client):
            self.links.closed(old)

        def send_buffers(buffers: list[bytes]) -> None:
            self._post({"type": "frames", "client": client}, buffers)

        link = self._comm_links[client] = CommLink(send_buffers)
        self.links.opened(link)
