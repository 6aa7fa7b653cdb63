"""The tools of a live session, each in its mode."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import Callable, Coroutine, Iterator, Mapping
from typing import Any, Protocol, TypeVar

from ...errors import ToolError
from ...eventlog import EventLog, LogEntry
from ...session import Call, running_loop, session_thread
from ...tools import Call as ModelCall
from ...tools import Tool, ToolRegistry, ToolResult, ToolRunner, as_text
from ..attempts import ToolCall
from .arguments import problem_of
from .call_in_hand import CallInHand
from .kinds import AnyMode, automatic
from .pending_call import PendingCall

__all__ = ["LiveTool", "LiveTools", "LogOnly", "ToolSession"]

T = TypeVar("T")


class ToolSession(Protocol):
    """Where calls come from, and where it is noted what is done with them.

    `session.RealtimeSession` is one.
    """

    @property
    def log(self) -> EventLog: ...

    @property
    def state(self) -> str: ...

    def mark(self, name: str, /, **data: object) -> LogEntry: ...

    def subscribe(self, callback: Callable[[LogEntry], None]) -> Callable[[], None]: ...


class LogOnly:
    """In place of a session: tools that nobody but you calls, and a log of that."""

    state = "open"

    def __init__(self) -> None:
        self.log = EventLog()
        self._callbacks: list[Callable[[LogEntry], None]] = []

    def mark(self, name: str, /, **data: object) -> LogEntry:
        entry = self.log.mark(name, **data)
        for callback in list(self._callbacks):
            callback(entry)
        return entry

    def subscribe(self, callback: Callable[[LogEntry], None]) -> Callable[[], None]:
        self._callbacks.append(callback)
        return lambda: self._callbacks.remove(callback)


class LiveTool:
    """One tool of a session, and its mode. Setting ``mode`` counts from the next call on."""

    def __init__(self, tool: Tool, mode: AnyMode, tools: LiveTools) -> None:
        self.tool = tool
        self._tools = tools
        self._mode: tuple[AnyMode, Iterator[int]] = (mode, itertools.count())

    @property
    def name(self) -> str:
        """Name of the tool."""
        return self.tool.name

    @property
    def mode(self) -> AnyMode:
        """How its calls are answered; may be set while the session goes on."""
        return self._mode[0]

    @mode.setter
    def mode(self, mode: AnyMode) -> None:
        self._mode = (_mode(self.name, mode), itertools.count())
        self._tools.note("lab.tool_mode", name=self.name, mode=mode.described())

    def next_call(self) -> tuple[AnyMode, int]:
        """The mode of the next call, and how many there were before it in that mode."""
        mode, counter = self._mode
        return mode, next(counter)

    def problem(self, arguments: str) -> str:
        """What is wrong with arguments (a JSON object as text); empty if nothing is."""
        return problem_of(self.tool, arguments)

    def call(self, /, **arguments: Any) -> Call[ToolResult]:
        """Call the function by hand, beside the conversation: the model is not told.

        The arguments are checked as those of the model are; what goes wrong is in the result.
        """
        return self.call_json(as_text(arguments))

    def call_json(self, arguments: str) -> Call[ToolResult]:
        """The same with a JSON object as text."""
        return self._tools.start(self._tools.try_out(self.name, arguments), f"call of {self.name}")

    def __repr__(self) -> str:
        return f"<tool {self.name}, {self.mode.kind}>"


class LiveTools:
    """The tools of a session by name, and the calls that wait for a person.

    A `tools.CallRunner`: a session hands it the calls of the model. What is done with them is
    marked in the log: ``lab.tool_asked``, ``lab.tool_approved``, ``lab.tool_edited``
    (``arguments``), ``lab.tool_denied`` (``reason``), ``lab.tool_answered`` (``output``, ``delay``)
    and ``lab.tool_expired`` (``limit``) tell what a person was asked and did;
    ``lab.tool_cancelled`` (``by``) that the call was given up; ``lab.tool_retried``,
    ``lab.tool_delayed``, ``lab.tool_canned`` and ``lab.tool_failing`` what a mode did;
    ``lab.tool_mode`` that one was set; ``lab.tool_tried`` a call by hand beside the conversation.

    Raises:
        ToolError: if a mode is given for a tool that there is not, or for none by name.
    """

    def __init__(
        self,
        registry: ToolRegistry,
        modes: Mapping[str, AnyMode] | None = None,
        *,
        kernel_loop: asyncio.AbstractEventLoop | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._registry = registry
        self._kernel_loop = kernel_loop
        self._clock = clock
        self._running: dict[str, CallInHand] = {}
        self._questions: list[PendingCall] = []
        self._asked = asyncio.Event()
        self._session: ToolSession | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        if not isinstance(modes, Mapping | None):
            raise ToolError(
                f"tool_modes is {modes!r}; give modes by the names of their tools, as in "
                "tool_modes={'get_weather': rl.by_hand()}"
            )
        given = dict(modes or {})
        self._tools = {
            tool.name: LiveTool(tool, _mode(tool.name, given.pop(tool.name, automatic())), self)
            for tool in registry
        }
        if given:
            raise ToolError(f"tool_modes names {_quoted(given)}, but {self._known()}")

    def attach(self, session: ToolSession, loop: asyncio.AbstractEventLoop | None = None) -> None:
        """Note what is done in this session; its loop is that of the sessions unless given."""
        self._session = session
        self._loop = loop or session_thread().loop

    @property
    def session(self) -> ToolSession:
        """Where their calls come from.

        Raises:
            ToolError: before `attach`.
        """
        if self._session is None:
            raise ToolError("these tools are in no session yet; use lab.tools, or rl.ToolView(…)")
        return self._session

    # -- looking at them --------------------------------------------------------------------------

    def __getitem__(self, name: str) -> LiveTool:
        if name not in self._tools:
            raise ToolError(f"there is no tool {name!r}; {self._known()}")
        return self._tools[name]

    def __iter__(self) -> Iterator[LiveTool]:
        return iter(self._tools.values())

    def __len__(self) -> int:
        return len(self._tools)

    def __contains__(self, name: object) -> bool:
        return name in self._tools

    @property
    def need_kernel(self) -> bool:
        """Whether one of them runs on the notebook kernel's own loop."""
        return any(live.tool.on == "kernel" for live in self)

    @property
    def pending(self) -> list[PendingCall]:
        """The calls that wait for a person, the oldest first."""
        return [question for question in self._questions if question.is_open]

    def next_pending(self, *, timeout: float = 60.0) -> Call[PendingCall]:
        """The oldest call that waits for a person, as soon as there is one.

        Raises (when awaited):
            ToolError: if there is none within ``timeout`` seconds.
        """
        return self.start(self._next_pending(timeout), "next pending call")

    def question(self, call_id: str) -> PendingCall:
        """The call with that id, which waits for a person.

        Raises:
            ToolError: if it does not, or not any more.
        """
        for question in self.pending:
            if question.call_id == call_id:
                return question
        raise ToolError(f"no call {call_id!r} waits for an answer any more")

    def __repr__(self) -> str:
        tools = ", ".join(f"{tool.name} ({tool.mode.kind})" for tool in self)
        return f"<tools: {tools or 'none'}; {len(self.pending)} calls pending>"

    # -- calls ------------------------------------------------------------------------------------

    async def run(self, call: ModelCall) -> ToolResult:
        """Answer a call of the model in the mode of its tool; nothing is raised."""
        made = ToolCall(call.name, call.arguments, _text(call.call_id))
        live = self._tools.get(call.name)
        if live is None:
            return await self._carry(made, None)
        mode, number = live.next_call()
        in_hand = CallInHand(
            made,
            live.tool,
            number,
            carry=self._carry,
            desk=self,
            mark=self.note,
            clock=self._clock,
        )
        self._running[made.call_id] = in_hand
        try:
            return await in_hand.answered(mode)
        finally:
            self._running.pop(made.call_id, None)

    def interrupted(self, by: str) -> None:
        """The user goes on: calls whose mode says so are given up. On the session's loop."""
        for in_hand in list(self._running.values()):
            in_hand.interrupted(by)

    def cancel(self, call_id: str) -> None:
        """Give up a call that is under way; the model is told that it was cancelled.

        Raises:
            ToolError: if it is not under way.
        """
        in_hand = self._running.get(call_id)
        if in_hand is None:
            raise ToolError(f"no call {call_id!r} is under way any more")
        self._on_loop(in_hand.give_up, "hand")

    async def try_out(self, name: str, arguments: str) -> ToolResult:
        """Call a function by hand, beside the conversation."""
        result = await self._carry(ToolCall(self[name].name, arguments, ""), 60.0)
        self.note(
            "lab.tool_tried",
            name=name,
            arguments=arguments,
            output=result.output,
            error=result.error,
            seconds=round(result.seconds, 6),
        )
        return result

    # -- Desk: questions to a person --------------------------------------------------------------

    def put(self, question: PendingCall) -> None:
        """A call waits for a person."""
        self._questions = [*self._questions, question]
        self._asked.set()

    def take_away(self, question: PendingCall) -> None:
        """It does not any more."""
        self._questions = [other for other in self._questions if other is not question]

    # -- inside -----------------------------------------------------------------------------------

    def note(self, name: str, /, **data: object) -> None:
        """Mark something in the log, from any thread; before a session and after it nothing."""
        if self._session is not None:
            self._on_loop(self._mark, name, data)

    def start(self, doing: Coroutine[Any, Any, T], what: str) -> Call[T]:
        """Do something on the session's loop."""
        future = asyncio.run_coroutine_threadsafe(doing, self._loop or session_thread().loop)
        return Call(future, what, needs_caller=self.need_kernel)

    def _mark(self, name: str, data: Mapping[str, object]) -> None:
        if self._session is not None and self._session.state != "closed":
            self._session.mark(name, **data)

    def _on_loop(self, function: Callable[..., object], *arguments: object) -> None:
        if self._loop is None or running_loop() is self._loop:
            function(*arguments)
        else:
            self._loop.call_soon_threadsafe(function, *arguments)

    async def _carry(self, call: ToolCall, timeout: float | None) -> ToolResult:
        runner = ToolRunner(
            self._registry, timeout=timeout, kernel_loop=self._kernel_loop, clock=self._clock
        )
        return await runner.run(call)

    async def _next_pending(self, timeout: float) -> PendingCall:
        try:
            async with asyncio.timeout(timeout):
                while not self.pending:
                    self._asked.clear()
                    await self._asked.wait()
        except TimeoutError:
            raise ToolError(f"no call waited for an answer within {timeout:g} s") from None
        return self.pending[0]

    def _known(self) -> str:
        return f"the tools are {_quoted(self._tools)}" if self._tools else "there are no tools"


def _mode(name: str, mode: object) -> AnyMode:
    if not isinstance(mode, AnyMode):
        raise ToolError(
            f"{mode!r} is no mode for {name}: use rl.automatic(), rl.by_hand(), rl.ask_first(), "
            "rl.canned(…), rl.failing(…) or rl.delayed(…)"
        )
    return mode


def _quoted(names: Mapping[str, object]) -> str:
    return ", ".join(f"'{name}'" for name in names)


def _text(call_id: object) -> str:
    return call_id if isinstance(call_id, str) else ""
