"""A session and a scripted service, on a loop whose time is turned by hand."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from realtime_lab.eventlog import EventLog
from realtime_lab.session import Endpoint, RealtimeSession
from realtime_lab.toolbench import LiveTools
from realtime_lab.tools import ToolRegistry, ToolRunner, tool

from .scripted_service import ScriptedService, VirtualLoop


class Ear:
    """A player that plays what it is told to have played."""

    def __init__(self) -> None:
        self.sounds: list[str] = []

    def play(self, item_id: str, pcm: bytes) -> None:
        self.sounds.append(item_id)

    def finish(self, item_id: str) -> None: ...

    def stop(self) -> None:
        self.sounds.append("(stop)")


class Scene:
    """A session and its service, where whatever is said arrives at once or when it is told to."""

    def __init__(
        self,
        dialect: Any = "ga",
        *,
        tools: bool = False,
        modes: dict[str, Any] | None = None,
        **options: Any,
    ) -> None:
        self.loop = VirtualLoop()
        self.service = ScriptedService(dialect, **options)
        self.log = EventLog(clock=self.loop.time, dialect=dialect)
        self.waits: dict[str, asyncio.Future[str]] = {}
        self.asked: list[asyncio.Task[Any]] = []
        registry = ToolRegistry([tool(self.slow), tool(self.other)])
        runner = ToolRunner(registry, clock=self.loop.time) if tools else None
        self.tools = LiveTools(registry, modes, clock=self.loop.time)
        if modes is not None:
            runner = self.tools
        here = Endpoint("ws://127.0.0.1/v1/realtime", dialect, "some-model")

        async def opened() -> RealtimeSession:
            return RealtimeSession(self.service.line, here, self.log, runner)

        self.session = self.loop.run_until_complete(opened())
        self.tools.attach(self.session, self.loop)
        self.ear = Ear()
        self.session.attach_player(self.ear)
        self.running = self.loop.create_task(self.session.run())
        self.flow()

    async def slow(self) -> str:
        """Takes as long as it likes."""
        return await self._wait("slow")

    async def other(self) -> str:
        """Does, too."""
        return await self._wait("other")

    def _wait(self, name: str) -> asyncio.Future[str]:
        return self.waits.setdefault(name, self.loop.create_future())

    def say(self, text: str = "words", timeout: float = 60.0) -> asyncio.Task[Any]:
        saying = self.loop.create_task(self.session.say(text, timeout=timeout))
        self.asked.append(saying)
        self.loop.rest()
        return saying

    def do(self, call: Callable[[], Any]) -> None:
        async def done() -> None:
            call()

        self.loop.run_until_complete(done())
        self.loop.rest()

    def deliver(self, *, lose: bool = False) -> None:
        while self.service.deliver(times=0 if lose else 1):
            pass
        self.loop.rest()

    def flow(self) -> None:
        """All that is on its way arrives, until nothing is."""
        self.loop.rest()
        while self.service.outgoing or self.service.line.to_service:
            while self.service.take():
                pass
            self.deliver()

    def wait(self, seconds: float) -> None:
        self.loop.now += seconds
        self.loop.rest()

    def played(self, item_id: str, seconds: float) -> None:
        self.do(lambda: self.session.playback.played(item_id, seconds))

    def speaks(self, ms: int = 500) -> str:
        """The model speaks; the item."""
        self.service.open_message()
        self.service.speak(ms)
        self.flow()
        assert self.service.writer
        return self.service.writer.item_id

    def user_speaks(self) -> None:
        """The user says something, which the service answers."""
        self.service.user_starts()
        self.service.user_stops()
        self.service.commit()
        self.service.begin_by_itself()

    def names(self, *kinds: str) -> list[str]:
        return [e.type for e in self.log if e.type in kinds]

    def sent(self) -> list[str]:
        return [e.type for e in self.log.events() if e.direction == "sent"]

    def close(self) -> None:
        self.loop.run_until_complete(self.session.close())
        self.loop.rest()
        for task in (self.running, *self.asked):
            task.cancel()
            if task.done() and not task.cancelled():
                task.exception()
        self.loop.rest()
        self.loop.close()
