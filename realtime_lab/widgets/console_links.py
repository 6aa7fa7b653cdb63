"""What the pages that show a console and the session say to each other.

Everything in here runs on the session's loop.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable
from typing import Any, Literal, Protocol

from ..errors import RealtimeLabError
from ..eventlog import EventLog, LogEntry, Redaction
from ..session import Player
from .bridge import Link
from .console_feed import ConsoleFeed, Status
from .framing import Frame

__all__ = ["ConsoleLinks", "Talker"]


class _Playback(Protocol):
    @property
    def current(self) -> str | None: ...

    def played(self, item_id: str, seconds: float) -> None: ...


class Talker(Protocol):
    """What a console needs of a session; `session.RealtimeSession` has it."""

    @property
    def state(self) -> Literal["open", "reconnecting", "closed"]: ...

    @property
    def model(self) -> str: ...

    @property
    def voice(self) -> str: ...

    @property
    def hands_free(self) -> bool: ...

    @property
    def log(self) -> Iterable[LogEntry]: ...

    @property
    def playback(self) -> _Playback: ...

    def feed_microphone(self, pcm: bytes) -> None: ...

    def commit_turn(self) -> bool: ...

    def say(self, text: str) -> Awaitable[object]: ...

    def interrupt(self) -> None: ...

    def set_hands_free(self, on: bool) -> None: ...

    def attach_player(self, player: Player) -> None: ...

    def detach_player(self, player: Player) -> None: ...

    def subscribe(self, callback: Callable[[LogEntry], None]) -> Callable[[], None]: ...


class ConsoleLinks:
    """Connects a session with every page that shows its console.

    All pages see the same; the one that came last plays the model's voice and tells its position.
    """

    def __init__(self, session: Talker) -> None:
        self.feed = ConsoleFeed(Status(model=session.model, voice=session.voice))
        self._session = session
        self._links: list[Link] = []
        self._typing: set[asyncio.Task[None]] = set()
        for entry in session.log:
            self.feed.apply(entry)
        self._unsubscribe = session.subscribe(self._follow)

    def __len__(self) -> int:
        return len(self._links)

    @property
    def redaction(self) -> Redaction:
        """What is replaced in all that is saved."""
        log = self._session.log
        return log.redaction if isinstance(log, EventLog) else Redaction()

    def close(self) -> None:
        """Leave the session alone; the pages stay as they are."""
        self._unsubscribe()
        self._session.detach_player(self)

    # -- LinkHandler: what pages do ---------------------------------------------------------------

    def opened(self, link: Link) -> None:
        """A page is there: tell it everything, and let it be the one that plays."""
        if self._links:
            self._silence()
        self._links.append(link)
        self._session.attach_player(self)
        self.feed.status.session = self._session.state
        link.send(Frame(self.feed.welcome()))

    def closed(self, link: Link) -> None:
        """A page is gone; without any, nobody hears the model."""
        if link in self._links:
            self._links.remove(link)
        if not self._links:
            self._session.detach_player(self)
            self._tell(self.feed.playing(False))

    def received(self, link: Link, frame: Frame) -> None:
        """Do what a page asks for; what it should not have asked shows as the console's problem."""
        try:
            self._obey(link, frame)
        except RealtimeLabError as error:
            self._tell(self.feed.trouble(str(error)))

    def _obey(self, link: Link, frame: Frame) -> None:
        header = frame.header
        match frame.type:
            case "mic":
                self._session.feed_microphone(frame.pcm)
            case "played" if link is self._links[-1]:
                self._session.playback.played(str(header["item"]), float(header["seconds"]))
                self._tell_playing()
            case "ping":
                answer = {"type": "pong", "sent": header.get("sent"), "at": _epoch_ms()}
                link.send(Frame(answer))
            case "commit":
                self._session.commit_turn()
            case "interrupt":
                self._session.interrupt()
            case "hands_free":
                self._session.set_hands_free(bool(header.get("on")))
            case "say":
                self._type(str(header.get("text", "")))
            case "bye":
                self.closed(link)

    def _type(self, text: str) -> None:
        task = asyncio.get_running_loop().create_task(self._say(text))
        self._typing.add(task)
        task.add_done_callback(self._typing.discard)

    async def _say(self, text: str) -> None:
        try:
            await self._session.say(text)
        except RealtimeLabError as error:
            self._tell(self.feed.trouble(str(error)))

    # -- Player: what the session does ------------------------------------------------------------

    def play(self, item_id: str, pcm: bytes) -> None:
        """Queue more speech of an item on the page that plays."""
        if self._links:
            self._links[-1].send(Frame({"type": "audio", "item": item_id}, pcm))
            self._tell_playing()

    def finish(self, item_id: str) -> None:
        """No more speech of this item follows."""
        if self._links:
            self._links[-1].send(Frame({"type": "finish", "item": item_id}))

    def stop(self) -> None:
        """Be silent at once."""
        if self._links:
            self._silence()
            self._tell(self.feed.playing(False))

    def _silence(self) -> None:
        player = self._links[-1]
        player.drop_audio()
        player.send(Frame({"type": "stop", "at": _epoch_ms()}))

    # -- what the pages see -----------------------------------------------------------------------

    def _follow(self, entry: LogEntry) -> None:
        self._tell(self.feed.apply(entry))

    def _tell_playing(self) -> None:
        self._tell(self.feed.playing(self._session.playback.current is not None))

    def _tell(self, messages: list[dict[str, Any]]) -> None:
        for message in messages:
            for link in self._links:
                link.send(Frame(message))


def _epoch_ms() -> float:
    return time.time() * 1000
