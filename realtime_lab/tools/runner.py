"""Carries out the calls a model asks for."""

from __future__ import annotations

import asyncio
import contextlib
import contextvars
import threading
import time
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import msgspec

from ..errors import ToolError
from .registry import ToolRegistry
from .tool import Tool

__all__ = ["Call", "CallRunner", "ToolResult", "ToolRunner", "as_text"]


class Call(Protocol):
    """What a model asks for; `protocol.FunctionCall` is one."""

    @property
    def name(self) -> str:
        """Name of the tool."""
        ...

    @property
    def arguments(self) -> str:
        """A JSON object as text."""
        ...

    @property
    def call_id(self) -> Any:
        """Id that the answer must carry."""
        ...


@dataclass(frozen=True, slots=True)
class ToolResult:
    """What came of a call. ``output`` is what the model is told; ``error`` says what failed.

    ``withdrawn`` tells that it was given up because the user went on: the model is told the output,
    but no response need follow on it.
    """

    call_id: str
    name: str
    arguments: str
    output: str
    error: str | None
    seconds: float
    withdrawn: bool = False


class CallRunner(Protocol):
    """Carries out calls for a session; `ToolRunner` is one."""

    async def run(self, call: Call) -> ToolResult:
        """Make the call; nothing is raised. Cancelling this coroutine gives the call up."""
        ...

    def interrupted(self, by: str) -> None:
        """The user goes on: by ``voice``, by ``text``, or with the ``stop`` button."""
        ...


