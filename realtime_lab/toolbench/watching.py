"""A tool called with eyes open: what it was given, what it gave, what it raised."""

from __future__ import annotations

import asyncio
import dataclasses
import enum
import functools
import inspect
from collections.abc import Awaitable, Callable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

import msgspec

from ..errors import ToolError
from ..tools import Tool, ToolRegistry, ToolResult
from .attempts import Attempts
from .values import self_told

__all__ = ["Trial", "WatchedTool"]

_UNCHANGING = (str, bytes, int, float, bool, type(None), enum.Enum)


@dataclass(slots=True)
class _Sighting:
    """What is seen of one call while it goes on."""

    called: bool = False
    finished: bool = False
    value: Any = None
    raised: BaseException | None = None
    unreadable: BaseException | None = None
    changed: list[str] = field(default_factory=list)


_SIGHTING: ContextVar[_Sighting] = ContextVar("sighting")
"""That of the call that goes on in a task, or in the thread or the other loop that it uses."""


@dataclass(frozen=True, slots=True)
class Trial:
    """One call. ``text`` are its arguments, ``result`` what the model is told."""

    text: str
    result: ToolResult
    sighting: _Sighting = field(repr=False)

    @property
    def called(self) -> bool:
        """Whether the arguments were taken, so that the function was called."""
        return self.sighting.called

    @property
    def refused(self) -> bool:
        """Whether the arguments were refused in words."""
        return not self.called and self.sighting.unreadable is None

    @property
    def value(self) -> Any:
        """What the function gave."""
        return self.sighting.value

    @property
    def answered(self) -> bool:
        """Whether the function gave a value, or refused in its own words."""
        return self.sighting.finished and self.crash is None

    @property
    def hung(self) -> bool:
        """Whether the function was given up."""
        return self.called and not self.sighting.finished

    @property
    def raised(self) -> BaseException | None:
        """What the function raised."""
        return self.sighting.raised

    @property
    def crash(self) -> BaseException | None:
        """What the function raised, if it is no `ToolError`."""
        return None if isinstance(self.raised, ToolError) else self.raised

    @property
    def unreadable(self) -> BaseException | None:
        """What reading the arguments raised, if it is no `ToolError`."""
        return self.sighting.unreadable

    @property
    def changed(self) -> tuple[str, ...]:
        """The names of arguments that the function changed."""
        return tuple(self.sighting.changed)


class WatchedTool:
    """Calls one tool as a session does, and sees more of it than a session."""

    def __init__(self, tool: Tool, attempts: Attempts) -> None:
        self.tool = tool
        self._attempts = attempts
        watched = dataclasses.replace(
            tool, handler=self._watched(tool), read_arguments=self._reading(tool)
        )
        self._tools = ToolRegistry([watched])

    async def call(self, text: str, timeout: float | None = None) -> Trial:
        """Make a call; nothing is raised."""
        # In a task of its own, which has variables of its own.
        return await asyncio.create_task(self._call(text, timeout))

    async def _call(self, text: str, timeout: float | None) -> Trial:
        sighting = _Sighting()
        _SIGHTING.set(sighting)
        result = await self._attempts.make(self._tools, self.tool.name, text, timeout)
        # A function that was given up may go on: what it does later is not seen.
        return Trial(text, result, dataclasses.replace(sighting, changed=list(sighting.changed)))

    def _reading(self, tool: Tool) -> Callable[[str], dict[str, Any]]:
        def read(text: str) -> dict[str, Any]:
            try:
                return tool.read_arguments(text)
            except ToolError:
                raise
            except BaseException as error:
                _SIGHTING.get().unreadable = error
                raise

        return read

    def _watched(self, tool: Tool) -> Callable[..., Any]:
        handler = tool.handler

        async def awaited(
            sighting: _Sighting, before: dict[str, bytes], given: Mapping[str, Any], value: Any
        ) -> Any:
            try:
                made = await value
            except asyncio.CancelledError:  # given up
                raise
            except BaseException as error:
                _ended(sighting, before, given, raised=error)
                raise
            _ended(sighting, before, given, value=made)
            return made

        @functools.wraps(handler)
        def begun(*args: Any, **kwargs: Any) -> Any:
            sighting = _SIGHTING.get()
            sighting.called = True
            given = _by_name(handler, args, kwargs)
            before = _told(given)
            try:
                value = handler(*args, **kwargs)
            except BaseException as error:
                _ended(sighting, before, given, raised=error)
                raise
            if isinstance(value, Awaitable):
                return awaited(sighting, before, given, value)
            _ended(sighting, before, given, value=value)
            return value

        if not tool.is_async:
            return begun

        @functools.wraps(handler)
        async def later(*args: Any, **kwargs: Any) -> Any:
            return await begun(*args, **kwargs)

        return later


def _ended(
    sighting: _Sighting,
    before: Mapping[str, bytes],
    given: Mapping[str, Any],
    *,
    value: Any = None,
    raised: BaseException | None = None,
) -> None:
    sighting.value, sighting.raised = value, raised
    after = _told(given) if before else {}
    sighting.changed = [name for name, told in before.items() if after.get(name) != told]
    sighting.finished = True


def _by_name(
    handler: Callable[..., Any], args: tuple[Any, ...], kwargs: Mapping[str, Any]
) -> dict[str, Any]:
    first = list(inspect.signature(handler).parameters)[: len(args)] if args else ()
    return {**dict(zip(first, args, strict=False)), **kwargs}


def _told(given: Mapping[str, Any]) -> dict[str, bytes]:
    """What changeable arguments hold, as bytes to compare."""
    told = {}
    for name, value in given.items():
        if not isinstance(value, _UNCHANGING):
            try:
                told[name] = msgspec.json.encode(value, enc_hook=_told_or_shown)
            except Exception:  # an object that does not tell what it holds
                continue
    return told


def _told_or_shown(value: Any) -> Any:
    try:
        return self_told(value)
    except TypeError:
        return repr(value)
