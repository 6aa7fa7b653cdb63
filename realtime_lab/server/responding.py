"""One response, from ``response.created`` to ``response.done``."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from contextlib import aclosing
from typing import Any, Literal

from ..engine import Brain, Synthesizer, ToolCall
from ..errors import EngineError
from ..protocol import ResponseError, ResponseStatus, ResponseWriter, StatusDetails, Usage
from .context import Reading
from .cut_short import CutShortError
from .offered_tools import RemoteTool, offer
from .prompt import read_prompt
from .remote_servers import needs_approval
from .remote_tools import RemoteTools
from .speaking import OutputCount, OutputLimitError, SpokenMessages, WrittenMessages
from .state import SessionState
from .usage import Ledger

__all__ = ["CancelReason", "RunningResponse"]

_log = logging.getLogger(__name__)

CancelReason = Literal["turn_detected", "client_cancelled"]


class RunningResponse:
    """Runs one response in a task of its own.

    ``finished`` is called once, right after ``response.done``.
    """

    def __init__(
        self,
        reading: Reading,
        state: SessionState,
        brain: Brain,
        synthesizer: Synthesizer,
        ledger: Ledger,
        remote: RemoteTools,
        finished: Callable[[RunningResponse, Usage], None],
    ) -> None:
        self.plan = plan = reading.plan
        self._reads = reading.reads
        self._state = state
        self._brain = brain
        self._ledger = ledger
        self._remote = remote
        self._finished = finished
        conversation = state.conversation if plan.in_conversation else None
        self._writer = ResponseWriter(plan.begin(state), conversation, state.ids)
        self._cut = state.faults.response(spoken=plan.spoken)
        self._count = OutputCount(plan.max_tokens, self._cut)
        self._voice = self._choose_voice(synthesizer)
        self._task: asyncio.Task[None] | None = None

    def _choose_voice(self, synthesizer: Synthesizer) -> SpokenMessages | WrittenMessages:
        outbox = self._state.outbox
        if not self.plan.spoken:
            return WrittenMessages(self._writer, outbox, self._count)
        memory = self._state.memory if self.plan.in_conversation else None
        return SpokenMessages(
            self._writer, outbox, self._count, synthesizer, self.plan, memory, self._state.time
        )

    @property
    def id(self) -> str:
        """Id of the response."""
        return self._writer.response.id

    @property
    def most_tokens(self) -> int:
        """Tokens that it reads and may write."""
        return self._tokens_read + self.plan.max_tokens

    @property
    def audio_seconds(self) -> float:
        """Length of the speech made so far."""
        return self._count.seconds

    @property
    def tokens(self) -> int:
        """Tokens that it read and has written so far."""
        return self._tokens_read + self._count.text + self._count.audio

    @property
    def _tokens_read(self) -> int:
        return sum(read.tokens for read in self._reads)

    def fail(self, error: ResponseError) -> None:
        """Announce the response and its failure; nothing was read."""
        self._state.outbox.emit(*self._writer.begin())
        self._end("failed", StatusDetails(type="failed", error=error), self._ledger.nothing())

    def start(self) -> None:
        """Announce the response and begin to think."""
        self._state.outbox.emit(*self._writer.begin())
        self._task = self._state.time.start(self._run())

    def cancel(self, reason: CancelReason) -> None:
        """Stop at once; ``response.done`` is emitted before this returns."""
        if self._stop():
            self._finish("cancelled", StatusDetails(type="cancelled", reason=reason))

    def abandon(self) -> None:
        """Stop without a word: nobody is there to hear it."""
        self._stop()

    def _stop(self) -> bool:
        if self._task is None:
            return False
        self._task.cancel()
        self._task = None
        return True

    async def _run(self) -> None:
        try:
            await self._answer()
        except OutputLimitError:
            self._finish("incomplete", StatusDetails(type="incomplete", reason="max_output_tokens"))
        except CutShortError as ended:
            self._finish(ended.cut.status, ended.cut.details)
        except Exception as error:  # whatever an engine does wrong, the session goes on
            _log.exception("response %s failed", self.id)
            self._finish("failed", StatusDetails(type="failed", error=_explain(error)))
        else:
            self._finish("completed", None)

    async def _answer(self) -> None:
        if self._cut is not None:
            self._cut.at_start()
        plan = self.plan
        known = await self._remote.known(plan.tools, wait_for=plan.own_servers)
        offered = offer(plan.tools, plan.tool_choice, known)
        prompt = await read_prompt(plan, self._state.memory, offered)
        pieces: Any = self._brain.reply(prompt)
        async with aclosing(pieces):
            async for piece in pieces:
                if isinstance(piece, ToolCall):
                    await self._voice.close()
                    await self._call(piece, offered.remote.get(piece.name))
                else:
                    await self._voice.say(piece)
        await self._voice.close()
        if self._cut is not None:
            self._cut.at_end()

    async def _call(self, call: ToolCall, remote: RemoteTool | None) -> None:
        self._count.add(text=call.name + call.arguments)
        if remote is not None:
            await self._call_remote(call, remote)
            return
        call_id = call.call_id or self._state.ids("call")
        self._state.outbox.emit(*self._writer.call_function(call.name, call.arguments, call_id))

    async def _call_remote(self, asked: ToolCall, tool: RemoteTool) -> None:
        outbox = self._state.outbox
        begun, call = self._writer.call_remote(tool.label, tool.name, asked.arguments or "{}")
        outbox.emit(*begun)
        if needs_approval(tool.listed, tool.server):
            outbox.emit(*self._writer.request_approval(call))
            self._remote.hold(tool, call)
        else:
            await self._remote.call(tool, call)

    def _finish(self, status: ResponseStatus, details: StatusDetails | None) -> None:
        self._task = None
        if isinstance(self._voice, SpokenMessages):
            self._voice.keep()
        if status == "failed":
            usage = self._ledger.nothing()
        else:
            usage = self._ledger.usage(self._reads, text=self._count.text, audio=self._count.audio)
        self._end(status, details, usage)

    def _end(self, status: ResponseStatus, details: StatusDetails | None, usage: Usage) -> None:
        self._state.outbox.emit(*self._writer.finish(status, details, usage))
        self._finished(self, usage)


def _explain(error: Exception) -> ResponseError:
    message = "The server had an error while processing your request."
    if isinstance(error, EngineError):
        message = f"{message} {error}"
    return ResponseError(type="server_error", code=None, message=message)
