"""Answers the model's function calls, without ever making it wait for the receive loop."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, ClassVar

import msgspec

from ..errors import InvalidEvent, SessionClosed
from ..protocol import (
    ClientEvent,
    ErrorEvent,
    FunctionCall,
    FunctionCallOutput,
    ItemAdded,
    ItemCreate,
    Matching,
    Response,
    ResponseCreate,
    ResponseCreated,
    ResponseDone,
    ServerEvent,
    UnknownEvent,
    calls_to_answer,
)
from ..tools import CallRunner, ToolResult

__all__ = ["ToolCalls", "calls_to_answer"]

REMEMBERED = 1000


@dataclass(eq=False)
class _Group:
    """The calls of one response, which are answered together."""

    calls: list[FunctionCall]
    running: bool = True
    stopped: bool = False
    """The user does not want to hear of it."""
    request: ResponseCreate | None = None
    """What was asked for once the outputs were sent."""
    unconfirmed: set[str] = field(default_factory=set)
    """Calls whose output was sent and is not in the conversation yet."""

    @property
    def name(self) -> str:
        return str(self.calls[0].call_id)


class ToolCalls:
    """Runs the calls of a finished response side by side, then sends all outputs in the order of
    the calls, each once, and asks for one response. ``settled`` is waited for before that.

    A call of a response that was cancelled, broke off or failed is not run, nor is one of a
    response outside of the conversation, where nobody could tell the model what came of it.

    Being interrupted changes nothing for a tool that runs: its output is sent, so that the call is
    answered and the model knows the result from then on. What is not wanted any more is the
    response that was to follow. ``withdraw`` is told so when the user pressed stop, and when a
    response began that has the outputs before it in the conversation: the one to what the user
    said meanwhile. If that one began without them, a response still follows, so that the user
    hears what came of the tool. ``withdraw(call_id, request)`` returns false where the request is
    on its way already.

    A runner that gives a call up because the user went on says so (`ToolResult.withdrawn`); then no
    response follows on its group, because one follows on what the user said.
    """

    CONCERNS: ClassVar = frozenset(
        {ResponseCreated.type, ResponseDone.type, ItemAdded.type, ErrorEvent.type}
    )

    def __init__(
        self,
        runner: CallRunner,
        matching: Matching,
        *,
        send: Callable[[ClientEvent], object],
        ask: Callable[..., None],
        withdraw: Callable[[str, ResponseCreate | None], bool],
        settled: Callable[[], Awaitable[None]],
    ) -> None:
        self._runner = runner
        self._matching = matching
        self._send = send
        self._ask = ask
        self._withdraw = withdraw
        self._settled = settled
        self._tasks: set[asyncio.Task[Any]] = set()
        self._groups: list[_Group] = []
        self._seen: dict[str, None] = {}
        self.results: list[ToolResult] = []

    def apply(self, event: ServerEvent | UnknownEvent) -> None:
        """Take an event of the service into account, after the gate has.

        Must be called on the session's loop.
        """
        match event:
            case ResponseDone():
                self._run(event.response)
            case ItemAdded(item=FunctionCallOutput() as output):
                for group in self._groups:
                    group.unconfirmed.discard(output.call_id)
            case ResponseCreated() if self._matching.begun == event.response.id:
                self._note_begun(event.response)
            case ErrorEvent() if self._matching.refused is not None:
                self._note_refused(self._matching.refused)

    def stop(self) -> None:
        """The user does not want to hear of the calls under way."""
        for group in list(self._groups):
            group.stopped = True
            if not group.running:
                self._forgo(group)

    def interrupted(self, by: str) -> None:
        """The user goes on; what that means for the calls under way is for the runner to say."""
        self._runner.interrupted(by)

    @property
    def are_running(self) -> bool:
        """Whether calls are under way."""
        return bool(self._tasks)

    async def idle(self) -> None:
        """Wait for the calls under way."""
        await asyncio.wait(self._tasks)

    async def close(self) -> None:
        """Stop the calls that still run."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _run(self, response: Response) -> None:
        calls = [call for call in calls_to_answer(response) if call.call_id not in self._seen]
        if not calls:
            return
        self._seen.update(dict.fromkeys((str(call.call_id) for call in calls), None))
        while len(self._seen) > REMEMBERED:
            del self._seen[next(iter(self._seen))]
        group = _Group(calls)
        self._groups.append(group)
        task = asyncio.get_running_loop().create_task(self._answer(group))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _answer(self, group: _Group) -> None:
        results = await asyncio.gather(*(self._runner.run(call) for call in group.calls))
        with contextlib.suppress(SessionClosed):  # nobody is left to tell
            await self._settled()
            group.running = False
            self.results += results
            group.unconfirmed = {result.call_id for result in results}
            for result in results:
                self._send_output(result)
            if group.stopped or any(result.withdrawn for result in results):
                self._forgo(group)
            else:
                group.request = ResponseCreate()
                self._ask(group.request, answering=group.name)

    def _send_output(self, result: ToolResult) -> None:
        output = FunctionCallOutput(call_id=result.call_id, output=result.output)
        try:
            self._send(ItemCreate(item=output))
        except InvalidEvent as error:
            told = msgspec.json.encode({"error": f"{result.name} failed: {error}"}).decode()
            self._send(ItemCreate(item=msgspec.structs.replace(output, output=told)))

    def _note_begun(self, response: Response) -> None:
        if response.conversation_id is None:
            return
        answered = self._matching.request_of(response.id)
        for group in list(self._groups):
            if group.request is None:
                continue
            if group.request.event_id == answered:
                self._groups.remove(group)
            elif not group.unconfirmed:
                # This one has the outputs before it: no other need follow on them.
                self._forgo(group)

    def _note_refused(self, request: ResponseCreate) -> None:
        for group in list(self._groups):
            if group.request is request:
                if not self._matching.again:
                    self._groups.remove(group)
                elif group.stopped:
                    self._forgo(group)

    def _forgo(self, group: _Group) -> None:
        group.stopped = True
        if self._withdraw(group.name, group.request):
            self._groups.remove(group)