class ToolRunner:
    """Runs calls of the tools in a registry.

    Where a function runs: see `Tool`. ``kernel_loop`` is the loop for tools marked ``kernel``, in
    whatever thread it runs; without one they run as worker tools. ``timeout`` is in seconds per
    call; ``None`` for no limit. A sync function that is given up goes on in its own (daemon)
    thread; its result is dropped.
    """

    def __init__(
        self,
        registry: ToolRegistry,
        *,
        timeout: float | None = 60.0,
        kernel_loop: asyncio.AbstractEventLoop | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._registry = registry
        self._timeout = timeout
        self._kernel_loop = kernel_loop
        self._clock = clock

    async def run(self, call: Call) -> ToolResult:
        """Make the call and give its result as text for the model.

        Whatever fails (unknown tool, bad arguments, an exception, a timeout) is told to the model
        as ``{"error": "…"}``; nothing is raised. Cancelling this coroutine gives the call up.
        """
        begun = self._clock()
        error: str | None = None
        try:
            output = _output(call.name, await self._value_of(call))
        except ToolError as failure:
            error = str(failure).encode(errors="backslashreplace").decode()
            output = msgspec.json.encode({"error": error}).decode()
        return ToolResult(
            call_id=call.call_id if isinstance(call.call_id, str) else "",
            name=call.name,
            arguments=call.arguments,
            output=output,
            error=error,
            seconds=self._clock() - begun,
        )

    def interrupted(self, by: str) -> None:
        """Nothing: a function that runs goes on, and the model learns what came of it."""

    async def _value_of(self, call: Call) -> Any:
        tool = self._registry[call.name]
        values = _read(tool, call.arguments)
        task = asyncio.ensure_future(self._start(tool, values))
        try:
            # Not wait_for: that would wait for a function that ignores being cancelled.
            await asyncio.wait({task}, timeout=self._timeout)
        finally:
            if not task.done():
                task.cancel()
        if not task.done():
            raise ToolError(f"{tool.name} did not answer within {self._timeout:g} s")
        if task.cancelled():
            raise ToolError(f"{tool.name} was cancelled")
        return task.result()

    def _start(self, tool: Tool, values: Mapping[str, Any]) -> Awaitable[Any]:
        here = asyncio.get_running_loop()
        if tool.on == "kernel" and self._kernel_loop is not None:
            job = _on_this_loop(tool, values)
            if self._kernel_loop is here:
                return job
            return _on_other_loop(tool, job, self._kernel_loop)
        return _on_this_loop(tool, values) if tool.is_async else _in_thread(tool, values)


def as_text(value: Any) -> str:
    """What the model is told: text as it is, anything else as JSON, else as Python shows it.

    Raises:
        ToolError: for text with half a character (a lone surrogate), which no event can hold.
    """
    if isinstance(value, str):
        return _whole(value)
    try:
        return msgspec.json.encode(value, enc_hook=_plain).decode()
    except Exception:
        return _whole(_shown(value))


def _whole(text: str) -> str:
    try:
        text.encode()
    except UnicodeEncodeError:
        raise ToolError(
            "there is half a character (a lone surrogate) in the text, which cannot be sent; check "
            "how it was read"
        ) from None
    return text


def _plain(value: Any) -> Any:
    """Foreign objects as plain ones: pydantic models, NumPy arrays and scalars."""
    for method in ("model_dump", "tolist"):
        change = getattr(value, method, None)
        if callable(change):
            return change()
    return str(value)


def _shown(value: Any) -> str:
    try:
        return str(value)
    except Exception as error:
        return f"a {type(value).__name__} that cannot be shown ({type(error).__name__})"


def _output(name: str, value: Any) -> str:
    try:
        return as_text(value)
    except ToolError as error:
        raise ToolError(f"{name} failed: {error}") from None


def _read(tool: Tool, arguments: str) -> dict[str, Any]:
    try:
        return tool.read_arguments(arguments)
    except ToolError as error:
        raise ToolError(f"{tool.name} was not called: {error}") from None
    except Exception as error:  # a type's own way of reading itself may fail in any way
        raise _failure(tool, error) from error


def _failure(tool: Tool, error: BaseException) -> ToolError:
    first_line, *_ = (_shown(error).strip() or "no message").splitlines()
    if isinstance(error, ToolError):  # it is in words already
        return ToolError(f"{tool.name} failed: {first_line}")
    return ToolError(f"{tool.name} failed: {type(error).__name__}: {first_line}")


async def _on_this_loop(tool: Tool, values: Mapping[str, Any]) -> Any:
    try:
        value = tool.call_with(values)
        return await value if isinstance(value, Awaitable) else value
    except (Exception, SystemExit, KeyboardInterrupt) as error:
        # SystemExit too: a tool must not end the session's loop.
        raise _failure(tool, error) from error


async def _on_other_loop(
    tool: Tool, job: Coroutine[Any, Any, Any], loop: asyncio.AbstractEventLoop
) -> Any:
    try:
        started = asyncio.run_coroutine_threadsafe(job, loop)
    except RuntimeError as error:  # that loop is closed
        job.close()
        raise _failure(tool, error) from error
    return await asyncio.wrap_future(started)


async def _in_thread(tool: Tool, values: Mapping[str, Any]) -> Any:
    """Call a sync function in a thread of its own.

    Not in a pool: functions that never return would use it up, and would keep the process alive.
    """
    loop = asyncio.get_running_loop()
    answer: asyncio.Future[Any] = loop.create_future()

    def settle(value: Any, error: BaseException | None) -> None:
        if answer.done():
            return
        if error is None:
            answer.set_result(value)
        else:
            answer.set_exception(_failure(tool, error))

    def work() -> None:
        try:
            outcome = (tool.call_with(values), None)
        except BaseException as error:
            outcome = (None, error)
        with contextlib.suppress(RuntimeError):  # the loop is closed: nobody waits any more
            loop.call_soon_threadsafe(settle, *outcome)

    context = contextvars.copy_context()
    threading.Thread(
        target=context.run, args=(work,), name=f"tool {tool.name}", daemon=True
    ).start()
    value = await answer
    # A sync function may still hand back an awaitable (a partial of an async one, say).
    return await value if isinstance(value, Awaitable) else value
